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

/// Called instead of each verb of the module's, which it has to carry out: to measure it.
pub type Around = fn(&mut dyn FnMut());

/// The module.
pub(crate) struct Modem {
    observed: Observed<Watch>,
    /// What it asked for.
    asks: VecDeque<Ask>,
    around: Option<Around>,
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
    pub(crate) fn new(module: Module, trace: Option<Vec<Line>>, around: Option<Around>) -> Self {
        let watch = Watch {
            trace,
            ..Watch::default()
        };
        Self {
            observed: Observed::new(module, watch),
            asks: VecDeque::new(),
            around,
        }
    }

    pub(crate) fn handle_uart(&mut self, rx: &[u8], now: Instant) -> usize {
        let mut n = 0;
        // A byte that was only seen ends a line whose CR came before it.
        self.step(now, |module| {
            n = module.handle_uart(rx, now);
            true
        });
        n
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) -> bool {
        let is_due = self.poll_timeout().is_some_and(|at| at <= now);
        if is_due {
            self.step(now, |module| module.handle_timeout(now));
        }
        is_due
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.observed.poll_timeout()
    }

    pub(crate) fn uart_output<'a>(&'a self, out: &mut [&'a [u8]]) -> usize {
        self.observed.uart_output(out)
    }

    pub(crate) fn uart_written(&mut self, n: usize, now: Instant) {
        self.step(now, |module| {
            module.uart_written(n, now);
            true
        });
    }

    pub(crate) fn handle_socket(&mut self, id: SocketId, event: SocketEvent<'_>, now: Instant) {
        self.step(now, |module| {
            module.handle_socket(id, event, now);
            true
        });
    }

    pub(crate) fn read_socket(
        &mut self,
        id: SocketId,
        now: Instant,
        mut read: impl FnMut(&mut [u8]) -> usize,
    ) {
        self.step(now, |module| {
            let mut has_read = false;
            module.read_socket(id, now, |space| {
                let n = read(space);
                has_read = n > 0;
                n
            });
            has_read
        });
    }

    /// Whether it has said all that it had to say, and has nothing to do.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.observed.snapshot().at_rest
    }

    pub(crate) fn is_opening(&self) -> bool {
        self.observed.snapshot().is_opening
    }

    pub(crate) fn socket_output(&self, id: SocketId) -> &[u8] {
        self.observed.socket_output(id)
    }

    pub(crate) fn socket_written(&mut self, id: SocketId, n: usize, now: Instant) {
        self.step(now, |module| {
            module.socket_written(id, n, now);
            true
        });
    }

    pub(crate) fn handle_control(&mut self, control: Control, now: Instant) {
        // Who counts memory counts what the module keeps: its own copy.
        self.step(now, |module| {
            module.handle_control(control.clone(), now);
            true
        });
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

    /// One verb of the module's, which says whether anything can have come of it; and what came.
    fn step(&mut self, now: Instant, mut verb: impl FnMut(&mut Observed<Watch>) -> bool) {
        let Self { observed, asks, .. } = self;
        let mut step = || {
            if verb(observed) {
                observed.report(now);
                while let Some(request) = observed.poll_request(now) {
                    asks.push_back(Ask::from(request));
                }
            }
        };
        match self.around {
            Some(around) => around(&mut step),
            None => step(),
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
