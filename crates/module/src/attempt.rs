//! A connection on its way: context, name, socket, and the ways it fails (guide G4.3 to G4.9).

use core::net::{IpAddr, SocketAddr};

use simless_at::{Cme, ConnectOrder, Final, Instant, Urc};

use crate::bearer::{Activation, SERVICE_CONTEXT, Service};
use crate::equipment::{Ask, Equipment};
use crate::link::{Attempt, Late, Lateness, LinkState, Stage, Target};
use crate::look_up::LookUp;
use crate::ring::Ring;
use crate::{Cause, Event, FaultKind, SocketEvent, SocketId};

impl Equipment {
    /// Starts an attempt; the state was found to allow it.
    pub(crate) fn connect(&mut self, slot: usize, target: Target, now: Instant) {
        self.drop_late_attempt(slot);
        let socket = self.sockets.open(target.transport);
        let is_up = self.bearer.is_up() && self.bearer.service == Service::Addressed;
        let stage = if is_up {
            Stage::Resolving {
                since: now,
                due: now,
            }
        } else {
            self.bring_up(None, now);
            Stage::BringUp
        };
        let silence = self.strikes_silence("+CIPSTART");
        let patience = silence
            .flatten()
            .unwrap_or(self.config.profile.guards.connect);
        let guard = now + patience;
        let lateness = self.lateness(guard);
        let link = &mut self.links[slot];
        link.target = Some(target);
        link.state = LinkState::Opening(Attempt {
            socket,
            stage,
            guard,
            lateness,
            is_silent: silence.is_some(),
        });
        if self.sockets.flushing() >= self.config.profile.limits.closing {
            self.connect_failed(slot, Cause::TooManyClosing);
        } else if is_up {
            self.resolve(slot, now);
        }
    }

