//! A network behind a module, which does as it is told.

use std::collections::{BTreeMap, VecDeque};

use simless_driver::Instant;
use simless_module::{Module, Request, SocketEvent, SocketId, Transport};

/// The far end of a connection: what it answers to what it gets.
pub type Server = Box<dyn FnMut(&[u8]) -> Vec<u8>>;

/// The network.
pub struct Net {
    pub connects: Connects,
    pub resolves: bool,
    pub peers: BTreeMap<SocketId, Peer>,
    server: Box<dyn FnMut() -> Server>,
}

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Connects {
    Accepted,
    Refused,
    Unanswered,
}

/// The far end of a connection.
pub struct Peer {
    server: Server,
    pub got: Vec<u8>,
    pub sends: VecDeque<u8>,
    pub datagrams: VecDeque<Vec<u8>>,
    is_udp: bool,
    pub ends: bool,
    /// It takes nothing.
    pub stalls: bool,
}

impl Net {
    /// One with these servers.
    pub fn new(server: impl FnMut() -> Server + 'static) -> Self {
        Self {
            connects: Connects::Accepted,
            resolves: true,
            peers: BTreeMap::new(),
            server: Box::new(server),
        }
    }

    /// The newest connection's far end.
    pub fn peer(&mut self) -> &mut Peer {
        self.peers.values_mut().next_back().expect("a peer")
    }

    /// Does what the module asks for, and moves bytes; gives whether anything happened.
    pub fn serve(&mut self, module: &mut Module, now: Instant) -> bool {
        let mut answers = Vec::new();
        let mut moved = false;
        while let Some(request) = module.poll_request() {
            moved = true;
            answers.extend(self.answer(request));
        }
        for (id, event) in answers {
            module.handle_socket(id, event, now);
        }
        for (&id, peer) in &mut self.peers {
            moved |= peer.serve(id, module, now);
        }
        moved
    }

    fn answer(&mut self, request: Request<'_>) -> Option<(SocketId, SocketEvent<'static>)> {
        Some(match request {
            Request::Resolve { id, .. } if self.resolves => {
                (id, SocketEvent::Resolved([198, 51, 100, 7].into()))
            }
            Request::Resolve { id, .. } => (id, SocketEvent::Unresolved),
            Request::Connect { id, transport, .. } => match self.connects {
                Connects::Accepted => {
                    self.peers.insert(id, Peer::new(transport, (self.server)()));
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
    fn new(transport: Transport, server: Server) -> Self {
        Self {
            server,
            got: Vec::new(),
            sends: VecDeque::new(),
            datagrams: VecDeque::new(),
            is_udp: transport == Transport::Udp,
            ends: false,
            stalls: false,
        }
    }

    fn serve(&mut self, id: SocketId, module: &mut Module, now: Instant) -> bool {
        let mut moved = false;
        let output = module.socket_output(id).to_vec();
        if !self.stalls && !output.is_empty() {
            module.socket_written(id, output.len(), now);
            self.gets(&output);
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

    fn gets(&mut self, bytes: &[u8]) {
        self.got.extend(bytes);
        let answer = (self.server)(bytes);
        match self.is_udp {
            true if answer.is_empty() => {}
            true => self.datagrams.push_back(answer),
            false => self.sends.extend(&answer),
        }
    }
}
