//! Names and their addresses (guide G4.10).

use simless_at::Instant;

use crate::command::Command;
use crate::heard::Info;
use crate::state::{Doing, Goal};
use crate::{BusyError, Driver, Event, Host, Target};

impl Driver {
    /// Looks a name up; [`Event::Resolved`] follows. Names need an active context (guide G4.10), so
    /// without a connection the way there is gone first, and may end with [`Event::Failed`].
    ///
    /// # Errors
    /// When something else is under way.
    pub fn resolve(&mut self, name: &Host, now: Instant) -> Result<(), BusyError> {
        if self.doing != Doing::Nothing {
            return Err(BusyError::Busy);
        }
        if self.link.stands {
            self.look_up(name, now);
        } else {
            self.attempt.target = Some(Target::tcp(name.clone(), 0));
            self.attempt.goal = Goal::Address;
            self.attempt.closes = false;
            self.attempt.said = None;
            self.set_out(now);
        }
        Ok(())
    }

    /// The context is active: the name that all this was for is asked for.
    pub(crate) fn reached_names(&mut self, now: Instant) {
        self.attempt.until = None;
        match self.attempt.target.take() {
            Some(Target { host, .. }) => self.look_up(&host, now),
            None => self.rest(),
        }
    }

    fn look_up(&mut self, name: &Host, now: Instant) {
        self.doing = Doing::Resolve;
        self.allow(self.settings.patience.step, now);
        self.repeat(Command::Resolve, Some(name));
    }

    pub(crate) fn resolve_answered(&mut self, now: Instant) {
        let address = match self.learned {
            Some(Info::Address(address)) => Some(address),
            _ => None,
        };
        self.events.push(Event::Resolved(address));
        self.settle(now);
    }

    pub(crate) fn resolve_is_late(&mut self, now: Instant) {
        self.events.push(Event::Resolved(None));
        self.doubt(now);
    }
}
