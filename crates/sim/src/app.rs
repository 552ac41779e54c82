//! The application: it connects, sends about every ten seconds, reads as it likes, closes, and
//! connects again.

mod acts;
mod last;
mod streams;
mod told;

use std::time::Duration;

use simless_at::Instant;
use simless_module::{Chance, SocketId};

use crate::world::World;

pub(crate) use last::Last;

/// The application.
pub(crate) struct App {
    pub(crate) chance: Chance,
    pub(crate) phase: Phase,
    /// The server's end of the connection.
    pub(crate) bound: Option<SocketId>,
    is_udp: bool,
    port: u16,
    /// The payload of the send under way.
    pub(crate) payload: Vec<u8>,
    /// It gave it up: it is no longer there.
    pub(crate) has_abandoned: bool,
    sending: Option<Instant>,
    /// Bytes under OK on this connection.
    accepted: u64,
    /// Bytes read on this connection, and where they stand on the tape.
    pub(crate) read: u64,
    salt: u64,
    datagram: Vec<u8>,
    /// What was read before the connection was known to stand.
    early: Vec<u8>,
    /// The datagram was read to its end.
    is_whole: bool,
    /// It reads so many bytes at once, and then nothing for a while.
    pub(crate) chunk: usize,
    pub(crate) pause: Duration,
    /// It has data in its hands.
    pub(crate) holds: bool,
    /// It took data, and the driver has not been told.
    pub(crate) has_read: bool,
    /// How long it had, in all.
    held: Duration,
    /// When it was given data last.
    given: Option<Instant>,
    pub(crate) last: Last,
}

/// What the application is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has no connection; the driver took none since then.
    Idle(Instant),
    /// A connection is being made; then, and how long data had been held.
    Connecting(Instant, Duration),
    Connected,
    /// It said close.
    Closing(Instant),
}

/// How long the driver may refuse a connect: a line that is noisy, a data entry that must end by
/// itself, a close and its doubts.
const LONGEST_BUSY: Duration = Duration::from_secs(300);

/// How long a close may take: a send that comes to its end first, and its doubts.
const LONGEST_CLOSE: Duration = Duration::from_secs(600);

impl App {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::of(seed, "application"),
            phase: Phase::Idle(Instant::ZERO),
            bound: None,
            is_udp: false,
            port: 1000,
            payload: Vec::new(),
            has_abandoned: false,
            sending: None,
            accepted: 0,
            read: 0,
            salt: 0,
            datagram: Vec::new(),
            early: Vec::new(),
            is_whole: false,
            chunk: usize::MAX,
            pause: Duration::ZERO,
            holds: false,
            has_read: false,
            held: Duration::ZERO,
            given: None,
            last: Last::No,
        }
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    pub(crate) fn lets_go(&mut self) {
        self.holds = false;
        self.has_read = true;
    }

    /// It is a new one: the host started again.
    pub(crate) fn restart(&mut self, now: Instant) {
        self.phase = Phase::Idle(now);
        self.unbind();
        self.holds = false;
        self.has_read = false;
    }

    fn unbind(&mut self) {
        self.bound = None;
        self.sending = None;
        self.has_abandoned = false;
        self.payload.clear();
        self.datagram.clear();
    }
}

impl World {
    /// Everything ends in its time (H3).
    fn watch_deadlines(&mut self) {
        let now = self.now;
        let patience = self.plan.patience();
        let (since, most, what) = match self.app.phase {
            Phase::Connecting(since, held) => {
                let most = patience.total + (self.app.held - held);
                (since, most, "a connect")
            }
            Phase::Closing(since) => (since, LONGEST_CLOSE + self.app.held, "a close"),
            Phase::Idle(since) => (since, LONGEST_BUSY, "a driver that is busy"),
            Phase::Connected => match self.app.sending {
                Some(since) => (since, 4 * patience.send + self.app.held, "a send"),
                None => return,
            },
        };
        if now.since(since) > most {
            self.find((
                "H3",
                format!("{what} since {} s", now.since(since).as_secs()),
            ));
        }
    }
}
