//! What every adapter has in common: a driver with its buffers, asked what to do next.
//!
//! The driver's verbs leave three things to who drives it: the bytes that were read and not yet
//! taken, the payload of a send, and what an application wants across several verbs. A session keeps
//! them, and says in one word what it needs from outside: [`Todo`]. An adapter is then a loop around
//! a port and a clock, and what the application waits for is a question that is asked again until it
//! has an answer. So whoever stops asking, at any moment, has lost nothing (H19).

mod inbox;
mod link;
mod outbox;

use core::net::IpAddr;

use simless_at::Instant;

use crate::{
    Closed, ConnectError, Driver, Ended, Event, Host, LinkError, News, Settings, Target, Transport,
};
use inbox::Inbox;
use outbox::Outbox;

/// Received bytes are copied to the application in pieces of this size. A longer copy is one
/// `rep movsb` in some C libraries, which takes far longer where both places begin at nearly the
/// same byte of a page, as in buffers that were allocated one after the other.
pub(crate) const COPIED_AT_ONCE: usize = 2048;

/// A driver with a buffer of `RX` bytes for what was received and one of `TX` bytes for what is to
/// be sent.
///
/// What is received is kept where it was read, so `RX` holds both what the module said and what the
/// application has not read yet. When it is full nothing more is read, and the module has to wait
/// (H20).
pub struct Session<const RX: usize, const TX: usize> {
    driver: Driver,
    inbox: Inbox<RX>,
    outbox: Outbox<TX>,
    /// When it was driven last.
    now: Instant,
    owner: Owner,
    /// What became of what was begun.
    outcome: Option<Outcome>,
    transport: Transport,
    ended: Option<Ended>,
    failed: Option<LinkError>,
    watch: Option<fn(Notice<'_>)>,
}

/// Who cares about what the driver does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// Nobody: what stands is closed, what is under way comes to its end.
    Nobody,
    /// Somebody has begun something and waits for its outcome, or has a connection.
    Somebody,
}

#[derive(Clone, Copy)]
enum Outcome {
    Connected,
    Failed(ConnectError),
    Resolved(Option<IpAddr>),
}

/// What a session needs from outside.
#[derive(Debug, PartialEq, Eq)]
pub enum Todo<'a> {
    /// Write these bytes to the module, or some of them, and say so: [`Session::written`].
    Write {
        /// The bytes.
        bytes: &'a [u8],
        /// Give up trying at this moment, and step.
        until: Option<Instant>,
    },
    /// Read into this space, and say so: [`Session::filled`]. There is none while the application
    /// has not read what came before.
    Read {
        /// The space.
        space: &'a mut [u8],
        /// Give up waiting at this moment, and step.
        until: Option<Instant>,
    },
}

/// What happened, for somebody who only watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice<'a> {
    /// An event of the driver.
    Event(Event),
    /// A line that nobody asked for.
    Urc(&'a str),
}

/// A datagram that was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// How many bytes of it were stored.
    pub stored: usize,
    /// How many it had: more than that when there was no room for all of them.
    pub length: usize,
}

