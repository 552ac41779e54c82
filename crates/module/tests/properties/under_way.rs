//! Connections under faults: what is under way arrives whole, in order, and not before its time.
//!
//! covers: P4 P18 P24 P27 P29 P37 P40

mod datagrams;
mod schedule;

use std::sync::Arc;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{
    Attributes, Config, Control, Event, Fault, FaultKind, KINGCOM_G3524, Network, Scenario, Stream,
    Timing,
};

use crate::output;
use crate::rig::Rig;

/// What may happen to a stream.
#[derive(Clone, Debug)]
enum Step {
    Fault(Box<Fault>),
    Clear(FaultKind),
    PeerSends(Vec<u8>),
    Send(Vec<u8>),
    Pass(u64),
    DteReads(bool),
    PeerReads(bool),
}

/// Kinds that lose no byte of a stream.
const KINDS: [FaultKind; 4] = [
    FaultKind::Latency,
    FaultKind::Bandwidth,
    FaultKind::Down,
    FaultKind::Timeout,
];

pub(crate) fn fault(kind: FaultKind, stream: Stream, attributes: Attributes) -> Fault {
    Fault {
        stream,
        attributes,
        ..Fault::new(kind)
    }
}

fn stream() -> impl Strategy<Value = Stream> {
    prop::sample::select(vec![Stream::Both, Stream::Uplink, Stream::Downlink])
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let values = (0_u64..3000, 0_u64..2000, 1_u32..100_000, 0_u64..2000);
    (prop::sample::select(&KINDS[..]), stream(), values).prop_map(
        |(kind, stream, (latency, jitter, rate, lasts))| {
            let attributes = match kind {
                FaultKind::Latency => Attributes {
                    latency: Some(Duration::from_millis(latency)),
                    jitter: Some(Duration::from_millis(jitter)),
                    ..Attributes::default()
                },
                FaultKind::Bandwidth => Attributes {
                    rate: Some(rate),
                    ..Attributes::default()
                },
                _ => Attributes::default(),
            };
            Fault {
                lasts: (lasts % 3 == 0).then(|| Duration::from_millis(lasts)),
                toxicity: simless_module::Probability::from_ppm(1_000_000 - 250 * lasts as u32),
                ..fault(kind, stream, attributes)
            }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any_fault().prop_map(|fault| Step::Fault(Box::new(fault))),
        1 => prop::sample::select(&KINDS[..]).prop_map(Step::Clear),
        4 => vec(any::<u8>(), 1..2000).prop_map(Step::PeerSends),
        4 => vec(0x20_u8..0x7F, 1..400).prop_map(Step::Send),
        4 => (0_u64..2000).prop_map(Step::Pass),
        1 => any::<bool>().prop_map(Step::DteReads),
        1 => any::<bool>().prop_map(Step::PeerReads),
    ]
}

/// A session, and what went in.
struct Session {
    rig: Rig,
    from_peer: Vec<u8>,
    from_dte: Vec<u8>,
    /// What had come out after each step.
    marks: Vec<(usize, usize)>,
}

impl Session {
    fn new(config: &Arc<Config>, number: u32) -> Self {
        let mut rig = Rig::numbered(config, number);
        rig.connect("TCP");
        rig.say(b"AT+CIPHEAD=1\r");
        rig.output.clear();
        Self {
            rig,
            from_peer: Vec::new(),
            from_dte: Vec::new(),
            marks: Vec::new(),
        }
    }

    fn step(&mut self, step: &Step) {
        let rig = &mut self.rig;
        match step {
            Step::Fault(fault) => rig.control(Control::from(fault.as_ref().clone())),
            Step::Clear(kind) => rig.control(Control::clear(*kind)),
            Step::PeerSends(bytes) => {
                self.from_peer.extend(bytes);
                rig.peer_sends(bytes);
            }
            Step::Send(bytes) => {
                self.from_dte.extend(bytes);
                let mut said = format!("AT+CIPSEND={}\r", bytes.len()).into_bytes();
                said.extend(bytes);
                rig.say(&said);
            }
            Step::Pass(millis) => rig.pass(Duration::from_millis(*millis)),
            Step::DteReads(reads) => rig.dte_reads = *reads,
            Step::PeerReads(reads) => rig.peer().reads = *reads,
        }
        rig.settle();
        let sent = rig.peer().stream().len();
        self.marks.push((self.rig.output.len(), sent));
    }

    /// Everything is well again.
    fn end(&mut self) {
        for kind in KINDS {
            self.rig.control(Control::clear(kind));
        }
        self.rig.dte_reads = true;
        self.rig.peer().reads = true;
        self.rig.pass(Duration::from_secs(100));
        self.rig.peer().ends = true;
        self.rig.settle();
        self.rig.pass(Duration::from_secs(3600));
    }
}

fn config(seed: u64) -> Arc<Config> {
    Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario: Scenario {
            seed,
            ..Scenario::default()
        },
    })
}