    /// Whether an attempt stands only after its guard.
    fn lateness(&mut self, guard: Instant) -> Lateness {
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

    /// Moves an attempt on, as far as it can go by now; gives whether it moved.
    pub(crate) fn advance_link(&mut self, slot: usize, now: Instant) -> bool {
        if let Some(late) = self.links[slot]
            .late
            .filter(|late| late.stands && now >= late.from)
        {
            self.connected(slot, late.socket);
            return true;
        }
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
                    self.resolve(slot, now);
                }
                Activation::Inactive(cause) => {
                    self.connect_failed(slot, cause.unwrap_or(Cause::ContextLost));
                }
                Activation::Waiting | Activation::Activating { .. } => return false,
            },
            Stage::Unresolved { due } if now >= due => {
                self.connect_failed(slot, Cause::NotResolved);
            }
            Stage::Resolving { since, .. } if now >= since + self.config.profile.guards.resolve => {
                self.abort(attempt.socket);
                self.connect_failed(slot, Cause::NotResolved);
            }
            Stage::Resolved { address, due } if now >= due => {
                if self.is_cut_off(attempt.socket) {
                    self.event(Event::Struck(FaultKind::Down));
                    self.set_stage(slot, Stage::CutOff { address });
                } else {
                    self.ask_connect(slot, attempt.socket, address);
                }
            }
            Stage::CutOff { address } if !self.is_cut_off(attempt.socket) => {
                self.ask_connect(slot, attempt.socket, address);
            }
            Stage::Held if !is_held(Some(attempt)) && !self.is_cut_off(attempt.socket) => {
                self.connected(slot, attempt.socket);
            }
            _ => return false,
        }
        true
    }

    /// When an attempt moves on by itself.
    pub(crate) fn link_deadline(&self, slot: usize) -> Option<Instant> {
        let Some(attempt) = self.links[slot].attempt() else {
            let late = self.links[slot].late.filter(|late| late.stands);
            return late.map(|late| late.from);
        };
        let own = match attempt.stage {
            Stage::Resolving { since, .. } => Some(since + self.config.profile.guards.resolve),
            Stage::Unresolved { due } | Stage::Resolved { due, .. } => Some(due),
            Stage::BringUp
            | Stage::CutOff { .. }
            | Stage::Connecting { .. }
            | Stage::Held
            | Stage::Unanswered => None,
        };
        Some(own.map_or(attempt.guard, |own| own.min(attempt.guard)))
    }

    /// The context stands: the name is looked up.
    fn resolve(&mut self, slot: usize, now: Instant) {
        let Some(attempt) = self.links[slot].attempt() else {
            return;
        };
        if attempt.is_silent {
            return self.set_stage(slot, Stage::Unanswered);
        }
        let Some(target) = self.links[slot].target.take() else {
            return;
        };
        let look_up = self.look_up(&target.host, now);
        self.links[slot].target = Some(target);
        match look_up {
            LookUp::Known(Some(address), due) => {
                self.set_stage(slot, Stage::Resolving { since: now, due });
                self.resolved(slot, address, now);
            }
            LookUp::Known(None, due) => self.set_stage(slot, Stage::Unresolved { due }),
            LookUp::Ask(due) => {
                self.set_stage(slot, Stage::Resolving { since: now, due });
                self.asks.push_back(Ask::Resolve(attempt.socket));
            }
        }
    }

    /// The address is known: the connection is due when the profile's time has passed.
    pub(crate) fn resolved(&mut self, slot: usize, address: IpAddr, now: Instant) {
        let link = &self.links[slot];
        let (Some(attempt), Some(target)) = (link.attempt(), &link.target) else {
            return;
        };
        if let Stage::Resolving { since, due } = attempt.stage
            // An answer that would be later than that never comes.
            && due < since + self.config.profile.guards.resolve
        {
            let address = SocketAddr::new(address, target.port);
            let due = (since + self.config.timing.connect).max(due).max(now);
            self.set_stage(slot, Stage::Resolved { address, due });
        }
    }

    fn ask_connect(&mut self, slot: usize, socket: SocketId, address: SocketAddr) {
        let transport = self.sockets.get(socket).map(|socket| socket.transport());
        if let Some(transport) = transport {
            self.asks
                .push_back(Ask::Connect(socket, transport, address));
        }
        self.set_stage(slot, Stage::Connecting { address });
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
        self.event(Event::Failed(Final::Cme(Cme::FAILED), cause));
        match self.config.profile.dialect.connect_order {
            ConnectOrder::OkFirst => self.urc(Urc::ConnectFailed),
            ConnectOrder::OutcomeFirst => {
                self.links[slot].refusal = Some(Err(Cme::FAILED.into()));
            }
        }
    }

    /// The module's own guard ran out (guide G9.3).
    fn connect_timed_out(&mut self, slot: usize, attempt: Attempt) {
        let is_outside = matches!(attempt.stage, Stage::Connecting { .. } | Stage::Held);
        let lateness = match attempt.lateness {
            Lateness::Open => self.lateness(attempt.guard),
            decided => decided,
        };
        if let Lateness::From(from) = lateness
            && is_outside
        {
            self.links[slot].state = LinkState::Closed;
            self.links[slot].late = Some(Late {
                socket: attempt.socket,
                from,
                stands: attempt.stage == Stage::Held,
            });
        } else {
            if attempt.is_outside() {
                self.abort(attempt.socket);
            }
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
            self.bearer.abandon(SERVICE_CONTEXT);
            self.bearer.service = Service::Initial;
            self.links[slot].state = LinkState::Idle;
        }
    }

    /// Ends an attempt at the DTE's wish: nothing of it appears later (guide G4.8, P15).
    pub(crate) fn cancel(&mut self, slot: usize) {
        self.drop_late_attempt(slot);
        if let Some(attempt) = self.links[slot].attempt() {
            if attempt.is_outside() {
                self.abort(attempt.socket);
            }
            self.give_up(slot);
        }
    }

    pub(crate) fn drop_late_attempt(&mut self, slot: usize) {
        if let Some(Late { socket, .. }) = self.links[slot].late.take() {
            self.sockets.forget(socket);
            self.abort(socket);
        }
    }

    /// Something happened to the socket of a link.
    pub(crate) fn handle_link(
        &mut self,
        slot: usize,
        id: SocketId,
        event: SocketEvent<'_>,
        now: Instant,
    ) {
        let attempt = self.links[slot].attempt();
        let is_late = self.links[slot].late.is_some_and(|late| late.socket == id);
        match event {
            SocketEvent::Resolved(address) => self.resolved(slot, address, now),
            SocketEvent::Connected => {
                let stage = attempt.map(|attempt| attempt.stage);
                let is_connecting = matches!(stage, Some(Stage::Connecting { .. }));
                if let Some(late) = &mut self.links[slot].late {
                    late.stands = true;
                } else if is_connecting && (is_held(attempt) || self.is_cut_off(id)) {
                    self.set_stage(slot, Stage::Held);
                } else if is_connecting {
                    self.connected(slot, id);
                }
            }
            _ if is_late => {
                self.links[slot].late = None;
                self.sockets.forget(id);
            }
            SocketEvent::Unresolved if attempt.is_some() => {
                self.connect_failed(slot, Cause::NotResolved);
            }
            SocketEvent::Refused
            | SocketEvent::Unreachable
            | SocketEvent::Denied
            | SocketEvent::NoSocket
            | SocketEvent::Ended
            | SocketEvent::Reset
                if attempt.is_some() =>
            {
                let cause = match attempt.map(|attempt| attempt.stage) {
                    Some(Stage::Connecting { address }) if event == SocketEvent::Refused => {
                        Cause::NotListening(address)
                    }
                    Some(Stage::Connecting { address }) if event == SocketEvent::Denied => {
                        Cause::Denied(address)
                    }
                    Some(Stage::Connecting { address }) if event == SocketEvent::NoSocket => {
                        Cause::NoSocket(address)
                    }
                    Some(Stage::Connecting { address }) => Cause::Unreachable(address),
                    _ => Cause::NotResolved,
                };
                self.connect_failed(slot, cause);
            }
            SocketEvent::Datagram(datagram) => self.datagram_comes(slot, id, datagram, now),
            SocketEvent::Unread(n) => self.count_unread(slot, id, n),
            SocketEvent::Ended => self.peer_ends(slot, id, now),
            SocketEvent::Reset => self.broke(slot, id),
            SocketEvent::Unresolved
            | SocketEvent::Refused
            | SocketEvent::Unreachable
            | SocketEvent::Denied
            | SocketEvent::NoSocket => {}
        }
    }

    fn set_stage(&mut self, slot: usize, stage: Stage) {
        if let LinkState::Opening(attempt) = &mut self.links[slot].state {
            attempt.stage = stage;
        }
    }
}

fn is_held(attempt: Option<Attempt>) -> bool {
    attempt.is_some_and(|attempt| matches!(attempt.lateness, Lateness::From(_)))
}
