//! The network behind a module, which does as it is told.

use std::collections::{BTreeMap, VecDeque};

use simless_at::Instant;
use simless_module::{Module, Request, SocketEvent, SocketId, Transport};

/// The network behind the module.
pub struct Net {
    pub connects: Connects,
    pub resolves: bool,
    pub peers: BTreeMap<SocketId, Peer>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Connects {
    Accepted,
    Refused,
    Unanswered,
}

/// The far end of a connection.
#[derive(Default)]
pub struct Peer {
    pub got: Vec<u8>,
    pub(super) sends: VecDeque<u8>,
    pub(super) datagrams: VecDeque<Vec<u8>>,
    is_udp: bool,
    pub(super) ends: bool,
    /// It takes nothing.
    pub stalls: bool,
}

impl Net {
    pub(super) fn answer(
        &mut self,
        request: Request<'_>,
    ) -> Option<(SocketId, SocketEvent<'static>)> {
        Some(match request {
            Request::Resolve { id, .. } if self.resolves => {
                (id, SocketEvent::Resolved([198, 51, 100, 7].into()))
            }
            Request::Resolve { id, .. } => (id, SocketEvent::Unresolved),
            Request::Connect { id, transport, .. } => match self.connects {
                Connects::Accepted => {
                    let peer = Peer {
                        is_udp: transport == Transport::Udp,
                        ..Peer::default()
                    };
                    self.peers.insert(id, peer);
                    (id, SocketEvent::Connected)
                }
                Connects::Refused => (id, SocketEvent::Refused),
                Connects::Unanswered => return None,
            },
            Request::CountUnread { id } => {
                let unread = self.peers.get(&id).map_or(0, |peer| peer.sends.len());
                (id, SocketEvent::Unread(unread))
            }
            Request::Shutdown { id } => (id, SocketEvent::Ended),
            Request::Abort { .. } => return None,
        })
    }
}

impl Peer {
    pub(super) fn serve(&mut self, id: SocketId, module: &mut Module, now: Instant) -> bool {
        let mut moved = false;
        let output = module.socket_output(id).to_vec();
        if !self.stalls && !output.is_empty() {
            module.socket_written(id, output.len(), now);
            self.got.extend(&output);
            moved = true;
        }
        if self.is_udp {
            if let Some(datagram) = self.datagrams.pop_front() {
                module.handle_socket(id, SocketEvent::Datagram(&datagram), now);
                moved = true;
            }
            return moved;
        }
        let space = module.socket_space(id);
        let n = space.len().min(self.sends.len());
        if n > 0 {
            space[..n].copy_from_slice(&self.sends.make_contiguous()[..n]);
            self.sends.drain(..n);
            module.socket_filled(id, n, now);
            moved = true;
        }
        if self.ends && self.sends.is_empty() {
            self.ends = false;
            module.handle_socket(id, SocketEvent::Ended, now);
            moved = true;
        }
        moved
    }
}
