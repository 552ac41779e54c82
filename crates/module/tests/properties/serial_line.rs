//! The serial line: a session over it is the session, only later; what faults make of it harms
//! nobody but that session.
//!
//! covers: P1 P2 P4 P9 P37

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{Attributes, Control, Fault, FaultKind, Probability, Rate, Stream, Timing};

use crate::rig::Rig;

/// The kinds that change what is said.
const HARMFUL: [FaultKind; 4] = [
    FaultKind::Drop,
    FaultKind::Corrupt,
    FaultKind::Repeat,
    FaultKind::Noise,
];

/// Longer than a step's bytes take at the slowest rate, both ways; shorter than any guard.
const STEP: Duration = Duration::from_secs(40);

/// One thing that happens in a session, with nothing under way before it.
#[derive(Clone, Debug)]
enum Step {
    Dte(Vec<u8>),
    Peer(usize),
    PeerEnds,
}

/// Words of sessions. A LF has no place here: whether it comes at the instant of its CR is what a
/// line changes (guide F1a).
fn said() -> impl Strategy<Value = Vec<u8>> {
    let words = vec![
        "AT\r",
        "AT+CIPSTATUS\r",
        "ATI;+CREG?\r",
        "AT+CSQ\rAT+CGATT?\rAT+NOPE\r",
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
        "AT+CIPSTART=\"UDP\",\"192.0.2.1\",7\r",
        "AT+CIPSEND\rhello\x1a",
        "AT+CIPSEND\r\x1b",
        "AT+CIPSEND=5\r12345AT\r",
        "AT+CIPHEAD=1\r",
        "AT+CIPHEAD=0\r",
        "AT+CIPCLOSE\r",
        "AT+CIPSHUT\r",
        "ATE0\r",
        "AT+CI\x08GMI\r",
        "A/",
        "half a line ",
        "AT+CLAC\r",
    ];
    let words = prop::sample::select(words);
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(b'\r'..=b'~', 1..400),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => said().prop_map(Step::Dte),
        2 => (1_usize..1200).prop_map(Step::Peer),
        1 => Just(Step::PeerEnds),
    ]
}

fn rate() -> impl Strategy<Value = Option<Rate>> {
    prop::sample::select(vec![0, 1200, 9600, 115_200, 921_600, 4_000_000]).prop_map(Rate::new)
}

fn way() -> impl Strategy<Value = Stream> {
    prop::sample::select(vec![Stream::Both, Stream::Uplink, Stream::Downlink])
}

/// Faults that only take time.
fn delaying() -> impl Strategy<Value = Fault> {
    let slicer = (1_u32..9, 0_u32..9, 0_u64..2000).prop_map(|(size, variation, micros)| Fault {
        attributes: Attributes {
            size: Some(size),
            variation: Some(variation),
            delay: Some(Duration::from_micros(micros)),
            ..Attributes::default()
        },
        ..Fault::new(FaultKind::Slicer)
    });
    let stall = (1_u32..100_000, 0_u64..20_000).prop_map(|(ppm, micros)| Fault {
        toxicity: Probability::from_ppm(ppm),
        attributes: Attributes {
            delay: Some(Duration::from_micros(micros)),
            ..Attributes::default()
        },
        ..Fault::new(FaultKind::Stall)
    });
    (prop_oneof![slicer, stall], way()).prop_map(|(fault, stream)| Fault { stream, ..fault })
}

fn harmful() -> impl Strategy<Value = Fault> {
    let toxicity = prop::sample::select(vec![1_000, 50_000, 500_000, 1_000_000]);
    (prop::sample::select(HARMFUL.as_slice()), toxicity, way()).prop_map(|(kind, ppm, stream)| {
        Fault {
            toxicity: Probability::from_ppm(ppm),
            stream,
            ..Fault::new(kind)
        }
    })
}

fn rig(rate: Option<Rate>, faults: &[Fault], seed: u64) -> Rig {
    let mut rig = Rig::with_line(Timing::IMMEDIATE, rate, seed);
    for fault in faults {
        rig.control(Control::from(fault.clone()));
    }
    rig
}

