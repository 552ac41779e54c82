//! A payload on its way: asked for, handed over, accepted. It stays with the application (G5).

use simless_at::{Final, Instant};

use crate::command::Command;
use crate::settings::{CTRL_Z, ESC};
use crate::state::Doing;
use crate::{Driver, Ended, Event, SendError, SendFailed, SendFailure, SendForm};

/// A payload on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sending {
    length: u16,
    stage: Stage,
    /// The connection ended meanwhile.
    is_closed: bool,
    /// Data entry that only its length ends had no result in all the time it may take.
    is_unended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The prompt is waited for.
    Asking,
    /// So much was written, what ends it included.
    Paying(u16),
    /// The final result is waited for.
    Waiting,
    /// The result of something that will not be sent is waited for.
    Cancelling(SendFailure),
}

impl Sending {
    /// Whether the module may wait for payload.
    pub(crate) const fn is_in_entry(self) -> bool {
        !matches!(self.stage, Stage::Waiting)
    }
}

impl Driver {
    /// Begins to send a payload. It stays with the application, which passes it to
    /// [`Driver::uart_output`] until [`Event::Sent`] or [`Event::SendFailed`] comes.
    ///
    /// # Errors
    /// When the payload can't be sent. Nothing of it was (H17).
    pub fn send(&mut self, payload: &[u8], now: Instant) -> Result<(), SendError> {
        let limit = self.settings.max_send;
        if !self.link.stands {
            return Err(SendError::NotConnected);
        }
        if self.doing != Doing::Nothing {
            return Err(SendError::Busy);
        }
        let length = match u16::try_from(payload.len()) {
            Ok(0) => return Err(SendError::Empty),
            Ok(length) if length <= limit => length,
            _ => return Err(SendError::TooLong(limit)),
        };
        if let Some(at) = self.settings.send_form.refused(payload) {
            return Err(SendError::Unsendable(at));
        }
        self.doing = Doing::Send(Sending {
            length,
            stage: Stage::Asking,
            is_closed: false,
            is_unended: false,
        });
        let patience = self.settings.patience;
        match self.settings.send_form {
            // Without a prompt there is nothing that could be said: any byte may be payload. The
            // module gives up by itself (guide G5.9).
            SendForm::Length => self.say(Command::SendLength(length), patience.entry(), now),
            SendForm::CtrlZ { .. } => self.say(Command::Send, patience.answer, now),
        }
        Ok(())
    }

    /// Gives up the send under way, whose payload is no longer there. [`Event::SendFailed`] comes
    /// all the same: at once where ESC can cancel it, otherwise when the module has given up.
    pub fn abandon_send(&mut self, now: Instant) {
        let Doing::Send(sending) = self.doing else {
            return;
        };
        if let Stage::Asking | Stage::Paying(_) = sending.stage {
            self.cancel(sending, SendFailure::Abandoned, now);
        }
    }

    pub(crate) fn awaits_prompt(&self) -> bool {
        let comes = match self.doing {
            // One that comes too late is no line either.
            Doing::Send(sending) => matches!(sending.stage, Stage::Asking | Stage::Cancelling(_)),
            _ => false,
        };
        comes && self.output.left().is_empty()
    }

    pub(crate) fn prompted(&mut self, now: Instant) {
        if let Doing::Send(sending) = self.doing
            && sending.stage == Stage::Asking
        {
            self.send_stage(sending, Stage::Paying(0));
            self.allow(self.settings.patience.entry(), now);
        }
    }

