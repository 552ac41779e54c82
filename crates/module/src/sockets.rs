//! The sockets a module holds: what the DTE sent lies here until the network took it, also after
//! the link was closed (guide G5.8, G7.4, L1, L4).

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use simless_at::Instant;

use crate::ring::Ring;
use crate::socket_gate::SocketGate;
use crate::{Limits, SocketId, Transport};

pub(crate) struct Sockets {
    list: Vec<Socket>,
    next: u64,
    /// Which faults the gates of these sockets have met; `None`: there is a socket that met none.
    pub(crate) gates_version: Option<u32>,
}

pub(crate) struct Socket {
    pub(crate) id: SocketId,
    transport: Transport,
    phase: Phase,
    /// Accepted bytes, and behind them the payload that is being entered.
    unsent: Option<Ring>,
    /// UDP: the lengths of the datagrams in `unsent`.
    datagrams: VecDeque<u16>,
    /// What faults make of its connection; none without need.
    pub(crate) gate: Option<Box<SocketGate>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// A name is being looked up, or the socket is being connected.
    Opening,
    Open,
    /// Closed by us or by the peer; accepted bytes still go out.
    Flushing {
        until: Instant,
    },
    /// All is out, FIN too; the peer's own is awaited.
    Lingering {
        until: Instant,
    },
}

impl Sockets {
    pub(crate) const fn new() -> Self {
        Self {
            list: Vec::new(),
            next: 1,
            gates_version: None,
        }
    }

    /// A new attempt.
    pub(crate) fn open(&mut self, transport: Transport) -> SocketId {
        let id = SocketId(self.next);
        self.next += 1;
        self.list.push(Socket {
            id,
            transport,
            phase: Phase::Opening,
            unsent: None,
            datagrams: VecDeque::new(),
            gate: None,
        });
        id
    }

    /// The connection stands: from now on it can send.
    pub(crate) fn opened(&mut self, id: SocketId, limits: &Limits) {
        self.gates_version = None;
        if let Some(socket) = self.get_mut(id) {
            socket.phase = Phase::Open;
            // Room for the unsent bytes, for one payload behind them, and for the gap that keeps
            // that payload in one piece.
            socket.unsent = Some(Ring::new(limits.unsent + 2 * limits.send));
        }
    }

