//! Who listens at the serial line beside the driver: what the module says must fit together, and
//! nothing of it may be lost on the application (H6, P11, P14, P20, P28).

use std::time::Duration;

use simless_at::{Instant, IpState};

use super::states::States;
use super::{Commands, Finding, Line, Reader};

/// Who listens at the serial line beside the driver.
pub(crate) struct Listener {
    reader: Reader,
    pub(crate) states: States,
    /// `ATI` was said last: its answer is free text, and a URC of free text looks like it.
    identifies: bool,
    /// Bytes of a block have been coming since then.
    in_block: Option<Instant>,
    /// When it heard something last.
    heard: Instant,
}

impl Listener {
    /// Nothing was said yet, or nobody knows what.
    pub(crate) fn new() -> Self {
        Self {
            reader: Reader::default(),
            states: States::of(IpState::Initial),
            identifies: false,
            in_block: None,
            heard: Instant::ZERO,
        }
    }

    /// It begins to listen when a connection was told.
    pub(crate) fn connected() -> Self {
        Self {
            reader: Reader::default(),
            states: States::connected_unheard(),
            identifies: false,
            in_block: None,
            heard: Instant::ZERO,
        }
    }

    /// The driver says a command.
    pub(crate) fn said(&mut self, text: &[u8]) {
        self.identifies = text == b"ATI\r";
        self.states.said(text);
    }

    /// The driver took these bytes at once, and told the application this line of them: the last
    /// one, for it takes nothing behind what it tells.
    pub(crate) fn hears(
        &mut self,
        mut bytes: &[u8],
        told: Option<&str>,
        commands: &mut Commands,
        now: Instant,
    ) -> Option<Finding> {
        if !bytes.is_empty() {
            self.heard = now;
        }
        let mut finding = None;
        let mut said = None;
        while let Some(line) = self.reader.next(&mut bytes) {
            if self.is_owed(said) {
                let line = self.reader.line();
                finding = finding.or(Some(("H6", format!("a URC before {line} is lost"))));
            }
            said = line.as_ref().ok().copied();
            let wrong = match line {
                Ok(Line::Result(result)) => {
                    commands.heard(result);
                    self.states.result(result)
                }
                Ok(Line::State(state)) => {
                    commands.answers("AT+CIPSTATUS\r");
                    self.states.told(state)
                }
                Ok(Line::Unasked(Some(urc))) => self.states.unasked(&urc),
                Ok(Line::Answer(command)) => {
                    commands.answers(command);
                    self.states.answers();
                    None
                }
                Ok(Line::Unasked(None) | Line::Other) => None,
                Err(finding) => Some(finding),
            };
            finding = finding.or(wrong);
        }
        self.in_block = match self.reader.is_in_block() {
            true => self.in_block.or(Some(now)),
            false => None,
        };
        finding.or_else(|| self.was_told(said, told))
    }

    /// The half of a line that nothing followed for so long is none: the driver forgets it, too.
    pub(crate) fn forgets_a_half(&mut self, patience: Duration, now: Instant) {
        if now.since(self.heard) >= patience {
            self.reader.forget_line();
        }
    }

    /// Whether a block has been coming for so long. A driver that knows of no connection gives it
    /// up, and takes its rest for lines.
    pub(crate) fn is_in_block_for(&self, patience: Duration, now: Instant) -> bool {
        self.in_block
            .is_some_and(|since| now.since(since) >= patience)
    }

    /// A URC is told, once and in order; and what is told was said (H6).
    fn was_told(&self, said: Option<Line>, told: Option<&str>) -> Option<Finding> {
        let line = self.reader.line();
        let seen = match (said, told) {
            (said, None) if self.is_owed(said) => format!("{line} is lost"),
            (None, Some(told)) => format!("{told} is told, and was not said"),
            (Some(_), Some(told)) if told != line => format!("{told} is told for {line}"),
            _ => return None,
        };
        Some(("H6", seen))
    }

    /// Whether the driver has to tell this line.
    fn is_owed(&self, line: Option<Line>) -> bool {
        match line {
            Some(Line::Unasked(urc)) => urc.is_some() || !self.identifies,
            _ => false,
        }
    }
}
