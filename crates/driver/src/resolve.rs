//! Names and their addresses (guide G4.10).

use simless_at::Instant;

use crate::command::Command;
use crate::heard::Info;
use crate::state::Doing;
use crate::{BusyError, Driver, Event, Host};

impl Driver {
    /// Looks a name up, while a connection stands; [`Event::Resolved`] follows.
    ///
    /// # Errors
    /// When no connection stands, or something else is under way.
    pub fn resolve(&mut self, name: &Host, now: Instant) -> Result<(), BusyError> {
        if !self.link.stands {
            return Err(BusyError::NotConnected);
        }
        if self.doing != Doing::Nothing {
            return Err(BusyError::Busy);
        }
        self.doing = Doing::Resolve;
        self.deadline = Some(now + self.settings.patience.step);
        self.repeat(Command::Resolve, Some(name));
        Ok(())
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
