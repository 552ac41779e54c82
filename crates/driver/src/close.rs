//! The end of a connection, and doubts whether it still stands.

use simless_at::{Final, Instant, IpState};

use crate::command::Command;
use crate::heard::Info;
use crate::state::Doing;
use crate::{Closed, Driver, Ended, Event, Failure, Step};

impl Driver {
    /// Closes the connection, or gives up making one; [`Event::Closed`] follows. What is under way
    /// comes to its end first. Without either it is a no-op.
    pub fn close(&mut self, now: Instant) {
        let is_on_the_way = self.attempt.until.take().is_some();
        if !is_on_the_way && !self.link.stands {
            return;
        }
        self.attempt.closes = true;
        match self.doing {
            Doing::Nothing => self.close_if_wanted(now),
            Doing::Pause(_) => self.closed_on_the_way(),
            Doing::Outcome | Doing::Verify | Doing::Step(Step::Connect) => {
                self.again = None;
                self.attempt.failed = self.failure(Failure::Silent, now);
                self.undo(Step::Connect, Command::Close, now);
            }
            Doing::Step(step) => {
                self.again = None;
                self.check(step, now);
            }
            _ => {}
        }
    }

    /// When what was under way is over.
    pub(crate) fn close_if_wanted(&mut self, now: Instant) {
        if core::mem::take(&mut self.attempt.closes) && self.link.stands {
            self.doing = Doing::Close;
            self.say(Command::Close, self.settings.patience.step, now);
        }
    }

    pub(crate) fn close_answered(&mut self, result: Final, now: Instant) {
        if self.link.stands {
            self.ended(Ended::ByUs);
        }
        match result.is_success() {
            true => {
                self.link.lingers = false;
                self.settle(now);
            }
            // There was nothing to close, or it is not closed.
            false => self.doubt(now),
        }
    }

    pub(crate) fn close_is_late(&mut self, now: Instant) {
        if self.link.stands {
            self.ended(Ended::Silent);
        }
        self.doubt(now);
    }

    /// A connection that is lost to us still stands for the module.
    pub(crate) fn close_lost(&mut self, now: Instant) {
        self.doing = Doing::Close;
        self.say(Command::Close, self.settings.patience.step, now);
    }

    /// The way to a connection ends here, as it was asked to.
    pub(crate) fn closed_on_the_way(&mut self) {
        self.rest();
        self.attempt.closes = false;
        self.module.is_ready &= !self.asked.owes();
        self.ended(Ended::ByUs);
    }

    /// Asks whether the connection still stands; the answer also shows that all that was asked
    /// before is over.
    pub(crate) fn doubt(&mut self, now: Instant) {
        self.doing = Doing::Doubt;
        self.say(Command::Status, self.settings.patience.answer, now);
    }

    pub(crate) fn doubt_answered(&mut self, now: Instant) {
        match self.learned {
            Some(Info::State(IpState::Initial)) if self.link.stands => {
                // Only a start forgets a connection without a word.
                return self.rebooted(now);
            }
            Some(Info::State(state)) => {
                if self.link.stands && state != IpState::ConnectOk {
                    self.ended(Ended::ByPeer);
                }
                self.module.needs_shut = !self.link.stands && !state.may_connect();
            }
            _ => {}
        }
        self.settle(now);
    }

    pub(crate) fn doubt_is_late(&mut self, now: Instant) {
        self.module.is_ready = false;
        if self.link.stands {
            self.ended(Ended::Silent);
        }
        self.settle(now);
    }

    /// What was under way is over.
    pub(crate) fn settle(&mut self, now: Instant) {
        self.rest();
        self.close_if_wanted(now);
    }

    /// The connection is over, and none is wanted.
    pub(crate) fn ended(&mut self, how: Ended) {
        self.end_link(how);
        self.attempt.target = None;
        // What was to be closed is.
        self.attempt.closes = false;
    }

    pub(crate) fn end_link(&mut self, how: Ended) {
        self.events.push(Event::Closed(Closed {
            how,
            accepted: self.link.accepted,
        }));
        self.link.stands = false;
        self.link.lingers = !matches!(how, Ended::ByPeer | Ended::Rebooted);
        self.link.accepted = 0;
    }
}