impl<const RX: usize, const TX: usize> Session<RX, TX> {
    /// A session with a module of which nothing is known yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            driver: Driver::new(settings),
            inbox: Inbox::new(),
            outbox: Outbox::new(),
            now: Instant::ZERO,
            owner: Owner::Nobody,
            outcome: None,
            transport: Transport::Tcp,
            ended: None,
            failed: None,
            watch: None,
        }
    }

    /// Tells `watch` everything that happens. It can't push back.
    pub fn watch(&mut self, watch: fn(Notice<'_>)) {
        self.watch = Some(watch);
    }

    /// The driver inside.
    pub const fn driver(&self) -> &Driver {
        &self.driver
    }

    /// Datagrams that were dropped because there was no room for them.
    pub const fn lost_datagrams(&self) -> u32 {
        self.inbox.lost
    }

    /// From now on it is driven again. The time in between does not count: nobody listened, so that
    /// an answer may have come in time.
    pub fn resume(&mut self, now: Instant) {
        self.driver.hold(self.now);
        self.now = self.now.max(now);
    }

    /// Does all that can be done at this moment. Then the application's question has its answer, or
    /// [`Session::todo`] says what to do before the next step.
    pub fn step(&mut self, now: Instant) {
        self.now = self.now.max(now);
        while self.listen() {}
        if self.owner == Owner::Nobody && !self.owes_bytes() {
            self.driver.close(self.now);
        }
        self.send_what_is_there();
    }

    /// What to do next.
    pub fn todo(&mut self) -> Todo<'_> {
        let until = self.driver.poll_timeout();
        let bytes = self.driver.uart_output(self.outbox.payload());
        match bytes {
            [] => Todo::Read {
                space: self.inbox.space(),
                until,
            },
            bytes => Todo::Write { bytes, until },
        }
    }

    /// So many bytes were read.
    pub fn filled(&mut self, n: usize) {
        self.inbox.filled(n);
    }

    /// So many bytes were written.
    pub fn written(&mut self, n: usize, now: Instant) {
        self.now = self.now.max(now);
        self.driver.uart_written(n, self.now);
    }

    /// Begins anew: nobody cares any more about what was begun before.
    pub fn begin(&mut self) {
        self.abandon();
        self.outcome = None;
        self.ended = None;
        self.failed = None;
    }

    /// Nobody cares any more about what was begun. What was accepted for sending is still sent, and
    /// what stands is closed, as soon as somebody steps.
    pub fn abandon(&mut self) {
        self.owner = Owner::Nobody;
        self.inbox.forget();
    }

    /// Whether nothing stands and nothing is under way.
    pub fn is_clear(&self) -> bool {
        self.driver.is_idle() && !self.driver.is_connected()
    }

    /// Makes a connection, after [`Session::begin`]. `None`: ask again after the next step.
    pub fn connect(&mut self, target: &Target) -> Option<Result<(), ConnectError>> {
        match self.outcome {
            Some(Outcome::Connected) => return Some(Ok(())),
            Some(Outcome::Failed(error)) => return Some(Err(error)),
            _ => {}
        }
        if self.may_begin() && self.driver.connect(target.clone(), self.now).is_ok() {
            self.owner = Owner::Somebody;
            self.transport = target.transport;
            self.inbox.expect(target.transport);
        }
        None
    }

    /// Looks a name up, after [`Session::begin`]. `None`: ask again after the next step.
    pub fn resolve(&mut self, name: &Host) -> Option<Result<Option<IpAddr>, ConnectError>> {
        match self.outcome {
            Some(Outcome::Resolved(address)) => return Some(Ok(address)),
            Some(Outcome::Failed(error)) => return Some(Err(error)),
            _ => {}
        }
        if self.may_begin() && self.driver.resolve(name, self.now).is_ok() {
            self.owner = Owner::Somebody;
        }
        None
    }

    fn may_begin(&mut self) -> bool {
        let may = self.owner == Owner::Nobody && self.is_clear();
        if may {
            // Of a connection that is over.
            self.outbox.clear();
            self.ended = None;
            self.failed = None;
        }
        may
    }

    /// Hands the driver what was read; gives whether there may be more.
    fn listen(&mut self) -> bool {
        if self.inbox.is_full() {
            self.driver.hold(self.now);
            return false;
        }
        let taken = self.driver.handle_uart(self.inbox.unheard(), self.now);
        let used = taken.used;
        let mut is_more = used > 0;
        match taken.news {
            Some(News::Data { bytes, left }) => {
                let n = bytes.len();
                match self.owner {
                    Owner::Somebody => self.inbox.keep(used, n, left),
                    Owner::Nobody => self.inbox.skip(used),
                }
            }
            Some(News::Urc(line)) => {
                if let Some(watch) = self.watch {
                    watch(Notice::Urc(line));
                }
                self.inbox.skip(used);
            }
            None => self.inbox.skip(used),
        }
        while let Some(event) = self.driver.poll_event() {
            is_more = true;
            if let Some(watch) = self.watch {
                watch(Notice::Event(event));
            }
            self.happened(event);
        }
        is_more
    }

    fn happened(&mut self, event: Event) {
        let is_owned = self.owner == Owner::Somebody;
        match event {
            Event::Sent(_) => self.outbox.sent(),
            Event::SendFailed(failed) => {
                self.outbox.clear();
                self.failed = Some(LinkError::Send(failed));
            }
            Event::Closed(Closed { how, .. }) => {
                self.ended.get_or_insert(how);
                // After a reboot the driver makes the connection anew. A stream that has ended must
                // not go on as another one: let it go.
                if how == Ended::Rebooted {
                    self.driver.close(self.now);
                }
            }
            Event::Connected if is_owned => self.outcome = Some(Outcome::Connected),
            Event::Failed(error) if is_owned => self.outcome = Some(Outcome::Failed(error)),
            Event::Resolved(address) if is_owned => {
                self.outcome = Some(Outcome::Resolved(address));
            }
            _ => {}
        }
    }
}
