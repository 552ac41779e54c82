//! A driver and a module on one virtual clock, with a network that does as it is told.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use simless_at::Instant;
use simless_driver::{Apn, Driver, Event, Host, News, Settings, Target};
use simless_module::{
    Config, Control, Fault, FaultKind, KINGCOM_G3524, Module, Network, Scenario, Timing,
};

pub use crate::network::{Connects, Net, Peer};

/// Rounds that one moment may take: more never come to rest.
const PATIENCE: usize = 5_000;

pub struct Pair {
    pub driver: Driver,
    pub module: Module,
    pub now: Instant,
    pub net: Net,
    /// The payload of the send under way.
    pub payload: Vec<u8>,
    /// Everything the driver said, and when each piece.
    pub said: Vec<(Instant, Vec<u8>)>,
    pub events: Vec<(Instant, Event)>,
    /// All that either of them did, in its order.
    pub log: Vec<(Instant, Did)>,
    pub urcs: Vec<String>,
    /// How often a fault of the module struck.
    pub strikes: usize,
    pub received: Vec<u8>,
    /// Whether the application takes received data.
    pub reads: bool,
    /// The most bytes the driver is given at once.
    pub chunk: usize,
    /// Does something to what the module said before the driver hears it.
    pub tamper: Box<dyn FnMut(Vec<u8>) -> Vec<u8>>,
    up: VecDeque<u8>,
    idle_rounds: usize,
    pub down: VecDeque<u8>,
}

/// Something that one of the two did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// The driver said this.
    Said(Vec<u8>),
    /// The module took it from the line.
    Took(Vec<u8>),
    /// The module said this.
    Answered(Vec<u8>),
    /// It happened to the driver.
    Met(Event),
}

pub fn settings() -> Settings {
    Settings::new(Apn::new("CMNET").unwrap())
}

pub fn target() -> Target {
    Target::tcp(Host::new("198.51.100.7").unwrap(), 80)
}

pub fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind)
}

pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Pair {
    pub fn new() -> Self {
        Self::with(settings(), Scenario::default())
    }

    pub fn with_faults(faults: Vec<Fault>) -> Self {
        let scenario = Scenario {
            faults,
            ..Scenario::default()
        };
        Self::with(settings(), scenario)
    }

    pub fn with(settings: Settings, scenario: Scenario) -> Self {
        Self::of(
            settings,
            Config {
                profile: KINGCOM_G3524,
                timing: Timing::IMMEDIATE,
                network: Network::default(),
                scenario,
            },
        )
    }

    pub fn of(settings: Settings, config: Config) -> Self {
        Self {
            driver: Driver::new(settings),
            module: Module::new(Arc::new(config)),
            now: Instant::ZERO,
            net: Net::new(|| Box::new(|_| Vec::new())),
            payload: Vec::new(),
            said: Vec::new(),
            events: Vec::new(),
            log: Vec::new(),
            urcs: Vec::new(),
            strikes: 0,
            received: Vec::new(),
            reads: true,
            chunk: usize::MAX,
            tamper: Box::new(|bytes| bytes),
            up: VecDeque::new(),
            idle_rounds: 0,
            down: VecDeque::new(),
        }
    }

    /// A pair whose connection stands.
    pub fn connected() -> Self {
        let mut pair = Self::new();
        pair.connect();
        pair
    }

    /// Connects, which works at once.
    pub fn connect(&mut self) {
        self.driver.connect(target(), self.now).unwrap();
        self.settle();
        assert!(self.driver.is_connected(), "{:?}", self.events);
        self.forget();
    }

    /// Forgets what happened so far.
    pub fn forget(&mut self) {
        self.said.clear();
        self.events.clear();
        self.log.clear();
        self.urcs.clear();
    }

    pub fn send(&mut self, payload: &[u8]) {
        self.driver.send(payload, self.now).unwrap();
        self.payload = payload.to_vec();
        self.settle();
    }

    pub fn control(&mut self, control: Control) {
        self.module.handle_control(control, self.now);
        self.settle();
    }

    /// The newest connection's far end.
    pub fn peer(&mut self) -> &mut Peer {
        self.net.peer()
    }

    pub fn peer_sends(&mut self, bytes: &[u8]) {
        self.peer().sends.extend(bytes);
        self.settle();
    }

    pub fn peer_sends_datagram(&mut self, datagram: &[u8]) {
        self.peer().datagrams.push_back(datagram.to_vec());
        self.settle();
    }

    pub fn peer_ends(&mut self) {
        self.peer().ends = true;
        self.settle();
    }

    /// Somebody else than the driver says something.
    pub fn say(&mut self, text: &str) {
        self.up.extend(text.as_bytes());
        self.log.push((self.now, Did::Said(text.into())));
        self.settle();
    }

    /// All the driver said, as text.
    pub fn script(&self) -> String {
        let bytes: Vec<u8> = self
            .said
            .iter()
            .flat_map(|(_, said)| said.clone())
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// When the driver said this line, each time.
    pub fn times_of(&self, line: &str) -> Vec<Duration> {
        let line = format!("{line}\r");
        let said = self
            .said
            .iter()
            .filter(|(_, said)| *said == line.as_bytes());
        said.map(|(at, _)| at.since(Instant::ZERO)).collect()
    }

    pub fn saw(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.events.iter().any(|(_, event)| wanted(event))
    }

    /// Time passes; every deadline on the way is served at its moment.
    pub fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        self.settle();
        while let Some(at) = self.next().filter(|at| *at <= until) {
            self.go_to(at);
        }
        self.now = until;
        self.settle();
    }

    /// Until the connection stands or was given up; gives whether it stands.
    pub fn finish(&mut self) -> bool {
        let is_over = |event: &Event| matches!(event, Event::Connected | Event::Failed(_));
        self.settle();
        while !self.saw(is_over) {
            let Some(at) = self.next() else {
                panic!("nothing more happens: {:?}", self.events);
            };
            self.go_to(at);
        }
        self.driver.is_connected()
    }

    /// Serves a deadline at its moment.
    pub fn go_to(&mut self, at: Instant) {
        self.idle_rounds = if at > self.now {
            0
        } else {
            self.idle_rounds + 1
        };
        assert!(
            self.idle_rounds < 1000,
            "a deadline that is never served: {:?}, {:?} at {:?}, {:?}",
            self.driver.poll_timeout(),
            self.module.poll_timeout(),
            self.now,
            self.events
        );
        self.now = self.now.max(at);
        self.settle();
    }

    /// When something is due next.
    pub fn next(&self) -> Option<Instant> {
        let deadlines = [self.driver.poll_timeout(), self.module.poll_timeout()];
        deadlines.into_iter().flatten().min()
    }

    /// Does all that is due at this moment.
    pub fn settle(&mut self) {
        for _ in 0..PATIENCE {
            let moved = [
                self.serve_driver(),
                self.offer_to_driver(),
                self.offer_to_module(),
                self.serve_module(),
                self.net.serve(&mut self.module, self.now),
            ];
            if !moved.contains(&true) {
                return;
            }
        }
        panic!("it never comes to rest: {:?}", self.events);
    }

    fn serve_driver(&mut self) -> bool {
        let mut moved = false;
        if self.driver.poll_timeout().is_some_and(|at| at <= self.now) {
            self.driver.handle_timeout(self.now);
            moved = true;
        }
        while let Some(event) = self.driver.poll_event() {
            self.met(event);
            moved = true;
        }
        let output = self.driver.uart_output(&self.payload).to_vec();
        if !output.is_empty() {
            if !self.payload.is_empty() && self.payload.ends_with(&output) {
                // Bytes take time on a line: a payload's LF never comes at the very moment of its
                // line's CR, to which it would belong (guide F1a).
                self.now += Duration::from_micros(1);
            }
            self.driver.uart_written(output.len(), self.now);
            self.up.extend(&output);
            self.log.push((self.now, Did::Said(output.clone())));
            self.said.push((self.now, output));
            moved = true;
        }
        moved
    }

    fn met(&mut self, event: Event) {
        if let Event::Sent(_) | Event::SendFailed(_) = event {
            self.payload.clear();
        }
        self.log.push((self.now, Did::Met(event)));
        self.events.push((self.now, event));
    }

    fn offer_to_driver(&mut self) -> bool {
        if !self.reads {
            return false;
        }
        let mut moved = false;
        loop {
            let rx = self.down.make_contiguous();
            let rx = &rx[..rx.len().min(self.chunk)];
            let taken = self.driver.handle_uart(rx, self.now);
            let used = taken.used;
            moved |= used > 0;
            let has_news = taken.news.is_some();
            match taken.news {
                Some(News::Data { bytes, .. }) => self.received.extend(bytes),
                Some(News::Urc(line)) => self.urcs.push(line.into()),
                None => {}
            }
            self.down.drain(..used);
            while let Some(event) = self.driver.poll_event() {
                self.met(event);
            }
            if !has_news && used == 0 {
                return moved;
            }
        }
    }

    fn offer_to_module(&mut self) -> bool {
        let taken = self.module.handle_uart(self.up.make_contiguous(), self.now);
        if taken > 0 {
            let took = self.up.drain(..taken).collect();
            self.log.push((self.now, Did::Took(took)));
        }
        taken > 0
    }

    fn serve_module(&mut self) -> bool {
        let due = self.module.poll_timeout().is_some_and(|at| at <= self.now);
        if due {
            self.module.handle_timeout(self.now);
        }
        while let Some(event) = self.module.poll_event() {
            let is_strike = matches!(event, simless_module::Event::Struck(_));
            self.strikes += usize::from(is_strike);
        }
        let mut slices = [&[][..]; 8];
        let count = self.module.uart_output(&mut slices);
        let output = slices[..count].concat();
        // What lies between the two is a port's buffer, and that is bounded.
        let room = if self.reads {
            usize::MAX
        } else {
            4096_usize.saturating_sub(self.down.len())
        };
        let n = output.len().min(room);
        self.module.uart_written(n, self.now);
        if n > 0 {
            self.log
                .push((self.now, Did::Answered(output[..n].to_vec())));
            self.down.extend((self.tamper)(output[..n].to_vec()));
        }
        due || n > 0
    }
}
