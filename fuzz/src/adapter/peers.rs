//! What peers do, and what is reported of sockets, true or not.

use simless_module::{SocketEvent, SocketId, Transport};

use super::{Adapter, PEER_LIMIT};
use crate::answers::ADDRESS;
use crate::decode::Event;

impl Adapter {
    pub(crate) fn peer_sends(&mut self, socket: u8, n: usize) {
        let Some(id) = self.standing(socket) else {
            return;
        };
        let Some(socket) = self.sockets.get_mut(&id) else {
            return;
        };
        if socket.transport == Transport::Udp {
            let mut datagram = vec![0; n];
            self.ledger.peer_bytes(&mut datagram);
            let received = self.received();
            self.event(id, SocketEvent::Datagram(&datagram));
            self.ledger.received(&datagram, self.received() - received);
        } else if !socket.ends {
            socket.waiting = (socket.waiting + n).min(PEER_LIMIT);
        }
    }

    pub(crate) fn peer_ends(&mut self, socket: u8) {
        let id = self.standing(socket);
        if let Some(socket) = id.and_then(|id| self.sockets.get_mut(&id)) {
            socket.ends = socket.transport == Transport::Tcp;
        }
    }

    pub(crate) fn peer_reads(&mut self, socket: u8) {
        let id = self.standing(socket);
        if let Some(socket) = id.and_then(|id| self.sockets.get_mut(&id)) {
            socket.reads = !socket.reads;
        }
    }

    /// Reports what may be a lie, of a socket that may not exist.
    pub(crate) fn report(&mut self, id: u8, event: Event) {
        let newest = self.sockets.keys().next_back().copied();
        let id = match (id, newest) {
            (0x80.., Some(newest)) => newest,
            _ => SocketId(id.into()),
        };
        let event = match event {
            Event::Resolved => SocketEvent::Resolved(ADDRESS),
            Event::Unresolved => SocketEvent::Unresolved,
            Event::Connected => SocketEvent::Connected,
            Event::Refused => SocketEvent::Refused,
            Event::Unreachable => SocketEvent::Unreachable,
            Event::Datagram => return self.stray_datagram(id),
            Event::Unread => SocketEvent::Unread(7),
            Event::Ended => SocketEvent::Ended,
            Event::Reset => SocketEvent::Reset,
        };
        self.event(id, event);
    }

    fn stray_datagram(&mut self, id: SocketId) {
        let mut datagram = [0; 9];
        self.ledger.peer_bytes(&mut datagram);
        let received = self.received();
        self.event(id, SocketEvent::Datagram(&datagram));
        self.ledger.received(&datagram, self.received() - received);
    }

    /// One of the sockets that stand, the newest first.
    fn standing(&self, which: u8) -> Option<SocketId> {
        let stand = self.sockets.iter().filter(|(_, socket)| socket.stands());
        let ids: Vec<_> = stand.map(|(id, _)| *id).collect();
        let index = usize::from(which).checked_rem(ids.len())?;
        Some(ids[ids.len() - 1 - index])
    }
}
