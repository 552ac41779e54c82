//! From the peer to the DTE, and the ends of connections.
//!
//! covers: P20 P21 P24 P25 P26 P27 P28 P29 P31

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Registration;
use simless_module::{Control, SocketEvent};

use crate::output::{self, Unit};
use crate::rig::Rig;

/// What may happen while data comes in.
#[derive(Clone, Debug)]
enum Step {
    Data(Vec<u8>),
    Registration(u8),
    Line(&'static str),
    OpenEntry,
    Payload(Vec<u8>),
    EndEntry,
    DteStops,
    DteReads,
}

/// Data that looks like what the module says is as good as any.
fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 1..60),
        vec(any::<u8>(), 1400..3000),
        prop::sample::select(vec![
            "\r\nOK\r\n",
            "\r\nCLOSED\r\n",
            "\r\n+IPD:9\r\n",
            "\r\n> "
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let lines = vec![
        "AT\r",
        "AT+CSQ;+CREG?\r",
        "AT+NOPE\r",
        "AT+CIPSTATUS\r",
        "AT+CGATT=1\r",
    ];
    prop_oneof![
        4 => data().prop_map(Step::Data),
        2 => prop::sample::select(vec![1_u8, 5]).prop_map(Step::Registration),
        2 => prop::sample::select(lines).prop_map(Step::Line),
        1 => Just(Step::OpenEntry),
        1 => vec(0x20_u8..0x7F, 1..30).prop_map(Step::Payload),
        2 => Just(Step::EndEntry),
        1 => Just(Step::DteStops),
        2 => Just(Step::DteReads),
    ]
}

/// What the output must hold besides the units themselves.
#[derive(Default)]
struct Expected {
    stream: Vec<u8>,
    is_entry: bool,
    entries: usize,
}

impl Expected {
    fn step(&mut self, rig: &mut Rig, step: &Step) -> Result<(), TestCaseError> {
        let before = rig.output.len();
        let was_entry = self.is_entry;
        match step {
            Step::Data(data) => {
                rig.peer_sends(data);
                self.stream.extend(data);
            }
            Step::Registration(stat) => rig.control(Control::registration(Registration(*stat))),
            Step::Line(line) if !self.is_entry => drop(rig.say(line.as_bytes())),
            Step::OpenEntry if !self.is_entry => {
                rig.say(b"AT+CIPSEND\r");
                self.is_entry = true;
                self.entries += 1;
                // The prompt is said; what waits now waits to the end.
                rig.dte_reads = true;
                rig.settle();
            }
            Step::Payload(payload) if self.is_entry => drop(rig.say(payload)),
            Step::EndEntry if self.is_entry => {
                rig.say(b".\x1a");
                self.is_entry = false;
            }
            Step::DteStops => rig.dte_reads = false,
            Step::DteReads => {
                rig.dte_reads = true;
                rig.settle();
            }
            _ => {}
        }
        if was_entry && self.is_entry {
            let said = rig.output[before..].escape_ascii().to_string();
            prop_assert_eq!(said, "", "P21: said during data entry");
        }
        Ok(())
    }
}

proptest! {
    /// P20, P21, P24: no unit stands inside another, nothing is said during data entry, and the
    /// lengths alone give the stream back.
    #[test]
    fn units_stay_whole(steps in vec(step(), 1..40), bite in 1_usize..2000) {
        let mut rig = Rig::connected("TCP");
        rig.bite = bite;
        rig.say(b"AT+CIPHEAD=1\r");
        rig.output.clear();
        let mut expected = Expected::default();
        for step in &steps {
            expected.step(&mut rig, step)?;
        }
        rig.dte_reads = true;
        rig.settle();
        if expected.is_entry {
            rig.say(b".\x1a");
        }
        let units = output::read(&rig.output).map_err(TestCaseError::fail)?;
        prop_assert_eq!(output::stream(&units), expected.stream);
        let prompts = units.iter().filter(|unit| **unit == Unit::Prompt).count();
        prop_assert_eq!(prompts, expected.entries);
        let known = ["OK", "+CME ERROR: 58", "+CREG: 1", "+CREG: 5", "+CGREG: 1", "+CGREG: 5",
            "+CSQ: 21,99", "+CREG: 1,1", "+CREG: 1,5", "+IPSTATUS: CONNECT OK"];
        for line in output::lines(&units) {
            prop_assert!(known.contains(&line), "{line}");
        }
    }

    /// P25, P26: without headers the output is the responses and the stream; a block is wholly
    /// headed or wholly bare, as the mode was when it was printed.
    #[test]
    fn the_mode_holds_for_whole_blocks(steps in vec((data(), any::<bool>()), 1..20)) {
        let mut rig = Rig::connected("TCP");
        for (data, headed) in steps {
            let answer = rig.say(format!("AT+CIPHEAD={}\r", u8::from(headed)).as_bytes());
            prop_assert_eq!(answer, b"\r\nOK\r\n".to_vec());
            rig.output.clear();
            rig.peer_sends(&data);
            if headed {
                let units = output::read(&rig.output).map_err(TestCaseError::fail)?;
                prop_assert!(units.iter().all(|unit| matches!(unit, Unit::Block(block) if block.len() <= 1460)));
                prop_assert_eq!(output::stream(&units), data);
            } else {
                prop_assert_eq!(&rig.output, &data);
            }
        }
    }

    /// P27, P28: every byte before the peer's FIN is printed before CLOSED, and CLOSED once; after
    /// a reset what had been read is; after a local close none comes.
    #[test]
    fn an_end_comes_last_and_once(
        chunks in vec(data(), 0..12),
        reads in any::<bool>(),
        end in 0..3,
        bite in 1_usize..2000,
    ) {
        let mut rig = Rig::connected("TCP");
        rig.bite = bite;
        rig.dte_reads = reads;
        let stream = chunks.concat();
        for chunk in &chunks {
            rig.peer_sends(chunk);
        }
        let id = rig.peer_id();
        let unread = rig.peer().sent.len();
        let closed: &[u8] = match end {
            0 => {
                rig.peer().ends = true;
                rig.settle();
                b"\r\nCLOSED\r\n"
            }
            1 => {
                rig.peer().sent.clear();
                rig.event(id, SocketEvent::Reset);
                b"\r\nCLOSED\r\n"
            }
            _ => {
                rig.say(b"AT+CIPCLOSE\r");
                b"\r\nOK\r\n"
            }
        };
        rig.dte_reads = true;
        rig.settle();
        // The FIN that answers ours, and anything after an end, says nothing.
        rig.event(id, SocketEvent::Ended);
        rig.event(id, SocketEvent::Reset);
        let read = if end == 1 { stream.len() - unread } else { stream.len() };
        let expected = [&stream[..read], closed].concat();
        prop_assert_eq!(rig.output.escape_ascii().to_string(), expected.escape_ascii().to_string());
        let state = rig.say(b"AT+CIPSTATUS\r");
        prop_assert_eq!(state, b"\r\n+IPSTATUS: IP CLOSE\r\n\r\nOK\r\n".to_vec());
    }

    /// P29 for receiving: one datagram, one block or nothing.
    #[test]
    fn a_datagram_is_a_block(datagrams in vec(vec(any::<u8>(), 0..2100), 1..20), reads in any::<bool>()) {
        let mut rig = Rig::connected("UDP");
        rig.say(b"AT+CIPHEAD=1\r");
        rig.output.clear();
        rig.dte_reads = reads;
        let mut room = 16 * 1024_usize;
        let mut expected = Vec::new();
        for datagram in datagrams {
            rig.datagram(&datagram);
            let fits = reads || datagram.len() <= room;
            if !datagram.is_empty() && datagram.len() <= 2048 && fits {
                room = room.saturating_sub(datagram.len());
                expected.push(Unit::Block(datagram));
            }
        }
        rig.dte_reads = true;
        rig.settle();
        prop_assert_eq!(output::read(&rig.output).map_err(TestCaseError::fail)?, expected);
    }
}
