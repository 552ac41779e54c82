//! Whatever happens in a session, it comes out the same when it is played again.
//!
//! covers: P37

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Instant;
use simless_module::{
    Config, Control, Event, FaultKind, Happening, KINGCOM_G3524, Module, Network, Request,
    Scenario, Snapshot, SocketEvent, SocketId, Timing,
};
use simless_trace::{Header, Line, Observed, Observer, Player, Record, SLICES, Step, TimingName};

/// Keeps all steps.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Record>>>);

impl Observer for Log {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}

    fn wants_steps(&self) -> bool {
        true
    }

    fn step(&mut self, at: Instant, step: Step) {
        let t = at.as_micros();
        let record = Record { t, modem: 0, step };
        self.0.lock().unwrap().push(record);
    }
}

/// What happens in a session.
#[derive(Clone, Debug)]
enum Act {
    Say(Vec<u8>),
    Pass(u64),
    Peer(Vec<u8>),
    Datagram(Vec<u8>),
    Socket(u64, u8),
    Read(usize),
    Send(usize),
    Control(Control),
}

fn act() -> impl Strategy<Value = Act> {
    let lines = vec![
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
        "AT+CIPSTART=\"UDP\",\"host\",7\r\n",
        "AT+CIPSEND\rabc\x1aAT\r",
        "AT+CIPSEND=9\r123456789AT+CIPCLOSE\r",
        "AT+CGATT=1;+CGACT=0,1;+CIFSR\r",
        "AT+CIPHEAD=1\r",
        "AT+CFUN=1,1\r",
        "A/",
        "AT+CSQ",
        "\r",
    ];
    let controls = vec![
        Control::DteLeft,
        Control::Happens(Happening::PdpDeact),
        Control::Happens(Happening::PeerClose),
        Control::Happens(Happening::PowerCycle),
        Control::fault(FaultKind::NoCredit),
        Control::clear(FaultKind::NoCredit),
    ];
    prop_oneof![
        6 => prop::sample::select(lines).prop_map(|line| Act::Say(line.into())),
        1 => vec(any::<u8>(), 1..40).prop_map(Act::Say),
        2 => prop::sample::select(vec![0, 1, 20_000, 6_000_000, 46_000_000]).prop_map(Act::Pass),
        2 => vec(any::<u8>(), 1..3000).prop_map(Act::Peer),
        1 => vec(any::<u8>(), 0..2100).prop_map(Act::Datagram),
        4 => (1_u64..5, 0_u8..6).prop_map(|(id, event)| Act::Socket(id, event)),
        2 => (1_usize..2000).prop_map(Act::Read),
        2 => (1_usize..2000).prop_map(Act::Send),
        1 => prop::sample::select(controls).prop_map(Act::Control),
    ]
}

/// An adapter that does what it is told.
struct World {
    module: Observed<Log>,
    now: Instant,
    /// What the DTE said and the module did not take.
    said: Vec<u8>,
}

impl World {
    fn act(&mut self, act: &Act) {
        let now = self.now;
        match act {
            Act::Say(bytes) => self.said.extend(bytes),
            Act::Pass(micros) => self.pass(Duration::from_micros(*micros)),
            Act::Peer(bytes) => {
                for id in (1..5).map(SocketId) {
                    self.module.read_socket(id, now, |space| {
                        let n = space.len().min(bytes.len());
                        space[..n].copy_from_slice(&bytes[..n]);
                        n
                    });
                    self.attend();
                }
            }
            Act::Datagram(bytes) => {
                let event = SocketEvent::Datagram(bytes);
                self.module.handle_socket(SocketId(1), event, now);
            }
            Act::Socket(id, event) => {
                let event = match event {
                    0 | 1 => SocketEvent::Connected,
                    2 => SocketEvent::Resolved([192, 0, 2, 9].into()),
                    3 => SocketEvent::Ended,
                    4 => SocketEvent::Reset,
                    _ => SocketEvent::Refused,
                };
                self.module.handle_socket(SocketId(*id), event, now);
            }
            Act::Read(n) => self.read(*n),
            Act::Send(n) => {
                for id in (1..5).map(SocketId) {
                    let n = self.module.socket_output(id).len().min(*n);
                    if n > 0 {
                        self.module.socket_written(id, n, now);
                        // What it asks for then is asked for before another socket is written.
                        self.attend();
                    }
                }
            }
            Act::Control(control) => self.module.handle_control(control.clone(), now),
        }
        self.attend();
        let taken = self.module.handle_uart(&self.said, now);
        self.said.drain(..taken);
        self.attend();
        self.module.handle_timeout(now);
        self.attend();
    }

    fn read(&mut self, n: usize) {
        let mut slices = [&[][..]; SLICES];
        let count = self.module.uart_output(&mut slices);
        let waiting = slices[..count].iter().map(|slice| slice.len()).sum();
        if waiting > 0 {
            self.module.uart_written(n.min(waiting), self.now);
        }
    }

    /// Deadlines on the way are served, some of them late.
    fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(at) = self.module.poll_timeout().filter(|at| *at <= until) {
            let late = Duration::from_micros(at.as_micros() % 7 * 100);
            self.now = (at + late).min(until).max(self.now);
            self.module.handle_timeout(self.now);
            self.attend();
        }
        self.now = until;
    }

    fn attend(&mut self) {
        while let Some(request) = self.module.poll_request(self.now) {
            if let Request::CountUnread { id } | Request::Shutdown { id } = request {
                let event = match request {
                    Request::CountUnread { .. } => SocketEvent::Unread(3),
                    _ => SocketEvent::Ended,
                };
                self.module.handle_socket(id, event, self.now);
            }
        }
        self.module.report(self.now);
    }
}

fn record(acts: &[Act], timing: TimingName) -> Vec<Record> {
    let log = Log::default();
    let module = Module::new(Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: match timing {
            TimingName::Immediate => Timing::IMMEDIATE,
            TimingName::Typical => KINGCOM_G3524.timing,
        },
        network: Network::default(),
        scenario: Scenario::default(),
    }));
    let mut world = World {
        module: Observed::new(module, log.clone()),
        now: Instant::ZERO,
        said: Vec::new(),
    };
    for act in acts {
        world.act(act);
    }
    world.module.end(world.now);
    std::mem::take(&mut log.0.lock().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_session_comes_out_again(acts in vec(act(), 0..60), typical in any::<bool>()) {
        let timing = if typical { TimingName::Typical } else { TimingName::Immediate };
        let records = record(&acts, timing);
        let mut player = Player::new(&Header::new(0, &KINGCOM_G3524, timing)).unwrap();
        for record in records {
            // As it would be read from a file.
            let line = Line::Record(record).to_string();
            let Ok(Line::Record(record)) = Line::parse(&line) else {
                panic!("{line}");
            };
            if let Err(difference) = player.play(&record) {
                return Err(TestCaseError::fail(difference.to_string()));
            }
        }
    }
}
