//! Clocks at the driver's commands: one in flight (H7), and no undo before its time (H9).

use std::collections::VecDeque;
use std::time::Duration;

use simless_at::{Final, Instant};
use simless_driver::Step;

use super::Finding;

/// What the driver said last, and what was heard since.
#[derive(Default)]
pub(crate) struct Commands {
    last: Option<(Kind, Instant)>,
    /// Commands without a result, in the order in which they will get one (F6).
    unanswered: VecDeque<Vec<u8>>,
    /// Something else than a deadline may end the wait: an event, the application.
    is_excused: bool,
    /// A failure was heard since the step was said.
    has_failed: bool,
    /// A payload is waited for, as far as is known here.
    entry: Option<Entry>,
    attach: Option<Instant>,
    activate: Option<Instant>,
    connect: Option<Instant>,
}

/// Data entry, from its command to its last byte or its result.
struct Entry {
    /// Bytes that end it; `None`: Ctrl+Z or ESC does.
    left: Option<usize>,
    /// When the last of them was said.
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Wake,
    EchoOff,
    Attach,
    Activate,
    Connect,
    Detach,
    Deactivate,
    Close,
    Status,
    Other,
}

/// After that without a byte the module gives data entry up (G5.9).
const ENTRY: Duration = Duration::from_secs(120);

/// What the driver waits for a step of the guide's flow (G9.4).
const STEP: Duration = Duration::from_secs(30);

impl Commands {
    /// A text is about to be said while a connection stands: it must be none that a module in data
    /// entry takes for payload (L2).
    pub(crate) fn may_be_payload(&mut self, text: &[u8], now: Instant) -> Option<Finding> {
        let entry = self.entry.take()?;
        let ends = entry.left.is_none() && matches!(text, [0x1A | 0x1B, ..]);
        if ends || now.since(entry.since) >= ENTRY {
            return None;
        }
        let shown = text.escape_ascii();
        Some(("L2", format!("said in data entry: {shown}")))
    }

    /// Payload is said, and what ends it.
    pub(crate) fn paid(&mut self, payload: &[u8], now: Instant) {
        if let Some(entry) = &mut self.entry {
            entry.since = now;
            entry.left = entry.left.map(|left| left.saturating_sub(payload.len()));
            self.entry.take_if(|entry| entry.left == Some(0));
        }
    }

    /// The module started again.
    pub(crate) fn restarts(&mut self) {
        self.fail();
        self.entry = None;
    }

    /// The driver says this.
    pub(crate) fn said(&mut self, text: &[u8], now: Instant) -> Option<Finding> {
        // ESC out of data entry; CR at the end of a line that was cut.
        let text = text.strip_prefix(b"\x1b").unwrap_or(text);
        let text = text.strip_prefix(b"\r").unwrap_or(text);
        if !text.starts_with(b"AT") {
            return None;
        }
        let kind = Kind::of(text);
        let finding = self.is_too_early(kind, now);
        match kind {
            Kind::Attach => self.attach = Some(now),
            Kind::Activate => self.activate = Some(now),
            Kind::Connect => self.connect = Some(now),
            _ => {}
        }
        if let Kind::Attach | Kind::Activate | Kind::Connect = kind {
            self.has_failed = false;
        }
        if let Some(rest) = text.strip_prefix(b"AT+CIPSEND") {
            let length = rest
                .strip_prefix(b"=")
                .and_then(|rest| rest.strip_suffix(b"\r"));
            let length = length.and_then(|length| std::str::from_utf8(length).ok());
            self.entry = Some(Entry {
                left: length.and_then(|length| length.parse().ok()),
                since: now,
            });
        }
        self.last = Some((kind, now));
        self.unanswered.push_back(text.to_vec());
        self.is_excused = false;
        finding.map(|property| {
            let shown = text.escape_ascii();
            (property, format!("too early: {shown}"))
        })
    }

    /// A line came that only this command's answer has: whatever was lost before, all that was said
    /// before it is over, and its own result is to come.
    pub(crate) fn answers(&mut self, command: &str) {
        let is_it = |said: &Vec<u8>| said == command.as_bytes();
        if let Some(before) = self.unanswered.iter().position(is_it) {
            self.unanswered.drain(..before);
        }
    }

    /// A result will not be heard: a fault swallowed it.
    pub(crate) fn lost(&mut self) {
        self.unanswered.pop_front();
    }

