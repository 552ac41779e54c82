//! The TCP/UDP service: the way to a connection, and the ways it ends (guide 4, 7, 9).

use core::net::{IpAddr, SocketAddr};

use simless_at::{Cme, ConnectOrder, Final, Instant, Urc};

use crate::bearer::{Activation, Definition, PdpType, SERVICE_CONTEXT, Service};
use crate::equipment::{Ask, Equipment};
use crate::link::{Attempt, LinkState, Stage, Target};
use crate::ring::Ring;
use crate::{Cause, Cid, Dropped, Event, SocketId};

/// The APN of a context that the service defines by itself (guide G4.5).
const DEFAULT_APN: &str = "CMNET";

impl Equipment {
    /// Starts an attempt; the state was found to allow it.
    pub(crate) fn connect(&mut self, slot: usize, target: Target, now: Instant) {
        self.drop_late_attempt(slot);
        let socket = self.sockets.open(target.transport);
        let is_up = self.bearer.is_up() && self.bearer.service == Service::Addressed;
        let stage = if is_up {
            Stage::Resolving { since: now }
        } else {
            self.bring_up(now);
            Stage::BringUp
        };
        let link = &mut self.links[slot];
        link.target = Some(target);
        link.state = LinkState::Opening(Attempt {
            socket,
            stage,
            guard: now + self.config.profile.guards.connect,
        });
        if self.sockets.flushing() >= self.config.profile.limits.closing {
            self.connect_failed(slot, Cause::TooManyClosing);
        } else if is_up {
            self.resolve(slot, now);
        }
    }

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

    /// Moves an attempt on, as far as it can go by now; gives whether it moved.
    pub(crate) fn advance_link(&mut self, slot: usize, now: Instant) -> bool {
        let Some(attempt) = self.links[slot].attempt() else {
            return false;
        };
        if now >= attempt.guard {
            self.connect_timed_out(slot, attempt);
            return true;
        }
        match attempt.stage {
            Stage::BringUp => match self.bearer.context(SERVICE_CONTEXT).activation {
                Activation::Active(_) => {
                    self.bearer.service = Service::Addressed;
                    self.set_stage(slot, Stage::Resolving { since: now });
                    self.resolve(slot, now);
                }
                Activation::Inactive(cause) => {
                    self.connect_failed(slot, cause.unwrap_or(Cause::ContextLost));
                }
                Activation::Waiting | Activation::Activating { .. } => return false,
            },
            Stage::Resolving { since } if now >= since + self.config.profile.guards.resolve => {
                self.asks.push_back(Ask::Abort(attempt.socket));
                self.connect_failed(slot, Cause::NotResolved);
            }
            Stage::Resolved { address, due } if now >= due => {
                let transport = self.sockets.get(attempt.socket).map(|s| s.transport());
                if let Some(transport) = transport {
                    self.asks
                        .push_back(Ask::Connect(attempt.socket, transport, address));
                }
                self.set_stage(slot, Stage::Connecting { address });
            }
            _ => return false,
        }
        true
    }

    /// When an attempt moves on by itself.
    pub(crate) fn link_deadline(&self, slot: usize) -> Option<Instant> {
        let attempt = self.links[slot].attempt()?;
        let own = match attempt.stage {
            Stage::Resolving { since } => Some(since + self.config.profile.guards.resolve),
            Stage::Resolved { due, .. } => Some(due),
            Stage::BringUp | Stage::Connecting { .. } => None,
        };
        Some(own.map_or(attempt.guard, |own| own.min(attempt.guard)))
    }

    /// A literal needs no look-up.
    fn resolve(&mut self, slot: usize, now: Instant) {
        let (Some(attempt), Some(target)) = (self.links[slot].attempt(), &self.links[slot].target)
        else {
            return;
        };
        match target.host.parse() {
            Ok(address) => self.resolved(slot, address, now),
            Err(_) => self.asks.push_back(Ask::Resolve(attempt.socket)),
        }
    }

    /// The address is known: the connection is due when the profile's time has passed.
    pub(crate) fn resolved(&mut self, slot: usize, address: IpAddr, now: Instant) {
        let link = &self.links[slot];
        let (Some(attempt), Some(target)) = (link.attempt(), &link.target) else {
            return;
        };
        if let Stage::Resolving { since } = attempt.stage {
            let address = SocketAddr::new(address, target.port);
            let due = (since + self.config.timing.connect).max(now);
            self.set_stage(slot, Stage::Resolved { address, due });
        }
    }

    /// The connection stands (guide G4.3).
    pub(crate) fn connected(&mut self, slot: usize, socket: SocketId) {
        let limits = &self.config.profile.limits;
        self.sockets.opened(socket, limits);
        let link = &mut self.links[slot];
        link.late = None;
        link.state = LinkState::Connected(socket);
        // A ring whose last bytes the DTE has not taken yet is used on.
        link.received
            .get_or_insert_with(|| Ring::new(limits.received));
        self.urc(Urc::ConnectOk);
    }

