//! The TCP/UDP service and its context: brought up, lost, shut down (guide G4.5, G7.3, G9.1).

use alloc::string::String;

use simless_at::Instant;

use crate::bearer::{Definition, PdpType, SERVICE_CONTEXT, Service};
use crate::equipment::Equipment;
use crate::link::{LinkState, Stage};
use crate::{Cause, Cid};

/// The APN of a context that the service defines by itself (guide G4.5).
const DEFAULT_APN: &str = "CMNET";

impl Equipment {
    /// Defines the context, from `apn` or if it is not defined yet, attaches and activates (guide
    /// G4.5, G4.7).
    pub(crate) fn bring_up(&mut self, apn: Option<String>, now: Instant) {
        self.bearer.service = Service::BringUp;
        let context = self.bearer.context_mut(SERVICE_CONTEXT);
        match apn {
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
        let was_up = self.bearer.is_up();
        self.bearer.deactivate(cid, cause);
        if was_up && !self.bearer.is_up() {
            self.service_context_lost();
        }
    }

    /// The attachment was lost, or given up, and every context with it.
    pub(crate) fn detach(&mut self, cause: Option<Cause>) {
        let was_up = self.bearer.is_up();
        self.bearer.detach(cause);
        if was_up {
            self.service_context_lost();
        }
    }

    /// What the loss means for the service: PDP DEACT under a connection, or one on its way over
    /// the context; else IP INITIAL.
    fn service_context_lost(&mut self) {
        let mut was_used = false;
        if let Some(query) = &mut self.query {
            let socket = query.socket;
            query.answer = Some(None);
            self.abort(socket);
        }
        for slot in 0..self.links.len() {
            self.drop_late_attempt(slot);
            match self.links[slot].state {
                LinkState::Connected(socket) => {
                    was_used = true;
                    self.abort(socket);
                    self.broke(slot, socket);
                }
                LinkState::Opening(attempt) if attempt.stage != Stage::BringUp => {
                    was_used = true;
                    if attempt.is_outside() {
                        self.abort(attempt.socket);
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
        } else if self.bearer.service != Service::Lost {
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
        self.bearer.deactivate(SERVICE_CONTEXT, None);
        self.bearer.abandon(SERVICE_CONTEXT);
        if self.config.profile.shut_drops_definition {
            self.bearer.context_mut(SERVICE_CONTEXT).definition = None;
        }
        self.bearer.service = Service::Initial;
        self.bearer.task = None;
    }
}
