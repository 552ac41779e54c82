//! The module, watched: what struck and what was dropped; and, when asked for, every step.
//!
//! What it says and asks for after each input is taken at once, so that a session can be played
//! again step by step.

use std::collections::VecDeque;
use std::net::SocketAddr;

use simless_at::{Instant, IpState};
use simless_module::{
    Control, Dropped, Event, FaultKind, Module, Request, Snapshot, SocketEvent, SocketId, Transport,
};
use simless_trace::{Line, Observed, Observer, Record, Step};

/// The module.
pub(crate) struct Modem {
    observed: Observed<Watch>,
    /// What it asked for.
    asks: VecDeque<Ask>,
}

/// What the module asks for, without borrowing from it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    Resolve(SocketId),
    /// UDP or not, and where to.
    Connect(SocketId, bool, SocketAddr),
    Count(SocketId),
    Shutdown(SocketId),
    Abort(SocketId),
}

/// What happened in the module since it was looked at.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) struck: Vec<FaultKind>,
    /// Bytes under OK were dropped, or the context was lost.
    pub(crate) has_lost: bool,
    /// The session, when it is wanted.
    pub(crate) trace: Option<Vec<Line>>,
}

impl Modem {
    pub(crate) fn new(module: Module, trace: Option<Vec<Line>>) -> Self {
        let watch = Watch {
            trace,
            ..Watch::default()
        };
        Self {
            observed: Observed::new(module, watch),
            asks: VecDeque::new(),
        }
    }

    pub(crate) fn handle_uart(&mut self, rx: &[u8], now: Instant) -> usize {
        let n = self.observed.handle_uart(rx, now);
        // A byte that was only seen ends a line whose CR came before it.
        self.came(now);
        n
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> bool {
        let was_due = self.observed.handle_timeout(now);
        if was_due {
            self.came(now);
        }
        was_due
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.observed.poll_timeout()
    }

    pub(crate) fn uart_output<'a>(&'a self, out: &mut [&'a [u8]]) -> usize {
        self.observed.uart_output(out)
    }

    pub(crate) fn uart_written(&mut self, n: usize, now: Instant) {
        self.observed.uart_written(n, now);
        self.came(now);
    }

    pub(crate) fn handle_socket(&mut self, id: SocketId, event: SocketEvent<'_>, now: Instant) {
        self.observed.handle_socket(id, event, now);
        self.came(now);
    }

    pub(crate) fn read_socket(
        &mut self,
        id: SocketId,
        now: Instant,
        read: impl FnOnce(&mut [u8]) -> usize,
    ) {
        let mut has_read = false;
        self.observed.read_socket(id, now, |space| {
            let n = read(space);
            has_read = n > 0;
            n
        });
        if has_read {
            self.came(now);
        }
    }

    /// Whether it has said all that it had to say, and has nothing to do.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.observed.snapshot().at_rest
    }

    pub(crate) fn socket_output(&self, id: SocketId) -> &[u8] {
        self.observed.socket_output(id)
    }

    pub(crate) fn socket_written(&mut self, id: SocketId, n: usize, now: Instant) {
        self.observed.socket_written(id, n, now);
        self.came(now);
    }

    pub(crate) fn handle_control(&mut self, control: Control, now: Instant) {
        self.observed.handle_control(control, now);
        self.came(now);
    }

    pub(crate) fn next_ask(&mut self) -> Option<Ask> {
        self.asks.pop_front()
    }

    pub(crate) fn watch(&mut self) -> &mut Watch {
        self.observed.observer()
    }

    /// A remark, for who reads the session.
    pub(crate) fn remark(&mut self, now: Instant, text: impl FnOnce() -> String) {
        self.observed.port(now, text);
    }

    pub(crate) fn end(&mut self, now: Instant) {
        self.observed.end(now);
    }

    fn came(&mut self, now: Instant) {
        self.observed.report(now);
        while let Some(request) = self.observed.poll_request(now) {
            self.asks.push_back(Ask::from(request));
        }
    }
}

impl From<Request<'_>> for Ask {
    fn from(request: Request<'_>) -> Self {
        match request {
            Request::Resolve { id, .. } => Self::Resolve(id),
            Request::Connect {
                id,
                transport,
                address,
            } => Self::Connect(id, transport == Transport::Udp, address),
            Request::CountUnread { id } => Self::Count(id),
            Request::Shutdown { id } => Self::Shutdown(id),
            Request::Abort { id } => Self::Abort(id),
        }
    }
}

impl Observer for Watch {
    fn event(&mut self, event: &Event, _: &Snapshot<'_>) {
        match event {
            Event::Struck(kind) => self.struck.push(*kind),
            Event::Dropped(Dropped::Unsent) | Event::State(IpState::PdpDeact) => {
                self.has_lost = true;
            }
            _ => {}
        }
    }

    fn wants_steps(&self) -> bool {
        self.trace.is_some()
    }

    fn step(&mut self, at: Instant, step: Step) {
        if let Some(trace) = &mut self.trace {
            trace.push(Line::Record(Record {
                t: at.as_micros(),
                modem: 0,
                step,
            }));
        }
    }
}
