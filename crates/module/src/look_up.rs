//! Looking names up: what the scenario knows of them, and the rest by the adapter (guide G4.10,
//! G9.2.4).

use core::net::IpAddr;

use simless_at::Instant;

use crate::equipment::Equipment;
use crate::{Event, FaultKind};

/// How a name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LookUp {
    /// The answer is known: an address or none. It comes then.
    Known(Option<IpAddr>, Instant),
    /// The adapter is asked, and its answer comes then at the earliest.
    Ask(Instant),
}

impl Equipment {
    /// Begins to look a name up, or takes a literal for what it is.
    pub(crate) fn look_up(&mut self, name: &str, now: Instant) -> LookUp {
        if let Ok(address) = name.parse() {
            return LookUp::Known(Some(address), now);
        }
        if let Some(attributes) = self.faults.strikes(FaultKind::DnsFail, |_| true) {
            // No look-up takes longer than the module's patience.
            let delay = attributes.delay.unwrap_or_default();
            let delay = delay.min(self.config.profile.guards.resolve);
            self.event(Event::Struck(FaultKind::DnsFail));
            return LookUp::Known(None, now + delay);
        }
        let due = now + self.network.resolve;
        match self.config.scenario.address_of(name) {
            Some(address) => LookUp::Known(Some(address), due),
            None => LookUp::Ask(due),
        }
    }
}
