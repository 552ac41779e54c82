//! Connections on their way: each has one outcome, and a cancelled one has none.
//!
//! covers: P14 P15 P17

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{Answer, Control, Happening, KINGCOM_G3524, SocketEvent, SocketId, Timing};

use crate::output::{self, Unit};
use crate::rig::Rig;

/// What a DTE does with attempts, and what becomes of them.
#[derive(Clone, Debug)]
enum Step {
    Line(&'static str),
    Send,
    /// The outside answers what it was asked.
    Answer(usize),
    /// A server that stood ends the connection.
    End(bool),
    /// Something is reported of an attempt that was.
    Stale(u64, usize),
    Control(Control),
    Time(u64),
    DteReads(bool),
}

const TO_NAME: [SocketEvent<'_>; 3] = [
    SocketEvent::Resolved(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1))),
    SocketEvent::Resolved(std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)),
    SocketEvent::Unresolved,
];

const TO_CONNECTION: [SocketEvent<'_>; 4] = [
    SocketEvent::Connected,
    SocketEvent::Refused,
    SocketEvent::Unreachable,
    SocketEvent::Denied,
];

/// Everything that can be reported.
const EVENTS: [SocketEvent<'_>; 10] = [
    TO_NAME[0],
    SocketEvent::Unresolved,
    SocketEvent::Connected,
    SocketEvent::Refused,
    SocketEvent::Unreachable,
    SocketEvent::Denied,
    SocketEvent::Datagram(b"stale"),
    SocketEvent::Unread(7),
    SocketEvent::Ended,
    SocketEvent::Reset,
];

