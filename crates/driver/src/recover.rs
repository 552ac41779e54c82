//! When a step fails: its undo, the state, a pause, and the step again (guide G9.4, G9.5).

use simless_at::{Final, Instant};

use crate::command::Command;
use crate::heard::{Info, Sim};
use crate::plan::{Ends, Plan};
use crate::state::{Attempt, Doing, PinTried};
use crate::{ConnectError, Driver, Ended, Event, Failure, SendFailure, Step};

impl Driver {
    /// The step's deadline has come.
    pub(crate) fn step_is_late(&mut self, now: Instant) {
        let step = self.attempt.step;
        let Attempt {
            sim,
            registration,
            said,
            ..
        } = self.attempt;
        let failure = match (Plan::of(step).ends, registration, said) {
            (Ends::Registered, Some(stat), _) => Failure::NotRegistered(stat),
            // All the time: something that nobody here knows.
            (Ends::Sim, ..) if sim == Some(Sim::Unknown) => Failure::SimBlocked,
            (Ends::Connection, _, Some(Final::NoResponse)) => Failure::NoResponse,
            _ => Failure::Silent,
        };
        self.step_failed(failure, now);
    }

    /// A step failed: it is undone where the guide says how.
    pub(crate) fn step_failed(&mut self, failure: Failure, now: Instant) {
        let error = self.failure(failure, now);
        let ConnectError { step, took, .. } = error;
        self.attempt.failed = error;
        self.again = None;
        self.events.push(Event::StepEnded(step, Err(failure), took));
        if let Failure::NoSim | Failure::Pin | Failure::SimBlocked = failure {
            // Nothing but a person helps, and a PIN that is tried again blocks the SIM.
            return self.fail(error);
        }
        match Plan::of(step).undo {
            Some(undo) => self.undo(step, undo, now),
            None if Plan::is_prelude(step) => self.pause(Step::Wake, now),
            None => self.check(step, now),
        }
    }

    pub(crate) fn undo(&mut self, step: Step, undo: Command, now: Instant) {
        // Its outcome may have been on the way (H14).
        self.link.has_ghost |=
            step == Step::Connect && self.attempt.failed.kind != Failure::Refused;
        self.doing = Doing::Undo(step);
        self.say(undo, self.settings.patience.step, now);
    }

    /// A result came that belongs to a command given up before. The one that waits now is the
    /// next, so it need not be waited for as long as for both.
    pub(crate) fn older_is_over(&mut self, now: Instant) {
        if let Doing::Undo(_) = self.doing
            && !self.asked.owes()
        {
            let soon = now + self.settings.patience.answer;
            self.deadline = self.deadline.map(|at| at.min(soon));
        }
        if self.doing == Doing::Quiet && !self.asked.owes() {
            self.entry_is_over(now);
        }
    }

    /// Asks for the state: what it is decides where to go on, and its answer shows that all that
    /// was asked before is over.
    pub(crate) fn check(&mut self, step: Step, now: Instant) {
        self.doing = Doing::Check(step);
        self.say(Command::Status, self.settings.patience.answer, now);
    }

    pub(crate) fn checked(&mut self, step: Step, now: Instant) {
        let Some(Info::State(state)) = self.learned else {
            return self.check_is_late(now);
        };
        self.module.needs_shut = !state.may_connect();
        match self.module.needs_shut {
            true => self.pause(Step::Shut, now),
            false => self.pause(step, now),
        }
    }

    /// Not even the state is told: from the beginning.
    pub(crate) fn check_is_late(&mut self, now: Instant) {
        self.module.is_ready = false;
        self.pause(Step::Wake, now);
    }

    fn pause(&mut self, step: Step, now: Instant) {
        if self.attempt.closes {
            return self.closed_on_the_way();
        }
        self.attempt.failures = self.attempt.failures.saturating_add(1);
        if self.attempt.failures >= self.settings.patience.attempts {
            return self.fail(self.attempt.failed);
        }
        let failures = self.attempt.failures;
        let patience = &self.settings.patience;
        let mut pause = patience.pause_after(failures, &mut self.jitter);
        if self.attempt.step == Step::Wake && core::mem::take(&mut self.module.may_be_in_entry) {
            // What wakes it would be payload, and put the end of the entry off.
            pause = pause.max(patience.entry());
        }
        self.events.push(Event::Pausing(pause));
        self.rest();
        self.doing = Doing::Pause(step);
        self.again = Some(now + pause);
    }

