//! Anything at all, in any order.
//!
//! covers: P1 P3 P4

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Registration;
use simless_module::{
    Answer, Attributes, Control, Fault, FaultKind, Gate, Happening, KINDS, Probability, SimState,
    SocketEvent, SocketId, Stream,
};

use crate::rig::Rig;

/// All that may wait for a DTE that does not read: the limit of received bytes, and text.
const OUTPUT_LIMIT: usize = 16 * 1024 + 16 * 1024;

#[derive(Clone, Debug)]
enum Step {
    Dte(Vec<u8>),
    Peer(Vec<u8>),
    Event(u64, u8),
    Control(Box<Control>),
    Time(u64),
    DteReads(bool),
    Bite(usize),
    PeerReads(bool),
}

fn dte() -> impl Strategy<Value = Vec<u8>> {
    let lines = vec![
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
        "AT+CIPSTART=\"UDP\",\"host\",7\r",
        "AT+CIPSEND\r",
        "AT+CIPSEND=9\r",
        "123456789",
        "abc\x1a",
        "\x1b",
        "AT+CIPCLOSE\r",
        "AT+CIPSHUT\r",
        "AT+CGATT=0\r",
        "AT+CGATT=1;+CGACT=0,1;+CIFSR\r",
        "AT+CSTT=\"x\";+CIICR\r",
        "AT+CIFSR\r",
        "AT+CDNSGIP=\"host\"\r",
        "AT+CFUN=1,1\r",
        "AT+CFUN=0\r",
        "AT+CFUN=1\r",
        "A/",
        "AT+CIPHEAD=1\r",
        "AT+CLAC\r",
        "ATQ1\r",
        "ATQ0\r",
        "ATE0\r",
        "AT+CPIN=\"0000\"\r",
        "AT+CGDCONT=7,\"IP\",\"x\";+CGACT=1,7\r",
    ];
    prop_oneof![
        6 => prop::sample::select(lines).prop_map(|line| line.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..700),
    ]
}

fn socket_kind() -> impl Strategy<Value = FaultKind> {
    let of_sockets = KINDS.iter().filter(|kind| kind.gate == Gate::Socket);
    prop::sample::select(of_sockets.map(|kind| kind.kind).collect::<Vec<_>>())
}

/// A fault between connections and the network, whatever it needs to know.
fn fault() -> impl Strategy<Value = Fault> {
    let times = prop::option::of(prop::sample::select(vec![0, 3, 2000, 70_000]));
    let stream = prop::sample::select(vec![Stream::Both, Stream::Uplink, Stream::Downlink]);
    let numbers = (prop::option::of(0_u32..5000), 0_u32..1_500_000);
    (socket_kind(), vec(times, 6), stream, numbers).prop_map(
        |(kind, times, stream, (number, ppm))| {
            let time = |n: usize| times[n].map(Duration::from_millis);
            Fault {
                stream,
                toxicity: Probability::from_ppm(ppm),
                after: time(0).unwrap_or_default(),
                lasts: time(1),
                times: number.filter(|number| *number < 3),
                attributes: Attributes {
                    latency: time(2),
                    jitter: time(3),
                    delay: time(4),
                    timeout: time(5),
                    rate: number,
                    bytes: number.map(u64::from),
                    ..Attributes::default()
                },
                ..Fault::new(kind)
            }
        },
    )
}

fn control() -> impl Strategy<Value = Control> {
    let answer = || prop::sample::select(vec![Answer::Accept, Answer::NoCredit, Answer::Silence]);
    prop_oneof![
        1 => Just(Control::DteLeft),
        1 => Just(Control::Happens(Happening::Detach)),
        1 => Just(Control::Happens(Happening::PeerClose)),
        1 => Just(Control::Happens(Happening::PowerCycle)),
        1 => any::<u8>().prop_map(Control::LoseContext),
        1 => any::<bool>().prop_map(Control::late_connect_ok),
        1 => any::<u8>().prop_map(|stat| Control::registration(Registration(stat))),
        1 => Just(Control::registration(Registration::HOME)),
        1 => answer().prop_map(Control::attach),
        1 => answer().prop_map(Control::activation),
        4 => fault().prop_map(Control::Fault),
        2 => socket_kind().prop_map(Control::clear),
        1 => prop::sample::select(vec![
            SimState::Absent,
            SimState::Ready,
            SimState::Pin,
            SimState::Puk
        ])
        .prop_map(Control::sim),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => dte().prop_map(Step::Dte),
        2 => vec(any::<u8>(), 1..9000).prop_map(Step::Peer),
        3 => (0_u64..8, 0_u8..9).prop_map(|(id, event)| Step::Event(id, event)),
        2 => control().prop_map(|control| Step::Control(Box::new(control))),
        2 => prop::sample::select(vec![1, 20_000, 1_000_000, 45_000_000, 130_000_000])
            .prop_map(Step::Time),
        1 => any::<bool>().prop_map(Step::DteReads),
        1 => (1_usize..3000).prop_map(Step::Bite),
        1 => any::<bool>().prop_map(Step::PeerReads),
    ]
}

fn act(rig: &mut Rig, step: &Step) {
    match step {
        Step::Dte(bytes) => drop(rig.say(bytes)),
        Step::Peer(bytes) if !rig.peers.is_empty() => rig.peer_sends(bytes),
        Step::Event(id, event) => {
            let event = match event {
                0 => SocketEvent::Connected,
                1 => SocketEvent::Ended,
                2 => SocketEvent::Reset,
                3 => SocketEvent::Refused,
                4 => SocketEvent::Unresolved,
                5 => SocketEvent::Unread(7),
                6 => SocketEvent::Denied,
                7 => SocketEvent::Datagram(&[7; 3000]),
                _ => SocketEvent::Resolved([192, 0, 2, 9].into()),
            };
            rig.event(SocketId(*id), event);
        }
        Step::Control(control) => rig.control(control.as_ref().clone()),
        Step::Time(micros) => rig.pass(Duration::from_micros(*micros)),
        Step::DteReads(reads) => rig.dte_reads = *reads,
        Step::Bite(bite) => rig.bite = *bite,
        Step::PeerReads(reads) if !rig.peers.is_empty() => rig.peer().reads = *reads,
        Step::Peer(_) | Step::PeerReads(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P1, P3, P4: nothing panics, everything comes to rest, and what waits stays bounded.
    #[test]
    fn anything_goes(steps in vec(step(), 1..60), typical in any::<bool>()) {
        let profile = simless_module::KINGCOM_G3524;
        let timing = if typical { profile.timing } else { simless_module::Timing::IMMEDIATE };
        let mut rig = Rig::with(profile, timing);
        for step in &steps {
            act(&mut rig, step);
            let mut slices = [&[][..]; 64];
            let count = rig.module.uart_output(&mut slices);
            let waiting: usize = slices[..count].iter().map(|slice| slice.len()).sum();
            prop_assert!(waiting <= OUTPUT_LIMIT, "{waiting} bytes wait for the DTE");
            while rig.module.poll_event().is_some() {}
        }
    }
}
