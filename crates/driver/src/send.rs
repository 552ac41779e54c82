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
        });
        let patience = self.settings.patience;
        match self.settings.send_form {
            // Without a prompt there is nothing that could be said: any byte may be payload. The
            // module gives up by itself (guide G5.9).
            SendForm::Length => self.say(Command::SendLength(length), patience.send, now),
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
        let is_asking = |sending: Sending| sending.stage == Stage::Asking;
        let asks = matches!(self.doing, Doing::Send(sending) if is_asking(sending));
        asks && self.output.left().is_empty()
    }

    pub(crate) fn prompted(&mut self, now: Instant) {
        if let Doing::Send(sending) = self.doing {
            self.send_stage(sending, Stage::Paying(0));
            self.allow(self.settings.patience.send, now);
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
        self.send_stage(
            sending,
            match paid < total {
                true => Stage::Paying(paid),
                false => Stage::Waiting,
            },
        );
        self.allow(self.settings.patience.send, now);
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
        match (sending.stage, self.settings.send_form) {
            (Stage::Asking, SendForm::CtrlZ { .. }) => {
                self.cancel(sending, SendFailure::NoPrompt, now);
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
        let patience = self.settings.patience;
        match self.settings.send_form {
            SendForm::CtrlZ { .. } => {
                self.allow(patience.answer, now);
                self.output.byte(ESC);
            }
            SendForm::Length => self.allow(patience.send, now),
        }
    }

    fn send_failed(&mut self, sending: Sending, failure: SendFailure, now: Instant) {
        self.report_failed_send(sending, failure);
        if sending.is_closed {
            self.ended(Ended::ByPeer);
        }
        self.doubt(now);
    }

    /// Bytes that were handed over without a result are in doubt; under an error none is (L2).
    pub(crate) fn report_failed_send(&mut self, sending: Sending, failure: SendFailure) {
        let is_answered = matches!(failure, SendFailure::Refused(result) if !result.is_success());
        let in_doubt = match sending.stage {
            Stage::Waiting if !is_answered => sending.length,
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