    pub(crate) fn payload_output<'a>(&self, payload: &'a [u8]) -> &'a [u8] {
        match self.doing {
            Doing::Send(Sending {
                length,
                stage: Stage::Paying(paid),
                ..
            }) => match paid {
                paid if paid == length => &[CTRL_Z],
                // Another payload than the one that was promised is not begun.
                _ if payload.len() != usize::from(length) => &[],
                paid => &payload[usize::from(paid)..],
            },
            _ => &[],
        }
    }

    pub(crate) fn payload_written(&mut self, n: usize, now: Instant) {
        let Doing::Send(sending) = self.doing else {
            return;
        };
        let Stage::Paying(paid) = sending.stage else {
            return;
        };
        let end = match self.settings.send_form {
            SendForm::Length => 0,
            SendForm::CtrlZ { .. } => 1,
        };
        let total = sending.length + end;
        let paid = paid.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        let patience = self.settings.patience;
        let (stage, within) = match paid < total {
            true => (Stage::Paying(paid), patience.entry()),
            false => (Stage::Waiting, patience.send),
        };
        self.send_stage(sending, stage);
        self.allow(within, now);
    }

    pub(crate) fn send_answered(&mut self, sending: Sending, result: Final, now: Instant) {
        match sending.stage {
            Stage::Waiting if result.is_success() => {
                self.link.accepted += u64::from(sending.length);
                self.events.push(Event::Sent(sending.length));
                self.rest();
                if sending.is_closed {
                    self.ended(Ended::ByPeer);
                }
                self.close_if_wanted(now);
            }
            Stage::Cancelling(failure) => self.send_failed(sending, failure, now),
            _ => self.send_failed(sending, SendFailure::Refused(result), now),
        }
    }

    pub(crate) fn send_is_late(&mut self, sending: Sending, now: Instant) {
        let ends_by_length = self.settings.send_form == SendForm::Length;
        let sending = Sending {
            is_unended: ends_by_length && !sending.is_closed,
            ..sending
        };
        self.doing = Doing::Send(sending);
        match (sending.stage, self.settings.send_form) {
            (Stage::Asking, SendForm::CtrlZ { .. }) => {
                self.cancel(sending, SendFailure::NoPrompt, now);
            }
            (Stage::Paying(_), SendForm::CtrlZ { .. }) => {
                self.cancel(sending, SendFailure::Silent, now);
            }
            (Stage::Asking, SendForm::Length) => {
                self.send_failed(sending, SendFailure::NoPrompt, now);
            }
            (Stage::Cancelling(failure), _) => self.send_failed(sending, failure, now),
            _ => self.send_failed(sending, SendFailure::Silent, now),
        }
    }

    /// The module reads a payload to its end and then says ERROR (guide G5.7); one that says
    /// nothing any more is not waited for as long as one that is busy.
    pub(crate) fn closed_while_sending(&mut self, sending: Sending, now: Instant) {
        self.doing = Doing::Send(Sending {
            is_closed: true,
            ..sending
        });
        if let Stage::Asking | Stage::Waiting = sending.stage {
            let soon = now + self.settings.patience.answer;
            self.deadline = self.deadline.map(|at| at.min(soon));
        }
    }

    /// ESC ends data entry where payload ends at Ctrl+Z; elsewhere it would be payload.
    fn cancel(&mut self, sending: Sending, failure: SendFailure, now: Instant) {
        self.send_stage(sending, Stage::Cancelling(failure));
        self.leave_entry(now);
    }

    /// Nothing else is said until the module has given the result of its data entry, or must have.
    pub(crate) fn leave_entry(&mut self, now: Instant) {
        let patience = self.settings.patience;
        match self.settings.send_form {
            SendForm::CtrlZ { .. } => {
                self.allow(patience.answer, now);
                self.output.byte(ESC);
            }
            SendForm::Length => self.allow(patience.entry(), now),
        }
    }

    /// The command of a send comes back: a module that echoes started again. If it has a connection
    /// all the same, made behind its start, it now waits for the payload, and what is said next
    /// would be taken for it.
    pub(crate) fn echoed_while_sending(&mut self, sending: Sending, now: Instant) {
        match sending.stage {
            Stage::Waiting => self.rebooted(now),
            _ => self.cancel(sending, SendFailure::Rebooted, now),
        }
    }

    fn send_failed(&mut self, sending: Sending, failure: SendFailure, now: Instant) {
        if failure == SendFailure::Rebooted {
            return self.rebooted(now);
        }
        self.report_failed_send(sending, failure);
        if sending.is_closed {
            self.ended(Ended::ByPeer);
        }
        self.doubt(now);
    }

    /// Bytes that were handed over without a result are in doubt; under an error none is (L2).
    /// And those that a module does not give up when it should: what is said next may be taken for
    /// them.
    pub(crate) fn report_failed_send(&mut self, sending: Sending, failure: SendFailure) {
        let is_answered = matches!(failure, SendFailure::Refused(result) if !result.is_success());
        let in_doubt = match sending.stage {
            Stage::Waiting if !is_answered => sending.length,
            _ if sending.is_unended => sending.length,
            _ => 0,
        };
        let kind = match sending.is_closed {
            true => SendFailure::Closed,
            false => failure,
        };
        self.events.push(Event::SendFailed(SendFailed {
            kind,
            accepted: self.link.accepted,
            in_doubt,
        }));
    }

    fn send_stage(&mut self, sending: Sending, stage: Stage) {
        self.doing = Doing::Send(Sending { stage, ..sending });
    }
}
