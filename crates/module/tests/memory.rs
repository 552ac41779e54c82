//! Memory: what an idle module holds, what any module may hold, and that traffic allocates nothing.
//!
//! covers: P4 P5

use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use simless_at::Instant;
use simless_module::{
    Attributes, Config, Control, Fault, FaultKind, KINGCOM_G3524, Module, Network, Rate, Request,
    Scenario, SocketEvent, SocketId, Timing, Transport,
};

/// An idle module, beside the configuration it shares with others.
const IDLE: u64 = 4 * 1024;
/// Any module, whatever came in.
const CEILING: u64 = 128 * 1024;

struct Rig {
    module: Module,
    now: Instant,
}

impl Rig {
    /// At a line of the highest rate.
    fn paced(config: &Arc<Config>) -> Self {
        Self {
            module: Module::new(config.clone()).at_rate(Rate::new(4_000_000)),
            now: Instant::ZERO,
        }
    }

    /// Says something over a line, and reads all that comes back until nothing is under way.
    fn say_over_line(&mut self, mut bytes: &[u8]) {
        loop {
            let taken = self.module.handle_uart(bytes, self.now);
            bytes = &bytes[taken..];
            self.serve();
            self.read();
            let Some(due) = self.module.poll_timeout() else {
                break;
            };
            self.now = self.now.max(due);
            self.module.handle_timeout(self.now);
        }
        assert!(bytes.is_empty() && self.module.snapshot().at_rest);
    }

    fn new(config: &Arc<Config>) -> Self {
        Self {
            module: Module::new(config.clone()),
            now: Instant::ZERO,
        }
    }

    /// Says something and leaves the answer where it is; gives the attempt it led to.
    fn say_unread(&mut self, bytes: &[u8]) -> Option<SocketId> {
        let mut rest = bytes;
        let mut attempt = None;
        for _ in 0..10_000 {
            let taken = self.module.handle_uart(rest, self.now);
            rest = &rest[taken..];
            self.module.handle_timeout(self.now);
            attempt = self.serve().or(attempt);
            if taken == 0 {
                break;
            }
        }
        attempt
    }

    fn say(&mut self, bytes: &[u8]) -> Option<SocketId> {
        let attempt = self.say_unread(bytes);
        self.read();
        attempt
    }

    fn serve(&mut self) -> Option<SocketId> {
        let mut attempt = None;
        while let Some(request) = self.module.poll_request() {
            let (id, answer) = match request {
                Request::Connect { id, .. } => {
                    attempt = Some(id);
                    (id, SocketEvent::Connected)
                }
                Request::CountUnread { id } => (id, SocketEvent::Unread(0)),
                Request::Shutdown { id } => (id, SocketEvent::Ended),
                _ => continue,
            };
            self.module.handle_socket(id, answer, self.now);
        }
        while self.module.poll_event().is_some() {}
        attempt
    }

    fn read(&mut self) {
        loop {
            let mut slices = [&[][..]; 8];
            let count = self.module.uart_output(&mut slices);
            let n: usize = slices[..count].iter().map(|slice| slice.len()).sum();
            if n == 0 {
                break;
            }
            self.module.uart_written(n, self.now);
        }
    }

    fn connect(&mut self, transport: Transport) -> SocketId {
        let line = format!("AT+CIPSTART=\"{}\",\"192.0.2.1\",7\r", transport.name());
        self.say(line.as_bytes()).expect("an attempt")
    }

    /// The peer sends all that the module reads.
    fn flood(&mut self, id: SocketId, piece: usize) {
        loop {
            let n = self.module.socket_space(id).len().min(piece);
            if n == 0 {
                break;
            }
            self.module.socket_filled(id, n, self.now);
        }
    }

    /// Bytes are under way so long from now on.
    fn delay(&mut self, latency: Duration) {
        let latency = Fault {
            attributes: Attributes {
                latency: Some(latency),
                ..Attributes::default()
            },
            ..Fault::new(FaultKind::Latency)
        };
        self.module.handle_control(Control::from(latency), self.now);
    }

    /// Time passes, and every deadline on the way is served.
    fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(at) = self.module.poll_timeout().filter(|at| *at <= until) {
            self.now = at;
            self.module.handle_timeout(at);
            self.read();
        }
        self.now = until;
    }

    /// For which there is room.
    fn send_at_once(&mut self, length: usize) {
        self.now += Duration::from_micros(1);
        let mut line = format!("AT+CIPSEND={length}\r").into_bytes();
        line.resize(line.len() + length, b'x');
        self.say(&line);
    }

    fn send(&mut self, length: usize) {
        let mut line = format!("AT+CIPSEND={length}\r").into_bytes();
        line.resize(line.len() + length, b'x');
        self.say_unread(&line);
        self.now += Duration::from_secs(121);
        self.module.handle_timeout(self.now);
    }
}

/// Something that happens to a module.
type Work = fn(&mut Rig);