    /// Whether no result is waited for.
    pub(crate) fn are_answered(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// A result was heard.
    pub(crate) fn heard(&mut self, result: Final) {
        let answered = self.unanswered.pop_front();
        let is_send = |said: Vec<u8>| said.starts_with(b"AT+CIPSEND");
        // What was excused is not known any more.
        if answered.is_none_or(is_send) {
            self.entry = None;
        }
        self.has_failed |= !result.is_success();
    }

    /// Something happened that ends what is waited for.
    pub(crate) fn excuse(&mut self) {
        self.is_excused = true;
    }

    /// Something happened that fails a step before its time.
    pub(crate) fn fail(&mut self) {
        self.is_excused = true;
        self.has_failed = true;
        self.unanswered.clear();
    }

    /// A step was given up because nothing was said in time: whether its time was over.
    pub(crate) fn gave_up(&mut self, step: Step, took: Duration) -> Option<Finding> {
        self.is_excused = true;
        let least = Duration::from_secs(match step {
            Step::Attach | Step::Activate | Step::Connect | Step::Shut => 30,
            Step::Wake | Step::Sim => 30,
            Step::Register => 60,
            _ => 10,
        });
        (took < least).then(|| ("H9", format!("{step} is given up after {took:?}")))
    }

    /// The connection stands: what ends it is no undo.
    pub(crate) fn connected(&mut self) {
        self.connect = None;
    }

    fn is_too_early(&self, kind: Kind, now: Instant) -> Option<&'static str> {
        let undone = match kind {
            Kind::Detach => self.attach,
            Kind::Deactivate => self.activate,
            Kind::Close => self.connect,
            _ => None,
        };
        if let Some(at) = undone
            && !self.has_failed
            && now.since(at) < STEP
        {
            return Some("H9");
        }
        let is_undo = matches!(kind, Kind::Detach | Kind::Deactivate | Kind::Close);
        let (last, at) = self.last?;
        // Nobody is in step yet: any voice will do, until a state is told.
        let is_waking = |kind| matches!(kind, Kind::Wake | Kind::EchoOff);
        if is_waking(kind) || is_waking(last) {
            return None;
        }
        let may_speak = self.unanswered.is_empty() || self.is_excused || is_undo;
        (!may_speak && now.since(at) < last.patience()).then_some("H7")
    }
}

impl Kind {
    fn of(text: &[u8]) -> Self {
        let begins = |start: &str| text.starts_with(start.as_bytes());
        match text {
            b"AT\r" | b"ATQ0V1\r" => Self::Wake,
            b"ATE0\r" => Self::EchoOff,
            _ if begins("AT+CGATT=1") => Self::Attach,
            _ if begins("AT+CGATT=0") => Self::Detach,
            _ if begins("AT+CGACT=1") => Self::Activate,
            _ if begins("AT+CGACT=0") => Self::Deactivate,
            // With headers switched on in the same line, perhaps.
            _ if begins("AT+CIPSTART=") || begins("AT+CIPHEAD=1;+CIPSTART=") => Self::Connect,
            _ if begins("AT+CIPCLOSE") => Self::Close,
            _ if begins("AT+CIPSTATUS") => Self::Status,
            _ => Self::Other,
        }
    }

    /// How long its answer is waited for at least.
    fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::Wake | Self::EchoOff => 1,
            _ => 10,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn an_undo_has_its_time() {
        for (undo, finding) in [(29, Some("H9")), (30, None)] {
            let mut commands = Commands::default();
            assert_eq!(commands.said(b"AT+CGATT=1\r", at(0)), None);
            let seen = commands.said(b"AT+CGATT=0\r", at(undo));
            assert_eq!(seen.map(|seen| seen.0), finding);
        }
    }

    #[test]
    fn one_command_is_in_flight() {
        let mut commands = Commands::default();
        commands.said(b"AT+CIPSEND=5\r", at(0));
        assert!(commands.said(b"AT+CIPSTATUS\r", at(9)).is_some());
        let mut commands = Commands::default();
        commands.said(b"AT+CIPSEND=5\r", at(0));
        commands.heard(Final::Ok);
        assert!(commands.said(b"AT+CIPSTATUS\r", at(1)).is_none());
    }

    #[test]
    fn a_state_that_was_told_has_a_result_and_what_is_older_has_none() {
        let mut commands = Commands::default();
        commands.said(b"AT+CIPSTATUS\r", at(0));
        commands.said(b"AT+CSQ\r", at(10));
        commands.answers("AT+CIPSTATUS\r");
        commands.heard(Final::Ok);
        assert!(!commands.are_answered(), "of AT+CSQ");
        commands.answers("AT+CSQ\r");
        assert!(commands.said(b"AT+CMEE=1\r", at(11)).is_some());
        commands.answers("AT+CMEE=1\r");
        commands.heard(Final::Ok);
        assert!(commands.are_answered());
    }

    #[test]
    fn nothing_is_said_in_data_entry() {
        let asked = |said: &[u8]| {
            let mut commands = Commands::default();
            commands.said(said, at(0));
            commands
        };
        let next = |commands: &mut Commands, text: &[u8], seconds| {
            commands.may_be_payload(text, at(seconds)).is_some()
        };
        assert!(next(&mut asked(b"AT+CIPSEND=5\r"), b"AT\r", 119));
        assert!(next(&mut asked(b"AT+CIPSEND=5\r"), b"\x1bATQ0V1\r", 1));
        assert!(!next(&mut asked(b"AT+CIPSEND=5\r"), b"AT\r", 120));
        assert!(next(&mut asked(b"AT+CIPSEND\r"), b"AT\r", 1));
        assert!(!next(&mut asked(b"AT+CIPSEND\r"), b"\x1b", 1));
        let mut paid = asked(b"AT+CIPSEND=5\r");
        paid.paid(b"hell", at(1));
        paid.paid(b"o", at(2));
        assert!(!next(&mut paid, b"AT\r", 3));
        let mut refused = asked(b"AT+CIPSEND=5\r");
        refused.heard(Final::Error);
        assert!(!next(&mut refused, b"AT\r", 1));
    }
}