    /// The module started again: all it knew is gone, and what was asked is not answered, or by
    /// somebody who does not know why (H21).
    pub(crate) fn rebooted(&mut self, now: Instant) {
        if self.doing == Doing::Pause(Step::Wake) && self.attempt.failed.kind == Failure::Rebooted {
            // Another line of the same start: nothing was said since the one before.
            return;
        }
        self.events.push(Event::Rebooted);
        if self.module.pin == PinTried::Worked {
            self.module.pin = PinTried::No;
        }
        self.module.is_ready = false;
        self.module.echo_is_off = false;
        self.module.needs_shut = false;
        self.link.has_ghost = false;
        self.link.lingers = false;
        match self.doing {
            Doing::Send(sending) => self.report_failed_send(sending, SendFailure::Rebooted),
            Doing::Resolve => self.events.push(Event::Resolved(None)),
            _ => {}
        }
        let is_wanted = !self.attempt.closes && self.doing != Doing::Close;
        if self.link.stands {
            self.end_link(Ended::Rebooted);
            self.rest();
            match is_wanted {
                true => self.set_out(now),
                false => self.attempt.target = None,
            }
            self.attempt.closes = false;
        } else if self.attempt.until.is_some() && self.doing != Doing::Step(Step::Wake) {
            let error = self.failure(Failure::Rebooted, now);
            self.attempt.failed = error;
            if let Doing::Step(_) | Doing::Outcome | Doing::Verify = self.doing {
                let failed = Err(error.kind);
                self.events
                    .push(Event::StepEnded(error.step, failed, error.took));
            }
            self.pause(Step::Wake, now);
        } else if self.attempt.closes {
            self.closed_on_the_way();
        } else if self.attempt.until.is_none() {
            self.rest();
        }
    }

    /// After bytes: how long the line may stay as it is.
    pub(crate) fn watch_line(&mut self, now: Instant) {
        let patience = &self.settings.patience;
        (self.line_deadline, self.line_limit) = if self.reader.is_lost() {
            let limit = self.line_limit.unwrap_or(now + patience.step);
            (Some(now + patience.quiet), Some(limit))
        } else if self.reader.is_in_block() {
            // With a connection the line may be slow. Without one it is most likely no block, and
            // swallows answers.
            let most = match (self.delivers(), self.link.lingers) {
                (true, _) => patience.send,
                (_, true) => patience.step,
                _ => patience.block,
            };
            let limit = self.line_limit.unwrap_or(now + most);
            (Some(now + patience.block), Some(limit))
        } else if self.reader.is_in_line() {
            // The half of a line would take the next answer with it.
            (Some(now + patience.block), None)
        } else {
            (None, None)
        };
    }

    /// The line was quiet for long enough, or noisy for too long.
    pub(crate) fn line_is_quiet(&mut self, now: Instant) {
        let dialect = self.settings.dialect;
        let has_hole = self.reader.is_in_block() || self.reader.is_in_header(dialect);
        self.reader.resume();
        self.line_deadline = None;
        self.line_limit = None;
        if has_hole {
            self.garbled(now);
        }
        if self.doing == Doing::Quiet && self.deadline.is_none() {
            self.close_lost(now);
        }
    }

    /// A data entry of a connection that is lost to us has ended.
    pub(crate) fn entry_is_over(&mut self, now: Instant) {
        self.deadline = None;
        if !self.reader.is_lost() {
            self.close_lost(now);
        }
    }

    /// Received bytes are lost, or were never there: the connection can't be trusted any more.
    pub(crate) fn garbled(&mut self, now: Instant) {
        if !self.link.stands {
            // A command's answer may be lost with it; its deadline knows.
            return;
        }
        let mut is_in_entry = false;
        match self.doing {
            Doing::Send(sending) => {
                // Of a line that is not written to its end comes no entry.
                is_in_entry = sending.is_in_entry() && self.output.left().is_empty();
                self.report_failed_send(sending, SendFailure::Garbled);
            }
            Doing::Resolve => self.events.push(Event::Resolved(None)),
            _ => {}
        }
        self.ended(Ended::Garbled);
        self.rest();
        self.output.clear();
        self.doing = Doing::Quiet;
        if is_in_entry {
            self.leave_entry(now);
        }
    }
}