    /// The attempt failed (guide G4.3, G4.8, G9.2).
    pub(crate) fn connect_failed(&mut self, slot: usize, cause: Cause) {
        self.give_up(slot);
        self.event(Event::Failed(cause));
        match self.config.profile.dialect.connect_order {
            ConnectOrder::OkFirst => self.urc(Urc::ConnectFailed),
            ConnectOrder::OutcomeFirst => {
                self.links[slot].refusal = Some(Err(Cme::FAILED.into()));
            }
        }
    }

    /// The module's own guard ran out (guide G9.3).
    fn connect_timed_out(&mut self, slot: usize, attempt: Attempt) {
        let is_connecting = matches!(attempt.stage, Stage::Connecting { .. });
        let lives_on = self.network.late_connect_ok && is_connecting;
        if lives_on {
            self.links[slot].state = LinkState::Closed;
            self.links[slot].late = Some(attempt.socket);
        } else {
            self.asks.push_back(Ask::Abort(attempt.socket));
            self.give_up(slot);
        }
        match self.config.profile.dialect.connect_order {
            ConnectOrder::OkFirst => self.urc(Urc::NoResponse),
            ConnectOrder::OutcomeFirst => {
                self.links[slot].refusal = Some(Ok(Final::NoResponse));
            }
        }
    }

    /// The end of an attempt without a connection: IP CLOSE when the context stands, else
    /// IP INITIAL (guide G4.8).
    fn give_up(&mut self, slot: usize) {
        if let Some(attempt) = self.links[slot].attempt() {
            self.sockets.forget(attempt.socket);
        }
        if self.bearer.is_up() && self.bearer.service == Service::Addressed {
            self.links[slot].state = LinkState::Closed;
        } else {
            self.bearer.abandon();
            self.bearer.service = Service::Initial;
            self.links[slot].state = LinkState::Idle;
        }
    }

    /// Ends an attempt at the DTE's wish: nothing of it appears later (guide G4.8, P15).
    pub(crate) fn cancel(&mut self, slot: usize) {
        self.drop_late_attempt(slot);
        if let Some(attempt) = self.links[slot].attempt() {
            if attempt.stage != Stage::BringUp {
                self.asks.push_back(Ask::Abort(attempt.socket));
            }
            self.give_up(slot);
        }
    }

    pub(crate) fn drop_late_attempt(&mut self, slot: usize) {
        if let Some(socket) = self.links[slot].late.take() {
            self.sockets.forget(socket);
            self.asks.push_back(Ask::Abort(socket));
        }
    }

    /// Closes a connection that stands: accepted bytes still go out, then FIN (guide G7.4, L4).
    pub(crate) fn close(&mut self, slot: usize, now: Instant) {
        if let Some(socket) = self.links[slot].connected() {
            self.links[slot].state = LinkState::Closed;
            self.flush(socket, now);
        }
    }

    /// The server ended a connection that stood (guide G9.1).
    pub(crate) fn peer_ended(&mut self, slot: usize, now: Instant) {
        self.close(slot, now);
        self.urc(Urc::Closed);
    }

    /// A connection that stood broke (guide G9.1).
    pub(crate) fn broke(&mut self, slot: usize, socket: SocketId) {
        self.lose_unsent(socket);
        self.links[slot].state = LinkState::Closed;
        self.urc(Urc::Closed);
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
                    self.asks.push_back(Ask::Abort(attempt.socket));
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

    fn flush(&mut self, socket: SocketId, now: Instant) {
        let until = now + self.config.profile.guards.flush;
        if let Some(socket) = self.sockets.get_mut(socket) {
            socket.flush(until);
        }
        self.shut_down_if_flushed(socket, now);
    }

    /// All accepted bytes are out: FIN.
    pub(crate) fn shut_down_if_flushed(&mut self, id: SocketId, now: Instant) {
        let until = now + self.config.profile.guards.linger;
        let Some(socket) = self.sockets.get_mut(id).filter(|s| s.is_flushed()) else {
            return;
        };
        socket.linger(until);
        self.asks.push_back(Ask::Shutdown(id));
        if let Some(oldest) = self.sockets.surplus(self.config.profile.limits.closing) {
            self.abandon_socket(oldest);
        }
    }

    /// Ends closed sockets whose time is over; gives whether there was one.
    pub(crate) fn expire_sockets(&mut self, now: Instant) -> bool {
        let expired = self.sockets.expired(now).map(|socket| socket.id);
        if let Some(id) = expired {
            self.abandon_socket(id);
        }
        expired.is_some()
    }

    fn abandon_socket(&mut self, id: SocketId) {
        self.lose_unsent(id);
        self.asks.push_back(Ask::Abort(id));
    }

    /// Forgets a socket; bytes that were accepted and never sent are counted.
    pub(crate) fn lose_unsent(&mut self, id: SocketId) {
        let unsent = self.sockets.get(id).map_or(0, |socket| socket.unsent());
        self.sockets.forget(id);
        if unsent > 0 {
            self.counters.unsent += unsent as u64;
            self.event(Event::Dropped(Dropped::Unsent));
        }
    }

    fn set_stage(&mut self, slot: usize, stage: Stage) {
        if let LinkState::Opening(attempt) = &mut self.links[slot].state {
            attempt.stage = stage;
        }
    }
}
