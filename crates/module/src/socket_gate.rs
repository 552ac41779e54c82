//! The gate between a connection and the network: faults that make bytes late or lose them, and end
//! connections.
//!
//! Where no fault of this gate is set there is no gate: accepted bytes are the socket's at once, and
//! what was read waits for the DTE.

mod datagrams;
mod gate;
mod passage;

use simless_at::Instant;

use crate::equipment::Equipment;
use crate::fault::Gate;
use crate::{Event, FaultKind, SocketId, Transport};

use gate::End;
pub(crate) use gate::SocketGate;

impl Equipment {
    /// Lets what is due arrive, and ends connections that faults end; gives whether the DTE hears of
    /// any of it.
    pub(crate) fn advance_gates(&mut self, now: Instant) -> bool {
        let version = self.faults.version();
        if self.sockets.gates_version != Some(version) {
            self.sockets.gates_version = Some(version);
            self.set_gates(now);
        }
        let mut moved = false;
        if self.sockets.are_gated() {
            let mut last = SocketId(0);
            while let Some(socket) = self.sockets.next_standing(last) {
                last = socket.id;
                moved |= self.advance_gate(last, now);
            }
        }
        moved
    }

    /// Other faults hold, or there is another connection.
    fn set_gates(&mut self, now: Instant) {
        let is_needed = self.faults.begun_at(Gate::Socket).next().is_some();
        let mut last = SocketId(0);
        while let Some(socket) = self.sockets.next_standing(last) {
            last = socket.id;
            if is_needed && socket.gate.is_none() {
                let seed = self.faults.seed_of("socket").wrapping_add(last.0);
                let mut gate = SocketGate::new(seed, socket.unsent());
                if !socket.is_open() {
                    // It was closed before: its end is nobody's any more.
                    gate.close();
                }
                socket.gate = Some(gate.into());
            }
            let transport = socket.transport();
            let struck = socket
                .gate
                .as_mut()
                .map(|gate| gate.set(&mut self.faults, transport, now));
            for kind in struck.into_iter().flatten() {
                self.event(Event::Struck(kind));
            }
        }
    }

    fn advance_gate(&mut self, id: SocketId, now: Instant) -> bool {
        let Some(gate) = self.sockets.gate_mut(id) else {
            return false;
        };
        gate.uplink.advance(now);
        let slot = self
            .links
            .iter()
            .position(|link| link.connected() == Some(id));
        let moved = slot.is_some_and(|slot| self.advance_downlink(slot, id, now));
        if let Some(socket) = self.sockets.get_mut(id) {
            socket.gate.take_if(|gate| gate.is_idle());
        }
        // Datagrams that were lost on their way are none that wait.
        self.shut_down_if_flushed(id, now);
        moved
    }

    fn advance_downlink(&mut self, slot: usize, id: SocketId, now: Instant) -> bool {
        let unsent = self.sockets.get(id).map_or(0, |socket| socket.unsent());
        let Some(gate) = self.sockets.gate_mut(id) else {
            return false;
        };
        gate.downlink.advance(now);
        let arrived = gate.downlink.arrived();
        gate.downlink.take(arrived);
        let mut moved = arrived > 0;
        if moved {
            self.backlog.push_stream(slot, arrived);
        }
        while let Some(datagram) = self
            .sockets
            .gate_mut(id)
            .and_then(|g| g.downlink.take_datagram())
        {
            self.received_datagram(slot, &datagram);
            moved = true;
        }
        let end = self
            .sockets
            .gate_mut(id)
            .and_then(|gate| gate.end(unsent, now));
        match end {
            None => return moved,
            Some(End::Fin) => self.peer_ended(slot, now),
            Some(End::Reset) => {
                self.event(Event::Struck(FaultKind::ResetPeer));
                self.abort(id);
                self.broke(slot, id);
            }
            // Its end is under way, behind what went over it.
            Some(End::Limit) => self.event(Event::Struck(FaultKind::LimitData)),
        }
        true
    }

    /// The socket said that the peer sends no more. The DTE hears of it when it hears of all that
    /// came before (L3).
    pub(crate) fn peer_ends(&mut self, slot: usize, id: SocketId, now: Instant) {
        match self.sockets.gate_mut(id) {
            None => self.peer_ended(slot, now),
            Some(gate) => {
                if let Some(kind) = gate.enter_end(now) {
                    self.event(Event::Struck(kind));
                }
            }
        }
    }

    /// A payload was accepted: it sets out.
    pub(crate) fn accepted(&mut self, id: SocketId, length: usize, now: Instant) {
        let Some(socket) = self.sockets.get_mut(id) else {
            return;
        };
        let transport = socket.transport();
        let Some(gate) = &mut socket.gate else {
            return;
        };
        match transport {
            Transport::Tcp => {
                let lost = length - gate.uplink.enter(length, now);
                socket.drop_last(lost);
                self.count_unsent(lost);
            }
            Transport::Udp => {
                if let Some(datagram) = socket.take_last() {
                    self.datagram_goes(id, datagram, now);
                }
            }
        }
    }

    /// Whether what the peer sends now is readable only later. Then nothing is that was not printed
    /// yet, and `AT+CIPCLOSE` has nothing to wait for (guide G7.4).
    pub(crate) fn comes_late(&mut self, id: SocketId) -> bool {
        let gate = self.sockets.gate_mut(id);
        gate.is_some_and(|gate| gate.downlink.delays())
    }

    /// Whether an attempt leads nowhere at the moment. A UDP port needs nobody to stand.
    pub(crate) fn is_cut_off(&self, id: SocketId) -> bool {
        let is_tcp = |id| {
            let socket = self.sockets.get(id);
            socket.is_some_and(|socket| socket.transport() == Transport::Tcp)
        };
        self.faults.holds(FaultKind::Down) && is_tcp(id)
    }
}
