//! A session over a serial line is played as it was, whatever the line did to it and however late
//! the adapter was.
//!
//! covers: P37

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Instant;
use simless_module::{
    Control, Event, Fault, FaultKind, Gate, Happening, KINDS, KINGCOM_G3524, Probability, Request,
    Snapshot, SocketEvent,
};
use simless_trace::{Header, Observed, Observer, Player, Record, SLICES, Step, TimingName};

#[derive(Default)]
struct Records(Vec<Record>);

impl Observer for Records {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}

    fn wants_steps(&self) -> bool {
        true
    }

    fn step(&mut self, at: Instant, step: Step) {
        self.0.push(Record {
            t: at.as_micros(),
            modem: 0,
            step,
        });
    }
}

/// What an adapter does next.
#[derive(Clone, Debug)]
enum Turn {
    Say(Vec<u8>),
    /// So many microseconds pass, and nobody looks meanwhile.
    Sleep(u64),
    /// The DTE reads so many bytes at most.
    Read(usize),
    Control(Control),
}

fn control() -> impl Strategy<Value = Control> {
    let kinds: Vec<FaultKind> = KINDS
        .iter()
        .filter(|kind| kind.gate == Gate::Wire)
        .map(|kind| kind.kind)
        .collect();
    let begins = (prop::sample::select(kinds.clone()), 0_u32..600_000).prop_map(|(kind, ppm)| {
        let mut fault = Fault::new(kind);
        fault.toxicity = Probability::from_ppm(ppm);
        fault.attributes.delay = Some(Duration::from_millis(3));
        Control::from(fault)
    });
    prop_oneof![
        4 => begins,
        3 => prop::sample::select(kinds).prop_map(Control::clear),
        1 => Just(Control::DteLeft),
        1 => Just(Control::Happens(Happening::PowerCycle)),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let words = vec![
        "AT\r",
        "ATI\r\n",
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
        "AT+CIPSEND\rabc\x1a",
        "AT+CIPCLOSE\rAT+CIPSHUT\r",
        "AT+CLAC;+CLAC;+CLAC\r",
        "AT+CGATT=1\rAT\r",
    ];
    prop_oneof![
        4 => prop::sample::select(words).prop_map(|said| Turn::Say(said.into())),
        4 => prop::sample::select(vec![1, 90, 1042, 5000, 300_000, 2_000_000]).prop_map(Turn::Sleep),
        3 => (1_usize..300).prop_map(Turn::Read),
        1 => control().prop_map(Turn::Control),
    ]
}

struct Adapter {
    module: Observed<Records>,
    now: Instant,
    pending: Vec<u8>,
    reads: usize,
}

impl Adapter {
    fn turn(&mut self, turn: &Turn) {
        match turn {
            Turn::Say(bytes) => self.pending.extend(bytes),
            Turn::Sleep(micros) => self.now += Duration::from_micros(*micros),
            Turn::Read(count) => self.reads = *count,
            Turn::Control(control) => {
                if *control == Control::Happens(Happening::PowerCycle) {
                    self.pending.clear();
                }
                self.module.handle_control(control.clone(), self.now);
                self.attend();
            }
        }
        // As the loop of a real adapter: the input, what is due, the output.
        loop {
            let taken = self.module.handle_uart(&self.pending, self.now);
            self.pending.drain(..taken);
            self.attend();
            let was_due = self.module.handle_timeout(self.now);
            self.attend();
            if !self.read() && taken == 0 && !was_due {
                return;
            }
        }
    }

    fn read(&mut self) -> bool {
        let mut slices = [&[][..]; SLICES];
        let count = self.module.uart_output(&mut slices);
        let n = slices[..count].concat().len().min(self.reads);
        self.reads -= n;
        if n > 0 {
            self.module.uart_written(n, self.now);
            self.attend();
        }
        n > 0
    }

    fn attend(&mut self) {
        while let Some(request) = self.module.poll_request(self.now) {
            let (id, answer) = match request {
                Request::Connect { id, .. } => (id, SocketEvent::Connected),
                Request::CountUnread { id } => (id, SocketEvent::Unread(0)),
                Request::Shutdown { id } => (id, SocketEvent::Ended),
                Request::Resolve { id, .. } => (id, SocketEvent::Unresolved),
                Request::Abort { .. } => continue,
            };
            self.module.handle_socket(id, answer, self.now);
        }
        self.module.report(self.now);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_session_is_played_as_it_was(
        turns in vec(turn(), 1..50),
        baud in prop::sample::select(vec![None, Some(300), Some(9600), Some(115_200)]),
    ) {
        let header = Header {
            baud,
            ..Header::new(0, &KINGCOM_G3524, TimingName::Typical)
        };
        let module = header.module().expect("a known profile");
        let mut adapter = Adapter {
            module: Observed::new(module, Records::default()),
            now: Instant::ZERO,
            pending: Vec::new(),
            reads: 0,
        };
        for turn in &turns {
            adapter.turn(turn);
        }
        adapter.module.end(adapter.now);
        let mut player = Player::new(&header).expect("a known profile");
        for record in &adapter.module.observer().0 {
            let played = player.play(record);
            prop_assert!(played.is_ok(), "{}", played.unwrap_err());
        }
    }
}