    pub(crate) fn get(&self, id: SocketId) -> Option<&Socket> {
        self.list.iter().find(|socket| socket.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: SocketId) -> Option<&mut Socket> {
        self.list.iter_mut().find(|socket| socket.id == id)
    }

    pub(crate) fn forget(&mut self, id: SocketId) {
        self.list.retain(|socket| socket.id != id);
    }

    /// The gate of a connection that faults concern.
    pub(crate) fn gate_mut(&mut self, id: SocketId) -> Option<&mut SocketGate> {
        self.get_mut(id)?.gate.as_deref_mut()
    }

    /// The next socket behind `last` that can carry something.
    pub(crate) fn next_standing(&mut self, last: SocketId) -> Option<&mut Socket> {
        let is_next = |socket: &&mut Socket| {
            let stands = matches!(socket.phase, Phase::Open | Phase::Flushing { .. });
            stands && socket.id > last
        };
        self.list.iter_mut().find(is_next)
    }

    /// Whether faults concern any of them.
    pub(crate) fn are_gated(&self) -> bool {
        self.list.iter().any(|socket| socket.gate.is_some())
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = SocketId> {
        self.list.iter().map(|socket| socket.id)
    }

    /// The numbers go on where `old` was, so that none is used twice.
    pub(crate) fn continue_after(&mut self, old: &Self) {
        self.next = old.next;
    }

    /// Whether a socket has sent its FIN and awaits the peer's.
    pub(crate) fn is_lingering(&self, id: SocketId) -> bool {
        self.get(id)
            .is_some_and(|socket| matches!(socket.phase, Phase::Lingering { .. }))
    }

    /// Closed connections that still have bytes to send.
    pub(crate) fn flushing(&self) -> usize {
        let is_flushing = |socket: &&Socket| matches!(socket.phase, Phase::Flushing { .. });
        self.list.iter().filter(is_flushing).count()
    }

    /// The longest-lingering socket, when more than `limit` have been closed and not yet ended.
    pub(crate) fn surplus(&self, limit: usize) -> Option<SocketId> {
        let lingering = |socket: &&Socket| matches!(socket.phase, Phase::Lingering { .. });
        let mut lingering = self.list.iter().filter(lingering);
        let oldest = lingering.next()?.id;
        (lingering.count() >= limit).then_some(oldest)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let gates = self.list.iter().filter_map(|socket| {
            let gate = socket.gate.as_ref()?;
            gate.deadline()
        });
        let own = self.list.iter().filter_map(Socket::deadline);
        own.chain(gates).min()
    }

    /// A closed socket whose time is over.
    pub(crate) fn expired(&self, now: Instant) -> Option<&Socket> {
        let is_over = |socket: &&Socket| socket.deadline().is_some_and(|until| now >= until);
        self.list.iter().find(is_over)
    }
}

impl Socket {
    pub(crate) fn transport(&self) -> Transport {
        self.transport
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// What the network shall take next: of a UDP socket exactly one datagram.
    pub(crate) fn output(&self) -> &[u8] {
        let run = self.unsent.as_ref().map_or(&[][..], |ring| ring.runs()[0]);
        match (self.datagrams.front(), &self.gate) {
            // One that was accepted before there was a gate goes first.
            (Some(length), _) => &run[..usize::from(*length)],
            (None, None) => run,
            (None, Some(gate)) => match self.transport {
                Transport::Tcp => &run[..run.len().min(gate.uplink.arrived())],
                Transport::Udp => gate.uplink.datagram(),
            },
        }
    }

    /// The network took `n` bytes; of a UDP socket one datagram.
    pub(crate) fn written(&mut self, n: usize) {
        if n == 0 {
            return;
        }
        let n = match (self.datagrams.pop_front(), &mut self.gate, self.transport) {
            (Some(length), ..) => usize::from(length),
            (None, Some(gate), Transport::Udp) => return drop(gate.uplink.take_datagram()),
            (None, Some(gate), Transport::Tcp) => {
                gate.uplink.take(n);
                n
            }
            (None, None, _) => n,
        };
        if let Some(ring) = &mut self.unsent {
            ring.consume(n);
        }
    }

    /// Accepted bytes that the network has not taken yet.
    pub(crate) fn unsent(&self) -> usize {
        let under_way = self.gate.as_ref().map_or(0, |gate| gate.uplink.held());
        self.unsent.as_ref().map_or(0, Ring::len) + under_way
    }

    /// While a payload is entered: where it goes.
    pub(crate) fn payload(&mut self) -> Option<&mut Ring> {
        self.unsent.as_mut().filter(|_| self.phase == Phase::Open)
    }

    /// Makes the entered payload part of what is sent, when there is room for it; gives its size.
    pub(crate) fn accept(&mut self, limits: &Limits) -> Option<usize> {
        let transport = self.transport;
        let has_mark = self.datagrams.len() < limits.datagrams;
        let length = self.payload()?.staged();
        let has_way = self.gate.as_ref().is_none_or(|gate| {
            transport == Transport::Tcp || gate.uplink.has_room_for(length, limits.unsent)
        });
        let ring = self.payload()?;
        if ring.len() + length > limits.unsent || !has_mark || !has_way {
            return None;
        }
        ring.commit();
        if transport == Transport::Udp {
            self.datagrams
                .push_back(u16::try_from(length).unwrap_or(u16::MAX));
        }
        Some(length)
    }

    /// Takes the datagram that was accepted last.
    pub(crate) fn take_last(&mut self) -> Option<Box<[u8]>> {
        let length = usize::from(self.datagrams.pop_back()?);
        let ring = self.unsent.as_mut()?;
        let rest = ring.len() - length;
        // A datagram is never split.
        let datagram = ring.range(rest, length).concat().into_boxed_slice();
        ring.truncate(rest);
        Some(datagram)
    }

    /// Drops the last `n` bytes that were accepted.
    pub(crate) fn drop_last(&mut self, n: usize) {
        if let Some(ring) = &mut self.unsent {
            ring.truncate(ring.len() - n);
        }
    }

    /// Where to read what nobody wants any more: a peer that is not read may stop reading.
    pub(crate) fn waste(&mut self) -> &mut [u8] {
        match (&mut self.unsent, self.phase) {
            (Some(ring), Phase::Flushing { .. }) if self.transport == Transport::Tcp => {
                ring.space()
            }
            _ => &mut [],
        }
    }

    /// No more is accepted; what was goes out until then. Gives how many bytes of it never will.
    pub(crate) fn flush(&mut self, until: Instant) -> usize {
        self.phase = Phase::Flushing { until };
        if let Some(ring) = &mut self.unsent {
            ring.discard();
        }
        let Some(gate) = &mut self.gate else {
            return 0;
        };
        gate.close();
        if self.transport == Transport::Udp && self.datagrams.is_empty() {
            // What is under way has bytes of its own.
            self.unsent = None;
        }
        match &mut self.unsent {
            Some(ring) if gate.is_cut() => {
                let lost = ring.len() - gate.uplink.arrived();
                ring.truncate(gate.uplink.arrived());
                gate.uplink.lose();
                lost
            }
            _ => 0,
        }
    }

    /// Whether everything is out and the FIN is due.
    pub(crate) fn is_flushed(&self) -> bool {
        matches!(self.phase, Phase::Flushing { .. }) && self.unsent() == 0
    }

    /// The FIN goes out; the peer's own is awaited until then.
    pub(crate) fn linger(&mut self, until: Instant) {
        self.phase = Phase::Lingering { until };
        self.unsent = None;
        self.gate = None;
    }

    fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Opening | Phase::Open => None,
            Phase::Flushing { until } | Phase::Lingering { until } => Some(until),
        }
    }
}
