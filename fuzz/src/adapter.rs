//! An adapter that keeps to the module's contract, with a world behind it that keeps to nothing.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use simless_at::{Instant, IpState};
use simless_module::{Config, Control, Happening, Module, SocketEvent, SocketId, Transport};

use crate::answers::{ADDRESS, answer};
use crate::decode::Event;
use crate::ledger::Ledger;
use crate::socket::{Socket, Stage};

/// Rounds that one settling may take: at least a byte moves in each.
const PATIENCE: usize = 200_000;
/// Deadlines that may be served at one instant before anything else moves.
const DEADLINES: usize = 100;
/// Text that may wait for the DTE, beside received data.
const TEXT_LIMIT: usize = 16 * 1024;
/// Requests that one call may leave behind.
const REQUEST_LIMIT: usize = 64;
/// What peers may send that waits: more would only take longer.
const PEER_LIMIT: usize = 32 * 1024;

/// How the DTE's bytes reach the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// As they come.
    Whole,
    /// One by one.
    Bytes,
}

pub(crate) struct Adapter {
    pub(crate) module: Module,
    now: Instant,
    cut: Cut,
    /// What the DTE said and the module did not take yet.
    sending: VecDeque<u8>,
    /// How many bytes the DTE reads before it stops.
    pub(crate) dte_reads: usize,
    /// The most bytes that go through at once.
    pub(crate) bite: usize,
    /// How the world answers requests.
    pub(crate) answers: u8,
    sockets: BTreeMap<SocketId, Socket>,
    pub(crate) ledger: Ledger,
    /// All that came out: for the DTE, for peers, and what was asked.
    pub(crate) log: Vec<u8>,
    output_limit: usize,
}

