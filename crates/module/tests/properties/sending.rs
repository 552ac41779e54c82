//! From the DTE to the peer.
//!
//! covers: P18 P19 P22 P23 P29 P32

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::rig::Rig;

/// A send, and what happens around it.
#[derive(Clone, Debug)]
enum Step {
    ByLength(Vec<u8>),
    ByCtrlZ(Vec<u8>),
    Inline(String),
    Cancelled(Vec<u8>),
    TooLong(usize),
    Abandoned(Vec<u8>),
    PeerStops,
    PeerReads,
}

/// A payload that does not begin with LF: at the instant of the line's CR that LF is the line's
/// (F1a).
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop_oneof![vec(any::<u8>(), 1..40), vec(any::<u8>(), 1300..=1460)];
    bytes.prop_filter("LF first", |bytes| bytes[0] != b'\n')
}

fn step() -> impl Strategy<Value = Step> {
    let text = || {
        payload().prop_map(|bytes| {
            bytes
                .into_iter()
                .filter(|b| !matches!(b, 0x1A | 0x1B))
                .skip_while(|b| *b == b'\n')
                .chain([b'.'])
                .take(1460)
                .collect()
        })
    };
    prop_oneof![
        4 => payload().prop_map(Step::ByLength),
        4 => text().prop_map(Step::ByCtrlZ),
        1 => "[ !#-~]{1,80}".prop_map(Step::Inline),
        1 => text().prop_map(Step::Cancelled),
        1 => (1461_usize..5000).prop_map(Step::TooLong),
        1 => text().prop_map(Step::Abandoned),
        1 => Just(Step::PeerStops),
        2 => Just(Step::PeerReads),
    ]
}

impl Step {
    /// What the DTE says, prompt seen or not.
    fn script(&self) -> Vec<u8> {
        let ctrl_z = |payload: &[u8], end: &[u8]| [b"AT+CIPSEND\r", payload, end].concat();
        match self {
            Self::ByLength(payload) => [
                format!("AT+CIPSEND={}\r", payload.len()).as_bytes(),
                payload,
            ]
            .concat(),
            Self::ByCtrlZ(payload) => ctrl_z(payload, b"\x1a"),
            Self::Inline(text) => format!("AT+CIPSEND={},\"{text}\"\r", text.len()).into_bytes(),
            Self::Cancelled(payload) => ctrl_z(payload, b"\x1b"),
            Self::TooLong(length) => ctrl_z(&vec![b'x'; *length], b"\x1a"),
            Self::Abandoned(payload) => ctrl_z(payload, b""),
            Self::PeerStops | Self::PeerReads => Vec::new(),
        }
    }

    /// What reaches the peer under OK.
    fn payload(&self) -> &[u8] {
        match self {
            Self::ByLength(payload) | Self::ByCtrlZ(payload) => payload,
            Self::Inline(text) => text.as_bytes(),
            _ => &[],
        }
    }
}

proptest! {
    /// P18, P19: bytes under OK reach the peer in order, exactly once; of the others none does.
    #[test]
    fn what_was_accepted_and_nothing_else_arrives(
        steps in vec(step(), 1..40),
        bite in 1_usize..2000,
    ) {
        let mut rig = Rig::connected("TCP");
        rig.bite = bite;
        let mut accepted = Vec::new();
        for step in &steps {
            match step {
                Step::PeerStops => rig.peer().reads = false,
                Step::PeerReads => rig.peer().reads = true,
                _ => {}
            }
            rig.output.clear();
            rig.say(&step.script());
            if !rig.output.ends_with(b"K\r\n") {
                // No room, or no end of the payload: the module gives up after two minutes.
                rig.pass(Duration::from_secs(121));
            }
            match step {
                Step::PeerStops | Step::PeerReads => {}
                Step::Cancelled(_) => prop_assert!(rig.output.ends_with(b"\r\nOK\r\n")),
                Step::TooLong(_) | Step::Abandoned(_) => {
                    prop_assert!(rig.output.ends_with(b"\r\nERROR\r\n"));
                }
                _ if rig.output.ends_with(b"\r\nOK\r\n") => accepted.extend(step.payload()),
                _ => {
                    prop_assert!(rig.output.ends_with(b"\r\nERROR\r\n"));
                    prop_assert!(!rig.peer().reads, "only a peer that stops makes a send fail");
                }
            }
            prop_assert!(accepted.starts_with(&rig.peer().stream()));
        }
        rig.peer().reads = true;
        rig.settle();
        prop_assert_eq!(rig.peer().stream(), accepted);
    }

    /// P22: data entry passes every byte but its terminators; commands inside it are data.
    #[test]
    fn a_payload_is_never_understood(
        before in vec(any::<u8>(), 0..20),
        inside in prop::sample::select(vec!["\r\nAT+CIPCLOSE\r\n", "A/", "AT\r", "\r\n+CREG: 1\r\n"]),
    ) {
        let mut rig = Rig::connected("TCP");
        let payload = [&before, inside.as_bytes()].concat();
        let all: Vec<u8> = (0..=255).chain(payload.iter().copied()).collect();
        rig.say(&Step::ByLength(all.clone()).script());
        let text: Vec<u8> =
            all.iter().copied().filter(|b| !matches!(b, 0x1A | 0x1B)).collect();
        rig.say(&Step::ByCtrlZ(text.clone()).script());
        prop_assert_eq!(rig.peer().stream(), [all, text].concat());
        prop_assert_eq!(rig.output, b"\r\n> \r\nOK\r\n\r\n> \r\nOK\r\n".to_vec());
    }

    /// P29 for sending: one send, one datagram.
    #[test]
    fn a_send_is_a_datagram(payloads in vec(payload(), 1..20), stop in any::<bool>()) {
        let mut rig = Rig::connected("UDP");
        rig.peer().reads = !stop;
        let mut accepted = Vec::new();
        for payload in payloads {
            let answer = rig.say(&Step::ByLength(payload.clone()).script());
            if answer.ends_with(b"\r\nOK\r\n") {
                accepted.push(payload);
            } else {
                rig.pass(Duration::from_secs(121));
            }
        }
        rig.peer().reads = true;
        rig.settle();
        prop_assert_eq!(&rig.peer().got, &accepted);
    }
}

/// P23: an empty payload is ERROR, in each form.
#[test]
fn an_empty_payload_is_refused() {
    for script in ["AT+CIPSEND\r\x1a", "AT+CIPSEND=0\r", "AT+CIPSEND=0,\"\"\r"] {
        let mut rig = Rig::connected("TCP");
        let answer = rig.say(script.as_bytes());
        assert!(answer.ends_with(b"\r\nERROR\r\n"), "{script:?}");
        assert!(rig.peer().got.is_empty());
        assert_eq!(rig.say(b"AT\r"), b"\r\nOK\r\n");
    }
}