fn config() -> Arc<Config> {
    Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario: Scenario::default(),
    })
}

fn held(rig: &mut Option<Rig>, work: impl FnOnce() -> Rig) -> AllocationInfo {
    measure(|| *rig = Some(work()))
}

#[test]
fn an_idle_module_is_small() {
    let config = config();
    let mut rig = None;
    let info = held(&mut rig, || {
        let mut rig = Rig::new(&config);
        rig.say(b"ATI;+CLAC\rAT+CIPHEAD=1\r");
        let id = rig.connect(Transport::Udp);
        for _ in 0..256 {
            rig.module
                .handle_socket(id, SocketEvent::Datagram(b"x"), rig.now);
        }
        rig.read();
        rig.say(b"AT+CIPCLOSE\r");
        let id = rig.connect(Transport::Tcp);
        rig.flood(id, 1460);
        rig.read();
        rig.send(1460);
        let sent = rig.module.socket_output(id).len();
        rig.module.socket_written(id, sent, rig.now);
        rig.say(b"AT+CIPSHUT\r");
        rig
    });
    assert!(rig.is_some_and(|rig| rig.module.snapshot().at_rest));
    let total =
        size_of::<Module>() as u64 + u64::try_from(info.bytes_current).expect("more than before");
    assert!(total <= IDLE, "{total} bytes");
}

/// P5: the worst that was found, each beside the others.
#[test]
fn no_module_holds_more_than_the_ceiling() {
    let config = config();
    let hostile: [(&str, Work); 6] = [
        ("closed connections with unsent bytes, and a flood", |rig| {
            rig.say(b"ATE0;+CIPHEAD=1\r");
            for _ in 0..2 {
                rig.connect(Transport::Tcp);
                (0..12).for_each(|_| rig.send(1460));
                rig.say(b"AT+CIPCLOSE\r");
            }
            let id = rig.connect(Transport::Tcp);
            (0..12).for_each(|_| rig.send(1460));
            rig.flood(id, 1);
        }),
        ("tiny datagrams both ways", |rig| {
            rig.say(b"ATE0;+CIPHEAD=1\r");
            let id = rig.connect(Transport::Udp);
            (0..600).for_each(|_| rig.send(1));
            for _ in 0..20_000 {
                rig.module
                    .handle_socket(id, SocketEvent::Datagram(b"x"), rig.now);
            }
        }),
        ("streams under way, byte by byte", |rig| {
            rig.delay(Duration::from_secs(100_000));
            rig.say(b"ATE0;+CIPHEAD=1\r");
            let fill = |rig: &mut Rig| {
                let id = rig.connect(Transport::Tcp);
                (0..300).for_each(|_| rig.send_at_once(1));
                (0..11).for_each(|_| rig.send_at_once(1460));
                for _ in 0..1000 {
                    rig.now += Duration::from_micros(1);
                    rig.module.socket_space(id);
                    rig.module.socket_filled(id, 1, rig.now);
                }
                id
            };
            for _ in 0..2 {
                fill(rig);
                rig.say(b"AT+CIPCLOSE\r");
            }
            let id = fill(rig);
            rig.flood(id, 1);
            assert_eq!(rig.module.snapshot().counters.unsent, 0);
        }),
        ("datagrams under way, behind tiny ones that wait", |rig| {
            rig.say(b"ATE0;+CIPHEAD=1\r");
            let come = |rig: &mut Rig, id, size: usize| {
                for _ in 0..1000 {
                    let datagram = SocketEvent::Datagram(&[0; 2048][..size]);
                    rig.module.handle_socket(id, datagram, rig.now);
                }
            };
            let fill = |rig: &mut Rig| {
                let id = rig.connect(Transport::Udp);
                (0..20).for_each(|_| rig.send_at_once(1));
                (0..11).for_each(|_| rig.send_at_once(1460));
                come(rig, id, 2048);
                come(rig, id, 1);
            };
            rig.delay(Duration::from_secs(100_000));
            for _ in 0..2 {
                fill(rig);
                rig.say(b"AT+CIPCLOSE\r");
            }
            let id = rig.connect(Transport::Udp);
            (0..20).for_each(|_| rig.send_at_once(1));
            (0..11).for_each(|_| rig.send_at_once(1460));
            rig.delay(Duration::ZERO);
            come(rig, id, 1);
            rig.delay(Duration::from_secs(100_000));
            come(rig, id, 2048);
            come(rig, id, 1);
            assert_eq!(rig.module.snapshot().counters.unsent, 0);
        }),
        ("many long answers in one line", |rig| {
            let define: String = (1..=7)
                .map(|cid| format!("AT+CGDCONT={cid},\"IP\",\"{}\"\r", "a".repeat(100)))
                .collect();
            rig.say(define.as_bytes());
            rig.say_unread(format!("AT{}\r", "+CGDCONT?;".repeat(50)).as_bytes());
            rig.say_unread(format!("AT{}\r", "I".repeat(500)).as_bytes());
        }),
        (
            "many attempts in one chunk, none of them asked for",
            |rig| {
                rig.say(b"ATE0Q1\r");
                let lines = "AT+CIPSTART=\"TCP\",\"1.1.1.1\",1\rAT+CIPCLOSE\r".repeat(1500);
                rig.module.handle_uart(lines.as_bytes(), rig.now);
            },
        ),
    ];
    for (name, work) in hostile {
        let mut rig = None;
        let info = held(&mut rig, || {
            let mut rig = Rig::new(&config);
            work(&mut rig);
            rig
        });
        let most = size_of::<Module>() as u64 + info.bytes_max + line(&config);
        assert!(most <= CEILING, "{name}: {most} bytes");
    }
}