impl Adapter {
    pub(crate) fn new(config: Config, cut: Cut) -> Self {
        Self {
            output_limit: config.profile.limits.received + TEXT_LIMIT,
            module: Module::new(Arc::new(config)),
            now: Instant::ZERO,
            cut,
            sending: VecDeque::new(),
            dte_reads: usize::MAX,
            bite: usize::MAX,
            answers: 0,
            sockets: BTreeMap::new(),
            ledger: Ledger::default(),
            log: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.sending
            .extend(bytes.iter().copied().map(Ledger::for_dte));
    }

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

    pub(crate) fn control(&mut self, control: Control) {
        if control == Control::Happens(Happening::PowerCycle) {
            self.sending.clear();
            self.ledger.power_cycled();
        }
        self.module.handle_control(control, self.now);
        self.attend();
    }

    pub(crate) fn everybody_reads(&mut self) {
        self.sending.clear();
        (self.dte_reads, self.bite) = (usize::MAX, usize::MAX);
        self.answers = 0;
        for socket in self.sockets.values_mut() {
            socket.reads = true;
        }
    }

    /// Time passes; every deadline on the way is served at its moment.
    pub(crate) fn pass(&mut self, duration: Duration) {
        self.settle();
        let until = self.now + duration;
        while let Some(at) = self.module.poll_timeout().filter(|at| *at <= until) {
            assert!(at > self.now, "P3: a deadline in the past");
            self.now = at;
            self.settle();
        }
        self.now = until;
        self.settle();
    }

    /// Does all that is due at this moment.
    pub(crate) fn settle(&mut self) {
        let mut deadlines = 0;
        for _ in 0..PATIENCE {
            let moved = [
                self.feed_sockets(),
                self.offer(),
                self.read_output(),
                self.drain_sockets(),
            ];
            deadlines = if moved.contains(&true) {
                0
            } else {
                deadlines + 1
            };
            if !self.serve_timeout() && deadlines > 0 {
                return self.check();
            }
            assert!(deadlines < DEADLINES, "P3: a deadline that moves nothing");
        }
        panic!("P3: it never settles");
    }

    /// Offers the module what the DTE said; gives whether it took any.
    pub(crate) fn offer(&mut self) -> bool {
        let sending = self.sending.make_contiguous();
        let mut taken = 0;
        while taken < sending.len() {
            let rest = &sending[taken..];
            let chunk = match self.cut {
                Cut::Whole => rest,
                Cut::Bytes => &rest[..1],
            };
            let n = self.module.handle_uart(chunk, self.now);
            assert!(n <= chunk.len(), "it took more than there was");
            taken += n;
            if n < chunk.len() || self.cut == Cut::Whole {
                break;
            }
        }
        self.ledger.said(&sending[..taken]);
        self.sending.drain(..taken);
        self.attend();
        taken > 0
    }

    fn serve_timeout(&mut self) -> bool {
        let due = self.module.poll_timeout().is_some_and(|at| at <= self.now);
        if due {
            self.module.handle_timeout(self.now);
            self.attend();
        }
        due
    }

    fn read_output(&mut self) -> bool {
        let mut slices = [&[][..]; 64];
        let count = self.module.uart_output(&mut slices);
        let mut output = slices[..count].concat();
        let waiting = output.len();
        assert!(
            waiting <= self.output_limit,
            "P4: {waiting} bytes wait for the DTE"
        );
        output.truncate(self.bite.min(self.dte_reads));
        if output.is_empty() {
            return false;
        }
        if self.dte_reads != usize::MAX {
            self.dte_reads -= output.len();
        }
        self.ledger.printed(&output);
        self.log.extend(&output);
        self.module.uart_written(output.len(), self.now);
        self.attend();
        true
    }

    fn feed_sockets(&mut self) -> bool {
        let ids: Vec<_> = self.sockets.keys().copied().collect();
        let standing = self.sockets.values().filter(|s| s.stands()).count();
        let mut moved = false;
        for id in ids {
            let bite = self.bite;
            while let Some(socket) = self.sockets.get_mut(&id).filter(|s| s.stands()) {
                let space = self.module.socket_space(id);
                let n = space.len().min(socket.waiting).min(bite);
                if n == 0 {
                    break;
                }
                self.ledger.peer_bytes(&mut space[..n]);
                let bytes = space[..n].to_vec();
                socket.waiting -= n;
                let before = self.module.snapshot();
                let (state, received) = (before.state, before.counters.received);
                self.module.socket_filled(id, n, self.now);
                let counted = self.received() - received;
                // What is left of closed connections stands, too, and nobody wants its data.
                let is_wanted = state == IpState::ConnectOk && standing == 1;
                assert!(
                    counted > 0 || !is_wanted,
                    "L3: a connection's data is dropped"
                );
                self.ledger.received(&bytes, counted);
                self.attend();
                moved = true;
            }
            if let Some(socket) = self.sockets.get_mut(&id)
                && socket.ends
                && socket.waiting == 0
            {
                socket.ends = false;
                self.event(id, SocketEvent::Ended);
                moved = true;
            }
        }
        moved
    }

    fn drain_sockets(&mut self) -> bool {
        let ids: Vec<_> = self.sockets.keys().copied().collect();
        let mut moved = false;
        for id in ids {
            while let Some(socket) = self.sockets.get_mut(&id).filter(|s| s.reads && s.stands()) {
                let output = self.module.socket_output(id);
                let bite = match socket.transport {
                    Transport::Tcp => self.bite,
                    Transport::Udp => usize::MAX,
                };
                let output = output[..output.len().min(bite)].to_vec();
                if output.is_empty() {
                    break;
                }
                self.ledger.got(socket, &output, &self.module.snapshot());
                let _ = write!(Text(&mut self.log), "[{id}:");
                self.log.extend(&output);
                self.log.push(b']');
                self.module.socket_written(id, output.len(), self.now);
                self.attend();
                moved = true;
            }
        }
        moved
    }

    /// Does what the module asks for: after every call into it.
    fn attend(&mut self) {
        for _ in 0..REQUEST_LIMIT {
            let Some(request) = self.module.poll_request() else {
                while self.module.poll_event().is_some() {}
                return;
            };
            let _ = write!(Text(&mut self.log), "[{request:?}]");
            if let Some((id, event)) = answer(request, self.answers, &mut self.sockets) {
                self.tell(id, event);
            }
        }
        panic!("P4: there is no end of requests");
    }

    fn event(&mut self, id: SocketId, event: SocketEvent<'_>) {
        self.tell(id, event);
        self.attend();
    }

    /// Reports an event, after which the attempt may be over.
    fn tell(&mut self, id: SocketId, event: SocketEvent<'_>) {
        if let Some(socket) = self.sockets.get_mut(&id) {
            let is_over = match (socket.stage, event) {
                (_, SocketEvent::Reset) | (Stage::Ending, SocketEvent::Ended) => true,
                (
                    Stage::Resolving | Stage::Connecting,
                    SocketEvent::Unresolved | SocketEvent::Refused | SocketEvent::Unreachable,
                ) => true,
                (Stage::Connecting, SocketEvent::Connected) => {
                    socket.stage = Stage::Open;
                    false
                }
                _ => false,
            };
            if is_over {
                self.sockets.remove(&id);
            }
        }
        self.module.handle_socket(id, event, self.now);
    }

    /// What is true whenever nothing moves.
    fn check(&self) {
        let state = self.module.snapshot().state;
        assert_eq!(IpState::parse(state.name()), Some(state), "P11");
        if let Some(at) = self.module.poll_timeout() {
            assert!(at > self.now, "P3: a deadline in the past");
        }
    }

    /// One of the sockets that stand, the newest first.
    fn standing(&self, which: u8) -> Option<SocketId> {
        let stand = self.sockets.iter().filter(|(_, socket)| socket.stands());
        let ids: Vec<_> = stand.map(|(id, _)| *id).collect();
        let index = usize::from(which).checked_rem(ids.len())?;
        Some(ids[ids.len() - 1 - index])
    }

    fn received(&self) -> u64 {
        self.module.snapshot().counters.received
    }
}

/// Text appended to bytes.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
