//! Connections that stand later than the module waits for them (guide G9.3, G9.5).

use simless_at::Instant;

use crate::equipment::Equipment;
use crate::link::{Attempt, Late, Lateness, Stage};
use crate::{Cause, Event, FaultKind, SocketEvent, SocketId};

impl Equipment {
    /// Whether an attempt stands only after its guard.
    pub(crate) fn lateness(&mut self, guard: Instant) -> Lateness {
        if !self.faults.holds(FaultKind::LateConnectOk) {
            return Lateness::Open;
        }
        let Some(attributes) = self.faults.strikes(FaultKind::LateConnectOk, |_| true) else {
            return Lateness::No;
        };
        let delay = attributes.delay.unwrap_or_default();
        self.event(Event::Struck(FaultKind::LateConnectOk));
        Lateness::From(guard + delay)
    }

    pub(crate) fn drop_late_attempt(&mut self, slot: usize) {
        if let Some(Late { socket, .. }) = self.links[slot].late.take() {
            self.sockets.forget(socket);
            self.abort(socket);
        }
    }

    /// An attempt ended that nobody was told of yet, or that had been given up.
    pub(crate) fn ended_unseen(&mut self, slot: usize, id: SocketId, event: SocketEvent<'_>) {
        // A socket that stood is the adapter's until it is told otherwise, unless it was reset.
        if event == SocketEvent::Ended {
            self.abort(id);
        }
        match self.links[slot].attempt().map(|attempt| attempt.stage) {
            Some(Stage::Held { address }) => self.connect_failed(slot, Cause::Unreachable(address)),
            _ => {
                self.links[slot].late = None;
                self.sockets.forget(id);
            }
        }
    }
}

/// Whether nobody is told that it stands, until its guard ran out.
pub(crate) fn is_held(attempt: Option<Attempt>) -> bool {
    attempt.is_some_and(|attempt| matches!(attempt.lateness, Lateness::From(_)))
}