proptest! {
    /// L1, L3, P18, P24, P27: whatever is set and taken away meanwhile, both streams arrive whole,
    /// once and in order, and CLOSED comes behind them.
    #[test]
    fn streams_arrive_whole(steps in vec(step(), 1..30), seed: u64, bite in 1_usize..2000) {
        let mut session = Session::new(&config(seed), 0);
        session.rig.bite = bite;
        for step in &steps {
            session.step(step);
            let sent = session.rig.peer().stream();
            prop_assert!(session.from_dte.starts_with(&sent));
        }
        session.end();
        prop_assert_eq!(session.rig.peer().stream(), session.from_dte);
        let units = output::read(&session.rig.output).map_err(TestCaseError::fail)?;
        prop_assert_eq!(output::stream(&units), session.from_peer);
        prop_assert!(session.rig.output.ends_with(b"\r\nCLOSED\r\n"));
        prop_assert_eq!(session.rig.module.poll_timeout(), None);
    }

    /// P37: the same seed and inputs give the same session.
    #[test]
    fn a_seed_repeats_a_session(steps in vec(step(), 1..30), seed: u64) {
        let play = || {
            let mut session = Session::new(&config(seed), 0);
            steps.iter().for_each(|step| session.step(step));
            session.end();
            (session.rig.output, session.marks)
        };
        prop_assert_eq!(play(), play());
    }

    /// P40: two modules of one configuration. What happens to one is not seen in the other.
    #[test]
    fn modules_do_not_show_in_each_other(
        steps in vec((any::<bool>(), step()), 1..40),
        seed: u64,
    ) {
        let config = config(seed);
        let mut both = [Session::new(&config, 0), Session::new(&config, 1)];
        for (is_second, step) in &steps {
            both[usize::from(*is_second)].step(step);
        }
        for (number, together) in (0..).zip(both) {
            let mut alone = Session::new(&config, number);
            let own = steps.iter().filter(|(is_second, _)| *is_second == (number == 1));
            own.for_each(|(_, step)| alone.step(step));
            prop_assert_eq!(alone.rig.output, together.rig.output);
            prop_assert_eq!(alone.marks, together.marks);
        }
    }
}

/// P40, the other half: two modules of one configuration draw differently.
#[test]
fn modules_draw_differently() {
    let mut config = Config::clone(&config(1));
    config.scenario.faults.push(fault(
        FaultKind::Latency,
        Stream::Downlink,
        Attributes {
            latency: Some(Duration::from_secs(10)),
            jitter: Some(Duration::from_secs(10)),
            ..Attributes::default()
        },
    ));
    let config = Arc::new(config);
    let due = |number| {
        let mut session = Session::new(&config, number);
        session.step(&Step::PeerSends(b"x".to_vec()));
        session.rig.module.poll_timeout()
    };
    assert_ne!(due(0), due(1));
}

/// A fault is reported once for a connection, however many bytes it strikes.
#[test]
fn a_fault_strikes_a_connection_once() {
    let mut session = Session::new(&config(0), 0);
    while session.rig.module.poll_event().is_some() {}
    let mut latency = Fault::new(FaultKind::Latency);
    latency.attributes.latency = Some(Duration::from_secs(1));
    session.step(&Step::Fault(Box::new(latency)));
    for _ in 0..3 {
        // Whatever else is set meanwhile.
        session.step(&Step::Fault(Box::new(Fault::new(FaultKind::Loss))));
        session.step(&Step::PeerSends(b"x".to_vec()));
        session.step(&Step::Pass(300));
    }
    let events: Vec<_> = std::iter::from_fn(|| session.rig.module.poll_event()).collect();
    assert_eq!(events, [Event::Struck(FaultKind::Latency)]);
}
