//! One attempt as its adapter sees it.

use std::collections::VecDeque;

use simless_at::Instant;
use simless_module::{Module, SocketEvent, SocketId, Transport};

use super::mismatch;

/// One attempt.
pub struct Socket {
    /// The module's name for it.
    pub id: SocketId,
    /// TCP unless it was opened as UDP.
    pub transport: Transport,
    /// Whether it was said to stand.
    pub stands: bool,
    /// Whether it takes no data.
    pub stalled: bool,
    /// What the peer sent and the module did not read yet.
    pub arriving: VecDeque<u8>,
    /// Whether the peer ends it once all of that was read.
    pub ends: bool,
    /// What the peer got and no step named yet; UDP: by datagrams.
    pub sent: VecDeque<Vec<u8>>,
    /// Whether the module does not read it any more.
    is_over: bool,
}

impl Socket {
    /// An attempt that has just begun.
    pub fn new(id: SocketId) -> Self {
        Self {
            id,
            transport: Transport::Tcp,
            stands: false,
            stalled: false,
            arriving: VecDeque::new(),
            ends: false,
            sent: VecDeque::new(),
            is_over: false,
        }
    }

    /// The module shut it down or forgot it: what still arrives is read into nothing.
    pub fn over(&mut self) {
        self.is_over = true;
    }

    /// Gives the module what it has room for.
    pub fn give(&mut self, module: &mut Module, now: Instant) -> bool {
        if self.is_over {
            self.arriving.clear();
        }
        let mut moved = false;
        while !self.arriving.is_empty() {
            let space = module.socket_space(self.id);
            let filled = space.len().min(self.arriving.len());
            if filled == 0 {
                return moved;
            }
            for (to, from) in space.iter_mut().zip(self.arriving.drain(..filled)) {
                *to = from;
            }
            module.socket_filled(self.id, filled, now);
            moved = true;
        }
        if core::mem::take(&mut self.ends) {
            module.handle_socket(self.id, SocketEvent::Ended, now);
            moved = true;
        }
        moved
    }

    /// Takes what the module has for the peer.
    pub fn take(&mut self, module: &mut Module, now: Instant) -> bool {
        let mut moved = false;
        while self.stands && !self.stalled {
            let bytes = module.socket_output(self.id).to_vec();
            if bytes.is_empty() {
                break;
            }
            module.socket_written(self.id, bytes.len(), now);
            match self.sent.back_mut() {
                Some(sent) if self.transport == Transport::Tcp => sent.extend(bytes),
                _ => self.sent.push_back(bytes),
            }
            moved = true;
        }
        moved
    }

    /// The peer got this next.
    pub fn expect(&mut self, expected: &[u8]) -> Result<(), String> {
        let sent = self.sent.pop_front().unwrap_or_default();
        let rest = match self.transport {
            Transport::Tcp => sent.strip_prefix(expected),
            Transport::Udp => return Err(String::from("  a UDP socket sends datagrams")),
        };
        match rest {
            Some([]) => Ok(()),
            Some(rest) => {
                self.sent.push_front(rest.to_vec());
                Ok(())
            }
            None => Err(mismatch("sends", expected, &sent)),
        }
    }

    /// The peer got exactly this datagram next.
    pub fn expect_datagram(&mut self, expected: &[u8]) -> Result<(), String> {
        match (self.transport, self.sent.pop_front()) {
            (Transport::Tcp, _) => Err(String::from("  a TCP socket sends no datagrams")),
            (Transport::Udp, Some(sent)) if sent == expected => Ok(()),
            (Transport::Udp, sent) => Err(mismatch(
                "sends datagram",
                expected,
                &sent.unwrap_or_default(),
            )),
        }
    }

    /// The module left so many of the peer's bytes unread.
    pub fn expect_kept(&self, expected: usize) -> Result<(), String> {
        match self.arriving.len() {
            kept if kept == expected => Ok(()),
            kept => Err(format!(
                "  expected {expected} bytes kept\n       got {kept}"
            )),
        }
    }
}
