//! The TCP/UDP service and its context: brought up, lost, shut down (guide G4.5, G7.3, G9.1).

use simless_at::Instant;

use crate::bearer::{Definition, PdpType, SERVICE_CONTEXT, Service};
use crate::equipment::{Ask, Equipment};
use crate::link::{LinkState, Stage};
use crate::{Cause, Cid};

/// The APN of a context that the service defines by itself (guide G4.5).
const DEFAULT_APN: &str = "CMNET";

impl Equipment {
    /// Defines the context if it is not, attaches and activates (guide G4.5).
    pub(crate) fn bring_up(&mut self, now: Instant) {
        self.bearer.service = Service::BringUp;
        let task_apn = self.bearer.task.as_ref().map(|task| task.apn.clone());
        let context = self.bearer.context_mut(SERVICE_CONTEXT);
        match task_apn {
            // CIICR defines the context from CSTT's values (guide G4.7).
            Some(apn) => {
                context.definition = Some(Definition {
                    kind: PdpType::Ip,
                    apn,
                });
            }
            None => {
                context.definition.get_or_insert_with(|| Definition {
                    kind: PdpType::Ip,
                    apn: DEFAULT_APN.into(),
                });
            }
        }
        match self.obstacle() {
            Some((_, cause)) => self.bearer.deactivate(SERVICE_CONTEXT, Some(cause)),
            None => self.bearer.activate(SERVICE_CONTEXT, now),
        }
    }

    /// A context was lost, or deactivated (guide G9.1).
    pub(crate) fn lose_context(&mut self, cid: Cid, cause: Option<Cause>) {
        self.bearer.deactivate(cid, cause);
        if cid == SERVICE_CONTEXT {
            self.service_context_lost();
        }
    }

    /// The attachment was lost, or given up, and every context with it.
    pub(crate) fn detach(&mut self, cause: Option<Cause>) {
        self.bearer.detach(cause);
        self.service_context_lost();
    }

    /// What the loss means for the service: PDP DEACT under a connection, or one on its way over
    /// the context; else IP INITIAL.
    fn service_context_lost(&mut self) {
        let mut was_used = false;
        for slot in 0..self.links.len() {
            self.drop_late_attempt(slot);
            match self.links[slot].state {
                LinkState::Connected(socket) => {
                    was_used = true;
                    self.asks.push_back(Ask::Abort(socket));
                    self.broke(slot, socket);
                }
                LinkState::Opening(attempt) if attempt.stage != Stage::BringUp => {
                    was_used = true;
                    if attempt.is_outside() {
                        self.asks.push_back(Ask::Abort(attempt.socket));
                    }
                    self.connect_failed(slot, Cause::ContextLost);
                }
                // An attempt still bringing the context up notices by itself.
                LinkState::Opening(_) => continue,
                LinkState::Idle | LinkState::Closed => {}
            }
            self.links[slot].state = LinkState::Idle;
        }
        if was_used {
            self.bearer.service = Service::Lost;
        } else if matches!(self.bearer.service, Service::Active | Service::Addressed) {
            self.bearer.service = Service::Initial;
        }
    }

    /// `AT+CIPSHUT`: everything back to IP INITIAL (guide G7.3).
    pub(crate) fn shut(&mut self, now: Instant) {
        for slot in 0..self.links.len() {
            self.cancel(slot);
            self.close(slot, now);
            self.links[slot].state = LinkState::Idle;
        }
        self.bearer.abandon();
        self.bearer.deactivate(SERVICE_CONTEXT, None);
        if self.config.profile.shut_drops_definition {
            self.bearer.context_mut(SERVICE_CONTEXT).definition = None;
        }
        self.bearer.service = Service::Initial;
        self.bearer.task = None;
    }
}
