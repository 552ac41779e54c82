//! What happens to the module from outside: controls, steps of the scenario, faults that come at a
//! moment.

use simless_at::{Instant, Registration};

use crate::bearer::{MAX_CONTEXT, SERVICE_CONTEXT};
use crate::equipment::Equipment;
use crate::link::LinkState;
use crate::{Cause, Cid, Event, FaultKind, Happening, NetworkChange, SimState, Step};

impl Equipment {
    /// Lets the scenario go on: its steps come, faults begin and end. Gives whether anything did.
    pub(crate) fn play(&mut self, now: Instant) -> bool {
        if self.faults.is_empty() && self.cast.deadline().is_none() {
            return false;
        }
        let mut moved = false;
        loop {
            if let Some(step) = self.cast.next(&self.config, now) {
                self.take_step(step, now);
            } else if let Some(kind) = self.faults.advance(now) {
                self.event(Event::Struck(kind));
                self.strike(kind, now);
            } else {
                return moved;
            }
            moved = true;
        }
    }

    fn take_step(&mut self, step: Step, now: Instant) {
        if let Some(change) = step.set {
            self.change_network(change);
        }
        if let Some(name) = step.clear {
            self.faults.clear(&name);
        }
        if let Some(fault) = step.fault {
            self.faults.set(fault, now);
        }
        if let Some(urc) = step.urc {
            self.urc_text(urc);
        }
        if let Some(happening) = step.event {
            self.happen(happening, now);
        }
    }

    /// A fault that comes at a moment.
    fn strike(&mut self, kind: FaultKind, now: Instant) {
        match kind {
            FaultKind::PinLocked => self.set_sim(SimState::Pin),
            FaultKind::PdpDeact => self.happen(Happening::PdpDeact, now),
            FaultKind::Reset => self.happen(Happening::Reset, now),
            // The others strike where there is an opportunity.
            _ => {}
        }
    }

    pub(crate) fn happen(&mut self, happening: Happening, now: Instant) {
        match happening {
            Happening::Deregister => self.network.registration = Registration::SEARCHING,
            Happening::Detach => self.detach(Some(Cause::ContextLost)),
            Happening::PdpDeact => self.deactivate_by_network(SERVICE_CONTEXT),
            Happening::PeerClose => {
                for slot in 0..self.links.len() {
                    if let Some(socket) = self.links[slot].connected() {
                        self.peer_ends(slot, socket, now);
                    }
                }
            }
            Happening::PeerReset => self.reset_by_peer(),
            Happening::Reset => self.wants_restart = Some(Restart::ByItself),
            Happening::PowerCycle => self.wants_restart = Some(Restart::Power),
        }
    }

    /// The network deactivates a context.
    pub(crate) fn deactivate_by_network(&mut self, cid: Cid) {
        if (1..=MAX_CONTEXT).contains(&cid) {
            self.lose_context(cid, Some(Cause::ContextLost));
        }
    }

    fn reset_by_peer(&mut self) {
        for slot in 0..self.links.len() {
            if let LinkState::Connected(socket) = self.links[slot].state {
                self.abort(socket);
                self.broke(slot, socket);
            }
        }
    }

    /// The network and the SIM are otherwise from now on.
    pub(crate) fn change_network(&mut self, change: NetworkChange) {
        change.apply(&mut self.network);
        if let Some(sim) = change.sim {
            self.set_sim(sim);
        }
    }
}

/// Why and how the module starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restart {
    /// `AT+CFUN=1,1`: when the line is done. What was printed is still said.
    Command,
    /// By itself, in the middle of whatever it was; what was printed is still said.
    ByItself,
    /// The power was away: nothing is said any more.
    Power,
}