fn control() -> impl Strategy<Value = Control> {
    let answers = [
        Answer::Accept,
        Answer::Accept,
        Answer::Silence,
        Answer::NoCredit,
    ];
    let answer = || prop::sample::select(answers.to_vec());
    prop_oneof![
        2 => answer().prop_map(Control::attach),
        2 => answer().prop_map(Control::activation),
        1 => Just(Control::LoseContext(1)),
        1 => Just(Control::Happens(Happening::Detach)),
        1 => any::<bool>().prop_map(Control::late_connect_ok),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let start = prop::sample::select(vec![
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
        "AT+CIPSTART=\"TCP\",\"host\",7\r",
        "AT+CIPSTART=\"UDP\",\"host\",7\r",
    ]);
    let other = prop::sample::select(vec![
        "AT+CIPCLOSE\r",
        "AT+CIPCLOSE\r",
        "AT+CIPSHUT\r",
        "AT+CGATT=0\r",
        "AT+CGACT=0,1\r",
        "AT+CIPSTATUS\r",
    ]);
    prop_oneof![
        6 => start.prop_map(Step::Line),
        3 => other.prop_map(Step::Line),
        2 => Just(Step::Send),
        6 => (0_usize..12).prop_map(Step::Answer),
        1 => any::<bool>().prop_map(Step::End),
        2 => (0_u64..6, 0..EVENTS.len()).prop_map(|(back, event)| Step::Stale(back, event)),
        2 => control().prop_map(Step::Control),
        3 => prop::sample::select(vec![1, 30_000, 900_000, 6_000_000, 10_000_000, 44_000_000])
            .prop_map(Step::Time),
        1 => any::<bool>().prop_map(Step::DteReads),
    ]
}

/// What a DTE knows from what it said and read.
struct Story {
    rig: Rig,
    read: usize,
    link: Link,
    /// The fault is on under which one CONNECT OK may follow `COMMAND NO RESPONSE!`.
    has_fault: bool,
    /// It did when the newest attempt began.
    had_fault: bool,
    may_be_late: bool,
    outcomes: usize,
    accepted: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    None,
    /// A CIPSTART was accepted and has no outcome.
    Opening,
    Connected,
}

impl Story {
    fn new(timing: Timing) -> Self {
        let mut rig = Rig::with(KINGCOM_G3524, timing);
        // A result has words, the URC of a failed connect a number.
        rig.say(b"ATE0+CMEE=2;+CREG=0;+CGREG=0;+CIPHEAD=1\r");
        rig.pass(Duration::from_secs(1));
        rig.answers = false;
        Self {
            read: rig.output.len(),
            rig,
            link: Link::None,
            has_fault: false,
            had_fault: false,
            may_be_late: false,
            outcomes: 0,
            accepted: 0,
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Line(line) => return self.line(line),
            Step::Send => return self.send(),
            Step::Answer(which) => {
                let (name, connection) = (which % TO_NAME.len(), which % TO_CONNECTION.len());
                self.rig.answer(TO_NAME[name], TO_CONNECTION[connection]);
            }
            Step::End(in_order) => {
                let standing = self.rig.peers.iter().filter(|(_, peer)| peer.is_alive());
                let newest = standing.map(|(id, _)| *id).next_back();
                match (newest, in_order) {
                    (Some(id), true) => self.rig.event(id, SocketEvent::Ended),
                    (Some(id), false) => self.rig.event(id, SocketEvent::Reset),
                    (None, _) => {}
                }
            }
            Step::Stale(back, event) => self.stale(*back, EVENTS[*event]),
            Step::Control(control) => {
                // Who turns the fault off does not end what it made possible.
                match control {
                    Control::Fault(_) => self.has_fault = true,
                    Control::Clear(_) => self.has_fault = false,
                    _ => {}
                }
                self.rig.control(control.clone());
            }
            Step::Time(micros) => self.rig.pass(Duration::from_micros(*micros)),
            Step::DteReads(reads) => {
                self.rig.dte_reads = *reads;
                self.rig.settle();
            }
        }
        self.hear(None)
    }

    /// Of an attempt the adapter has forgotten, at the module's wish or by itself.
    fn stale(&mut self, back: u64, event: SocketEvent<'_>) {
        let id = SocketId(self.rig.newest.0.saturating_sub(back));
        if self.rig.sockets().all(|held| held != id) {
            self.rig.event(id, event);
        }
    }

    /// Says a line and reads its final result, however long that takes.
    fn line(&mut self, line: &str) -> Result<(), TestCaseError> {
        self.rig.dte_reads = true;
        self.rig.settle();
        self.hear(None)?;
        self.rig.say(line.as_bytes());
        self.rig.pass(Duration::from_millis(600));
        self.hear(Some(line))
    }

    /// P17: a prompt comes only when connected.
    fn send(&mut self) -> Result<(), TestCaseError> {
        self.rig.dte_reads = true;
        self.rig.settle();
        self.hear(None)?;
        let before = self.rig.output.len();
        self.rig.say(b"AT+CIPSEND\r");
        self.rig.pass(Duration::from_millis(30));
        let connected = self.rig.module.snapshot().state.name() == "CONNECT OK";
        let prompted = self.rig.output[before..].ends_with(b"\r\n> ");
        prop_assert_eq!(prompted, connected, "P17");
        if prompted {
            self.rig.say(b"x\x1a");
            self.rig.pass(Duration::from_millis(500));
        }
        self.hear(Some("AT+CIPSEND\r"))
    }

    /// Reads what came, the final result of `line` among it.
    fn hear(&mut self, line: Option<&str>) -> Result<(), TestCaseError> {
        let units = output::read(&self.rig.output[self.read..]).map_err(TestCaseError::fail)?;
        self.read = self.rig.output.len();
        let mut owed = line;
        for unit in &units {
            match unit {
                Unit::Line(text) => match (text.as_str(), owed) {
                    ("CONNECT OK", _) => {
                        prop_assert!(self.link == Link::Opening || self.may_be_late, "P14, P15");
                        self.outcomes += usize::from(self.link == Link::Opening);
                        self.link = Link::Connected;
                        self.may_be_late = false;
                    }
                    ("+CME ERROR: 50", _) => self.outcome(text)?,
                    ("COMMAND NO RESPONSE!", _) => {
                        self.outcome(text)?;
                        // An attempt is as the network was when it began, or is at its end.
                        self.may_be_late = self.has_fault || self.had_fault;
                    }
                    ("CLOSED", _) => {
                        prop_assert_eq!(self.link, Link::Connected, "CLOSED");
                        self.link = Link::None;
                    }
                    ("OK", Some(line)) => {
                        owed = None;
                        self.done(line)?;
                    }
                    ("ERROR", Some(_)) => owed = None,
                    (error, Some(_)) if error.starts_with("+CME ERROR: ") => owed = None,
                    (info, _) => prop_assert!(info.starts_with("+IPSTATUS: "), "{info}"),
                },
                Unit::Prompt => prop_assert_eq!(line, Some("AT+CIPSEND\r")),
                Unit::Block(data) => prop_assert!(false, "P15: {data:?}"),
            }
        }
        prop_assert_eq!(owed, None, "no final result");
        Ok(())
    }

    fn outcome(&mut self, text: &str) -> Result<(), TestCaseError> {
        prop_assert_eq!(self.link, Link::Opening, "P14, P15: {}", text);
        self.link = Link::None;
        self.outcomes += 1;
        Ok(())
    }

    /// A line got its OK.
    fn done(&mut self, line: &str) -> Result<(), TestCaseError> {
        if line.starts_with("AT+CIPSTART") {
            prop_assert_eq!(self.link, Link::None, "accepted");
            self.link = Link::Opening;
            self.had_fault = self.has_fault;
            self.may_be_late = false;
            self.accepted += 1;
        } else if line == "AT+CIPCLOSE\r" || line == "AT+CIPSHUT\r" {
            // Cancelled, or closed.
            self.outcomes += usize::from(self.link == Link::Opening);
            self.link = Link::None;
            self.may_be_late = false;
        } else if line != "AT+CIPSEND\r" && line != "AT+CIPSTATUS\r" {
            // Without its context an attempt fails, and a late one can't come any more.
            self.may_be_late = false;
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// P14, P15, P17: whatever network and DTE do, an accepted CIPSTART has one outcome or was
    /// cancelled, and then has none.
    #[test]
    fn an_attempt_has_one_outcome(steps in vec(step(), 1..60), typical in any::<bool>()) {
        let timing = if typical { KINGCOM_G3524.timing } else { Timing::IMMEDIATE };
        let mut story = Story::new(timing);
        for step in &steps {
            story.step(step)?;
        }
        story.rig.dte_reads = true;
        story.step(&Step::Time(46_000_000))?;
        prop_assert_ne!(story.link, Link::Opening, "P14: no outcome");
        prop_assert_eq!(story.outcomes, story.accepted, "P14");
    }

    /// P15: nothing of a cancelled attempt appears, whatever is reported of it, not even in the
    /// next attempt.
    #[test]
    fn a_cancelled_attempt_is_gone(
        host in prop::sample::select(vec!["192.0.2.1", "host"]),
        transport in prop::sample::select(vec!["TCP", "UDP"]),
        way in 0..5,
        cancel in prop::sample::select(vec!["AT+CIPCLOSE\r", "AT+CIPSHUT\r"]),
        stale in vec((0..EVENTS.len(), 0_u64..8_000_000), 0..12),
        again in any::<bool>(),
    ) {
        let mut story = Story::new(KINGCOM_G3524.timing);
        story.step(&Step::Control(Control::late_connect_ok(way > 3)))?;
        // Cancelled while the context comes up, while the name is looked up, while it is waited
        // for the connection's time, while it is connected, and when that was given up.
        story.line(&format!("AT+CIPSTART=\"{transport}\",\"{host}\",7\r"))?;
        if way > 0 {
            story.rig.pass(Duration::from_secs(2));
        }
        if way > 1 && host == "host" {
            prop_assert!(story.rig.answer(TO_NAME[0], SocketEvent::Refused));
        }
        if way > 2 {
            story.rig.pass(Duration::from_secs(7));
            prop_assert!(!story.rig.asked.is_empty());
        }
        if way > 3 {
            story.step(&Step::Time(45_000_000))?;
            prop_assert!(story.may_be_late);
        }
        prop_assert_eq!(story.rig.module.snapshot().is_opening, way <= 3);
        let cancelled = story.rig.newest;
        story.line(cancel)?;
        prop_assert_eq!(story.link, Link::None);
        prop_assert!(story.rig.asked.is_empty(), "the adapter still works on it");
        if again {
            story.step(&Step::Control(Control::late_connect_ok(false)))?;
            story.line("AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r")?;
            prop_assert_eq!(story.link, Link::Opening);
        }
        for (event, micros) in stale {
            for id in 0..=cancelled.0 {
                story.rig.event(SocketId(id), EVENTS[event]);
            }
            story.step(&Step::Time(micros))?;
        }
        if again {
            story.step(&Step::Time(8_000_000))?;
            let answered = story.rig.answer(TO_NAME[0], SocketEvent::Connected);
            story.hear(None)?;
            // It may have been waited for longer than the module does.
            let expected = if answered { Link::Connected } else { Link::None };
            prop_assert_eq!(story.link, expected);
        }
        prop_assert_eq!(story.link == Link::Connected, story.rig.sockets().count() == 1);
    }
}