/// What the widest line adds, with bytes in both directions.
fn line(config: &Arc<Config>) -> u64 {
    let mut rig = None;
    let bare = held(&mut rig, || {
        let mut rig = Rig::new(config);
        rig.say(b"AT\r");
        rig
    });
    let paced = held(&mut rig, || {
        let mut rig = Rig::paced(config);
        rig.say_over_line(b"AT\r");
        rig
    });
    u64::try_from(paced.bytes_current - bare.bytes_current).expect("more than without it")
}

/// A DTE that is always a little behind: what it took must go.
#[test]
fn a_slow_dte_costs_no_memory() {
    let config = config();
    let mut rig = None;
    let info = held(&mut rig, || {
        let mut rig = Rig::new(&config);
        rig.say(b"ATE0;+CIPHEAD=1\r");
        let id = rig.connect(Transport::Tcp);
        for _ in 0..20_000 {
            rig.flood(id, 100);
            rig.module.uart_written(115, rig.now);
        }
        rig
    });
    assert!(info.bytes_max <= 64 * 1024, "{} bytes", info.bytes_max);
}

#[test]
fn traffic_allocates_nothing() {
    let config = config();
    let mut rig = Rig::new(&config);
    rig.say(b"ATE0;+CIPHEAD=1\r");
    let id = rig.connect(Transport::Tcp);
    let round = |rig: &mut Rig, line: &[u8], payload: &[u8]| {
        rig.say(b"AT\r");
        rig.say(b"AT+CIPSTATUS;+CSQ\r");
        rig.flood(id, 1000);
        rig.read();
        rig.say(line);
        rig.say(payload);
        let sent = rig.module.socket_output(id).len();
        rig.module.socket_written(id, sent, rig.now);
    };
    let payload = [b'x'; 1460];
    round(&mut rig, b"AT+CIPSEND=1460\r", &payload);
    let info = measure(|| {
        for _ in 0..100 {
            round(&mut rig, b"AT+CIPSEND=1460\r", &payload);
        }
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn traffic_over_a_line_allocates_nothing() {
    let config = config();
    let mut rig = Rig::paced(&config);
    let mut slicer = Fault::new(FaultKind::Slicer);
    slicer.attributes.size = Some(16);
    rig.module.handle_control(Control::from(slicer), rig.now);
    rig.say_over_line(b"ATE0;+CIPHEAD=1\rAT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r");
    let id = SocketId(1);
    let send = [b"AT+CIPSEND=1460\r", [b'x'; 1460].as_slice()].concat();
    let round = |rig: &mut Rig| {
        rig.say_over_line(b"AT+CIPSTATUS;+CSQ\r");
        rig.flood(id, 1000);
        rig.say_over_line(&send);
        let sent = rig.module.socket_output(id).len();
        assert_eq!(sent, 1460);
        rig.module.socket_written(id, sent, rig.now);
    };
    round(&mut rig);
    let info = measure(|| (0..10).for_each(|_| round(&mut rig)));
    assert_eq!(info.count_total, 0);
}

/// What is under way costs marks, of which there are enough at some time.
#[test]
fn traffic_that_is_late_allocates_nothing() {
    let config = config();
    let mut rig = Rig::new(&config);
    rig.say(b"ATE0;+CIPHEAD=1\r");
    let id = rig.connect(Transport::Tcp);
    rig.delay(Duration::from_millis(100));
    let mut bandwidth = Fault::new(FaultKind::Bandwidth);
    bandwidth.attributes.rate = Some(50_000);
    rig.module.handle_control(Control::from(bandwidth), rig.now);
    let payload = [b'x'; 1000];
    let mut round = || {
        rig.say(b"AT+CIPSEND=1000\r");
        rig.say(&payload);
        let space = rig.module.socket_space(id).len().min(1000);
        rig.module.socket_filled(id, space, rig.now);
        rig.pass(Duration::from_millis(25));
        while let sent @ 1.. = rig.module.socket_output(id).len() {
            rig.module.socket_written(id, sent, rig.now);
        }
    };
    (0..100).for_each(|_| round());
    let info = measure(|| (0..100).for_each(|_| round()));
    assert_eq!(info.count_total, 0);
    assert!(rig.module.snapshot().counters.received > 190_000);
}
