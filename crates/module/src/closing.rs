//! The ends of connections, and what still has to go out after them (guide G7.4, G9.1, L4).

use simless_at::{Instant, Urc};

use crate::equipment::{Ask, Equipment};
use crate::link::{Closing, LinkState};
use crate::{Dropped, Event, SocketId, Transport};

impl Equipment {
    /// Closes a connection that stands: accepted bytes still go out, then FIN (guide G7.4, L4).
    pub(crate) fn close(&mut self, slot: usize, now: Instant) {
        if let Some(socket) = self.links[slot].connected() {
            self.leave(slot, socket);
            self.flush(socket, now);
        }
    }

    /// The link has no connection any more. What was under way to it is dropped: the peer's bytes
    /// that a fault makes late were not readable yet, so `AT+CIPCLOSE` does not wait for them
    /// (guide G7.4), and a reset destroys them as it does what lies unread.
    fn leave(&mut self, slot: usize, socket: SocketId) {
        let gate = self.sockets.gate_mut(socket);
        let under_way = gate.map_or(0, |gate| gate.downlink.under_way());
        let link = &mut self.links[slot];
        if let Some(ring) = &mut link.received {
            ring.truncate(ring.len() - under_way);
        }
        link.state = LinkState::Closed;
        link.closing = Closing::No;
    }

    /// The server ended a connection that stood (guide G9.1).
    pub(crate) fn peer_ended(&mut self, slot: usize, now: Instant) {
        self.report_end(slot);
        self.close(slot, now);
    }

    /// A connection that stood broke (guide G9.1).
    pub(crate) fn broke(&mut self, slot: usize, socket: SocketId) {
        self.report_end(slot);
        self.leave(slot, socket);
        self.lose_unsent(socket);
    }

    /// Unless the DTE is about to end it by itself (P28).
    fn report_end(&mut self, slot: usize) {
        if self.links[slot].closing == Closing::No {
            self.urc(Urc::Closed);
        }
    }

    /// The adapter counted what can be read. Datagrams have no count: it has handed them over.
    pub(crate) fn count_unread(&mut self, slot: usize, socket: SocketId, n: usize) {
        let transport = self.sockets.get(socket).map(|socket| socket.transport());
        if self.links[slot].closing == Closing::Counting {
            self.links[slot].closing = match transport {
                Some(Transport::Tcp) => Closing::Unread(n),
                _ => Closing::Unread(0),
            };
        }
    }

    fn flush(&mut self, socket: SocketId, now: Instant) {
        let until = now + self.config.profile.guards.flush;
        let lost = self.sockets.get_mut(socket).map(|s| s.flush(until));
        self.count_unsent(lost.unwrap_or_default());
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
        self.abort(id);
    }

    /// Forgets a socket; bytes that were accepted and never sent are counted.
    pub(crate) fn lose_unsent(&mut self, id: SocketId) {
        let unsent = self.sockets.get(id).map_or(0, |socket| socket.unsent());
        self.sockets.forget(id);
        self.count_unsent(unsent);
    }

    /// So many accepted bytes will never be sent.
    pub(crate) fn count_unsent(&mut self, n: usize) {
        if n > 0 {
            self.counters.unsent += n as u64;
            self.event(Event::Dropped(Dropped::Unsent));
        }
    }
}
