//! An adapter that keeps to the module's contract, with a world behind it that keeps to nothing.

mod peers;
mod reading;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use simless_at::{Instant, IpState};
use simless_module::{Config, Control, Happening, Module, SocketEvent, SocketId, Transport};

use crate::answers::answer;
use crate::dte::Dte;
use crate::ledger::Ledger;
use crate::metered::Metered;
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
    pub(crate) module: Metered,
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
    /// Reads along while it knows how the module speaks.
    dte: Option<Dte>,
    /// How many bytes the DTE has read, and how many it was read along with.
    printed: usize,
    heard: usize,
    /// All that came out: for the DTE, for peers, and what was asked.
    pub(crate) log: Vec<u8>,
    output_limit: usize,
}

impl Adapter {
    pub(crate) fn new(config: Config, cut: Cut) -> Self {
        Self {
            output_limit: config.profile.limits.received + TEXT_LIMIT,
            module: Metered::new(|| Module::new(Arc::new(config))),
            now: Instant::ZERO,
            cut,
            sending: VecDeque::new(),
            dte_reads: usize::MAX,
            bite: usize::MAX,
            answers: 0,
            sockets: BTreeMap::new(),
            ledger: Ledger::default(),
            dte: None,
            printed: 0,
            heard: 0,
            log: Vec::new(),
        }
    }

    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.sending
            .extend(bytes.iter().copied().map(Ledger::for_dte));
    }

    pub(crate) fn control(&mut self, control: Control) {
        if control == Control::Happens(Happening::PowerCycle) {
            self.sending.clear();
            self.ledger.power_cycled();
            self.dte = None;
        }
        let now = self.now;
        let dte_left = control == Control::DteLeft;
        self.module
            .call(|module| module.handle_control(control, now));
        self.attend();
        if dte_left && let Some(dte) = &mut self.dte {
            dte.left();
        }
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
        let mut any = false;
        while !self.sending.is_empty() {
            let chunk = match self.cut {
                Cut::Whole => self.sending.len(),
                Cut::Bytes => 1,
            };
            let (now, sending) = (self.now, &self.sending.make_contiguous()[..chunk]);
            let n = self.module.call(|module| module.handle_uart(sending, now));
            assert!(n <= chunk, "it took more than there was");
            self.ledger.said(&sending[..n]);
            let byte = sending[0];
            self.sending.drain(..n);
            self.hear((n > 0).then_some(byte));
            any |= n > 0;
            if n < chunk {
                break;
            }
        }
        self.attend();
        any
    }

    fn serve_timeout(&mut self) -> bool {
        let due = self.module.poll_timeout().is_some_and(|at| at <= self.now);
        if due {
            let now = self.now;
            self.module.call(|module| module.handle_timeout(now));
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
        self.printed += output.len();
        let (now, n) = (self.now, output.len());
        self.module.call(|module| module.uart_written(n, now));
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
                let (ledger, most) = (&mut self.ledger, socket.waiting.min(bite));
                let mut bytes = vec![0; most];
                let n = self.module.call(|module| {
                    let space = module.socket_space(id);
                    let n = space.len().min(most);
                    ledger.peer_bytes(&mut bytes[..n]);
                    space[..n].copy_from_slice(&bytes[..n]);
                    n
                });
                if n == 0 {
                    break;
                }
                bytes.truncate(n);
                socket.waiting -= n;
                let before = self.module.snapshot();
                let (state, received) = (before.state, before.counters.received);
                let now = self.now;
                self.module.call(|module| module.socket_filled(id, n, now));
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
                let (now, n) = (self.now, output.len());
                self.module.call(|module| module.socket_written(id, n, now));
                self.attend();
                moved = true;
            }
        }
        moved
    }

    /// Does what the module asks for: after every call into it.
    fn attend(&mut self) {
        for _ in 0..REQUEST_LIMIT {
            let answers = self.answers;
            let (log, sockets) = (&mut self.log, &mut self.sockets);
            let asked = self.module.call(|module| {
                let request = module.poll_request()?;
                let mut answered = None;
                // What is written down here is not the module's.
                allocation_counter::opt_out(|| {
                    let _ = write!(Text(log), "[{request:?}]");
                    answered = answer(request, answers, sockets);
                });
                Some(answered)
            });
            let Some(answer) = asked else {
                while self.module.call(|module| module.poll_event()).is_some() {}
                return self.hear(None);
            };
            if let Some((id, event)) = answer {
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
        let now = self.now;
        self.module
            .call(|module| module.handle_socket(id, event, now));
    }

    /// What is true whenever nothing moves.
    fn check(&self) {
        let state = self.module.snapshot().state;
        assert_eq!(IpState::parse(state.name()), Some(state), "P11");
        if let Some(at) = self.module.poll_timeout() {
            assert!(at > self.now, "P3: a deadline in the past");
        }
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