/// What the DTE read in each step, and what peers got.
type Session = (Vec<String>, Vec<String>);

fn play(rig: &mut Rig, steps: &[Step], cuts: &[usize]) -> Session {
    let mut read = Vec::new();
    for step in steps {
        match step {
            Step::Dte(bytes) => {
                let mut rest = bytes.as_slice();
                for &at in cuts {
                    let (part, left) = rest.split_at(at.min(rest.len()));
                    rig.say_part(part);
                    rest = left;
                }
                rig.say(rest);
            }
            Step::Peer(count) if !rig.peers.is_empty() => rig.peer_sends(&vec![b'p'; *count]),
            Step::PeerEnds if !rig.peers.is_empty() => {
                rig.peer().ends = true;
                rig.settle();
            }
            Step::Peer(_) | Step::PeerEnds => {}
        }
        rig.pass(STEP);
        read.push(std::mem::take(&mut rig.output).escape_ascii().to_string());
    }
    let got = rig
        .peers
        .values()
        .map(|peer| peer.stream().escape_ascii().to_string());
    (read, got.collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// A line's rate, its pieces and its pauses change nothing but the time.
    #[test]
    fn a_line_without_harm_only_takes_time(
        rate in rate(),
        faults in vec(delaying(), 0..3),
        steps in vec(step(), 1..8),
        bite in 1_usize..300,
    ) {
        let bare = play(&mut rig(None, &[], 0), &steps, &[]);
        let mut rig = rig(rate, &faults, 0);
        rig.bite = bite;
        let later = play(&mut rig, &steps, &[]);
        prop_assert_eq!(bare, later);
    }

    /// P2: cut anywhere, the same bytes at the same times give the same output, whatever the line
    /// does to them. P37: and so do the same seed and the same session.
    #[test]
    fn chunks_do_not_matter_on_a_line(
        rate in rate(),
        faults in vec(prop_oneof![delaying(), harmful()], 0..4),
        steps in vec(step(), 1..6),
        cuts in vec(0_usize..20, 0..6),
        seed in any::<u64>(),
    ) {
        let whole = play(&mut rig(rate, &faults, seed), &steps, &[]);
        let cut = play(&mut rig(rate, &faults, seed), &steps, &cuts);
        prop_assert_eq!(whole, cut);
    }

    /// P9: whatever faults made of what was said, behind them a clean line gives OK.
    #[test]
    fn behind_the_faults_a_clean_line_gives_ok(
        rate in rate(),
        faults in vec(harmful(), 1..4),
        steps in vec(step(), 1..6),
        seed in any::<u64>(),
    ) {
        let mut rig = rig(rate, &faults, seed);
        play(&mut rig, &steps, &[]);
        for fault in &faults {
            rig.control(Control::Clear(fault.name().into()));
        }
        // Data entry that faults left open ends when nothing comes (guide G5.9).
        rig.pass(Duration::from_secs(130));
        rig.say(b"\r");
        rig.pass(STEP);
        // Garbage may have been a command that changes how results look.
        rig.say(b"ATQ0V1E0\r");
        rig.pass(STEP);
        rig.output.clear();
        rig.say(b"AT\r");
        rig.pass(STEP);
        prop_assert_eq!(rig.output, b"\r\nOK\r\n".to_vec());
    }
}

/// What a line loses leaves the rest in order, however much comes at once.
#[test]
fn what_is_not_lost_is_in_order() {
    let lossy = Fault {
        toxicity: Probability::from_ppm(500_000),
        stream: Stream::Downlink,
        ..Fault::new(FaultKind::Drop)
    };
    let mut rig = Rig::connected("TCP");
    rig.say(b"AT+CIPHEAD=1\r");
    rig.output.clear();
    rig.control(Control::from(lossy));
    let sent: Vec<u8> = (0..16_000_u32).map(|i| b'a' + (i / 1000) as u8).collect();
    rig.peer_sends(&sent);
    // Headers have no small letters.
    rig.output.retain(u8::is_ascii_lowercase);
    assert!(rig.output.is_sorted());
    let count = rig.output.len();
    assert!((7500..8500).contains(&count), "{count}");
}
