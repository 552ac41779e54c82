//! Histories: anything at all, in any order.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Registration;
use simless_module::{Answer, Control, Happening, SimState, SocketEvent, SocketId};

use crate::rig::Rig;

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Step {
    Dte(Vec<u8>),
    Peer(Vec<u8>),
    Event(u64, u8),
    Control(Control),
    Time(u64),
    DteReads(bool),
    Bite(usize),
    PeerReads(bool),
    /// The outside answers what it was asked.
    Answer(u8),
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

fn control() -> impl Strategy<Value = Control> {
    let answer = || prop::sample::select(vec![Answer::Accept, Answer::NoCredit, Answer::Silence]);
    prop_oneof![
        Just(Control::DteLeft),
        Just(Control::Happens(Happening::Detach)),
        Just(Control::Happens(Happening::PowerCycle)),
        any::<u8>().prop_map(Control::LoseContext),
        any::<bool>().prop_map(Control::late_connect_ok),
        any::<u8>().prop_map(|stat| Control::registration(Registration(stat))),
        Just(Control::registration(Registration::HOME)),
        answer().prop_map(Control::attach),
        answer().prop_map(Control::activation),
        prop::sample::select(vec![
            SimState::Absent,
            SimState::Ready,
            SimState::Pin,
            SimState::Puk
        ])
        .prop_map(Control::sim),
    ]
}

pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => dte().prop_map(Step::Dte),
        2 => vec(any::<u8>(), 1..9000).prop_map(Step::Peer),
        3 => (0_u64..8, 0_u8..10).prop_map(|(id, event)| Step::Event(id, event)),
        2 => control().prop_map(Step::Control),
        2 => prop::sample::select(vec![1, 20_000, 1_000_000, 45_000_000, 130_000_000])
            .prop_map(Step::Time),
        1 => any::<bool>().prop_map(Step::DteReads),
        1 => (1_usize..3000).prop_map(Step::Bite),
        1 => any::<bool>().prop_map(Step::PeerReads),
        3 => (0_u8..8).prop_map(Step::Answer),
    ]
}

pub fn act(rig: &mut Rig, step: &Step) {
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
                8 => SocketEvent::NoSocket,
                7 => SocketEvent::Datagram(&[7; 3000]),
                _ => SocketEvent::Resolved([192, 0, 2, 9].into()),
            };
            rig.event(SocketId(*id), event);
        }
        Step::Control(control) => rig.control(control.clone()),
        Step::Time(micros) => rig.pass(Duration::from_micros(*micros)),
        Step::DteReads(reads) => rig.dte_reads = *reads,
        Step::Bite(bite) => rig.bite = *bite,
        Step::PeerReads(reads) if !rig.peers.is_empty() => rig.peer().reads = *reads,
        Step::Peer(_) | Step::PeerReads(_) => {}
        Step::Answer(which) => {
            let name = match which {
                7 => SocketEvent::Unresolved,
                _ => SocketEvent::Resolved([192, 0, 2, 1].into()),
            };
            let connection = match which {
                0 => SocketEvent::Refused,
                _ => SocketEvent::Connected,
            };
            rig.answer(name, connection);
        }
    }
}

/// A network and a world in which all is well.
pub fn restore(rig: &mut Rig) {
    for control in [
        Control::sim(SimState::Ready),
        Control::registration(Registration::HOME),
        Control::attach(Answer::Accept),
        Control::activation(Answer::Accept),
    ] {
        rig.control(control);
    }
    rig.say(b"AT+CFUN=1;+COPS=0\r");
    rig.pass(Duration::from_secs(1));
    (rig.answers, rig.listening) = (true, true);
    rig.peers.values_mut().for_each(|peer| peer.reads = true);
    rig.settle();
}
