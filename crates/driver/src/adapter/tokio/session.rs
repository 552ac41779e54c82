//! The driver and its port: everything moves here, whoever polls.

mod looks;

use core::net::IpAddr;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::boxed::Box;
use std::io;
use std::vec::Vec;

use simless_at::Instant;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::clock::Clock;
use super::received::Received;
use super::{LinkError, LinkFailure, Notice};
use crate::{Closed, ConnectError, Driver, Ended, Event, Host, News, Settings};

/// How many reads a deadline waits for that has come: more than any port holds. A module that never
/// stops talking ends nevertheless (H3).
const LATE_READS: u32 = 64;

pub(super) type Observer = Box<dyn FnMut(Notice<'_>) + Send>;

pub(super) struct Session<IO> {
    io: IO,
    pub(super) driver: Driver,
    clock: Clock,
    pub(super) observer: Option<Observer>,
    pub(super) received: Received,
    pub(super) payload: Payload,
    pub(super) link: Link,
    /// Whether somebody has a link, or waits for one.
    pub(super) is_wanted: bool,
    /// What became of the attempt to connect, when it failed.
    pub(super) failed: Option<ConnectError>,
    pub(super) look_up: LookUp,
    /// Why the port is of no use any more.
    port: Option<io::Error>,
    /// The deadline that came last, and how often the port was read for it.
    late: (Instant, u32),
    /// Something was written since the port was flushed.
    is_unflushed: bool,
}

/// The bytes of one send. They stay until the module has said what became of them.
pub(super) struct Payload {
    bytes: Vec<u8>,
    is_begun: bool,
}

/// A connection, and what is left of it.
#[derive(Default)]
pub(super) struct Link {
    pub(super) stands: bool,
    pub(super) is_closing: bool,
    /// Somebody wants it closed, when what was taken is accepted.
    is_shut: bool,
    /// Why bytes that were taken did not get through.
    pub(super) broken: Option<LinkError>,
    pub(super) closed: Option<Closed>,
    /// Received bytes that nobody read while it was being closed.
    unread: u64,
}

/// A name that is being looked up.
#[derive(Default)]
pub(super) enum LookUp {
    #[default]
    None,
    /// When the driver has nothing else to do.
    Wanted(Host),
    UnderWay,
    Done(Result<Option<IpAddr>, ConnectError>),
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Session<IO> {
    /// Looks at everything once; whether anything happened, so that it is worth another look. What
    /// is to be said goes out in the same round: who has what it waits for comes for no other one.
    pub(super) fn round(&mut self, cx: &mut Context<'_>) -> bool {
        if self.port.is_some() {
            return false;
        }
        let now = self.clock.now();
        self.begin(now);
        if self.received.is_full() && (self.link.is_shut || !self.is_wanted) {
            // Nobody reads it, and the result of a send or the end of the connection stands behind
            // it.
            self.link.unread += self.received.forget() as u64;
        }
        if self.received.is_full() {
            // An application that reads slowly is no silent module (H20).
            self.clock.stop();
            return self.say(cx, now);
        }
        self.clock.go_on();
        let now = self.clock.now();
        let Some(due) = self.driver.poll_timeout().filter(|due| *due <= now) else {
            let heard = self.hear(cx, now);
            let said = self.say(cx, now);
            return heard || said || self.clock.poll(cx, self.driver.poll_timeout()).is_ready();
        };
        // It may be long since anybody polled. What has come meanwhile came in time.
        let before = Instant::from_micros(due.as_micros().saturating_sub(1));
        if self.late.0 != due {
            self.late = (due, 0);
        }
        if self.late.1 < LATE_READS && self.hear(cx, before) {
            self.late.1 += 1;
            self.clock.set_back_to(before);
        } else {
            self.clock.set_back_to(due);
            self.driver.handle_timeout(due);
            self.attend(due);
        }
        self.say(cx, self.clock.now());
        true
    }

    /// Begins what waits for the driver.
    fn begin(&mut self, now: Instant) {
        if !self.driver.is_idle() {
            return;
        }
        match core::mem::take(&mut self.look_up) {
            LookUp::Wanted(name) => {
                self.look_up = match self.driver.resolve(&name, now) {
                    Ok(()) => LookUp::UnderWay,
                    // It is idle: that can't be.
                    Err(_) => LookUp::Done(Ok(None)),
                };
                return;
            }
            other => self.look_up = other,
        }
        if self.link.stands && !self.payload.bytes.is_empty() && !self.payload.is_begun {
            // It was checked when it was taken.
            self.payload.is_begun = self.driver.send(&self.payload.bytes, now).is_ok();
        }
    }

    /// Reads the port.
    fn hear(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let mut buf = ReadBuf::new(self.received.room());
        let n = match Pin::new(&mut self.io).poll_read(cx, &mut buf) {
            Poll::Pending => return false,
            Poll::Ready(Ok(())) => buf.filled().len(),
            Poll::Ready(Err(error)) => {
                self.port_failed(error);
                return true;
            }
        };
        if n == 0 {
            self.port_failed(io::ErrorKind::UnexpectedEof.into());
            return true;
        }
        self.received.filled(n);
        loop {
            let taken = self.driver.handle_uart(self.received.raw(), now);
            let used = taken.used;
            let mut data = None;
            match taken.news {
                Some(News::Data { bytes, left }) => data = Some((bytes.len(), left)),
                Some(News::Urc(line)) => {
                    if let Some(observer) = &mut self.observer {
                        observer(Notice::Urc(line));
                    }
                }
                // The last call is one without bytes: it lets the driver's time go on.
                None if self.received.raw().is_empty() => {
                    self.attend(now);
                    return true;
                }
                None => {}
            }
            self.received.looked_at(used);
            if let Some((n, left)) = data.filter(|_| self.is_wanted) {
                self.received.keep(n, left);
            }
            self.attend(now);
        }
    }

    /// Writes what the driver has for the module.
    fn say(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        if self.port.is_some() {
            return false;
        }
        let mut moved = false;
        loop {
            let payload = match self.payload.is_begun {
                true => self.payload.bytes.as_slice(),
                false => &[],
            };
            let output = self.driver.uart_output(payload);
            if output.is_empty() {
                break;
            }
            match Pin::new(&mut self.io).poll_write(cx, output) {
                Poll::Pending => return moved,
                Poll::Ready(Ok(n)) if n > 0 => {
                    self.driver.uart_written(n, now);
                    self.is_unflushed = true;
                    moved = true;
                }
                Poll::Ready(Ok(_)) => {
                    self.port_failed(io::ErrorKind::WriteZero.into());
                    return true;
                }
                Poll::Ready(Err(error)) => {
                    self.port_failed(error);
                    return true;
                }
            }
        }
        if self.is_unflushed {
            match Pin::new(&mut self.io).poll_flush(cx) {
                Poll::Pending => {}
                Poll::Ready(Ok(())) => self.is_unflushed = false,
                Poll::Ready(Err(error)) => {
                    self.port_failed(error);
                    moved = true;
                }
            }
        }
        moved
    }

    /// Looks at what happened.
    fn attend(&mut self, now: Instant) {
        while let Some(event) = self.driver.poll_event() {
            match event {
                Event::Connected => {
                    self.link = Link {
                        stands: true,
                        ..Link::default()
                    };
                }
                Event::Failed(error) => match self.look_up {
                    LookUp::UnderWay => self.look_up = LookUp::Done(Err(error)),
                    _ => self.failed = Some(error),
                },
                Event::Sent(_) => self.payload.clear(),
                Event::SendFailed(failed) => {
                    self.payload.clear();
                    self.link.broken = Some(LinkError::sending(failed));
                }
                Event::Closed(closed) => self.closed(closed, now),
                Event::Resolved(address) => self.look_up = LookUp::Done(Ok(address)),
                _ => {}
            }
            if let Some(observer) = &mut self.observer {
                observer(Notice::Event(&event));
            }
        }
    }

    fn closed(&mut self, closed: Closed, now: Instant) {
        if self.link.stands {
            self.link.stands = false;
            self.link.closed = Some(closed);
            self.received.forget_piece();
            self.payload_is_lost(LinkError::closed(closed));
        } else if let LookUp::UnderWay = self.look_up {
            // Given up on the way, by whoever wants something else.
            self.look_up = LookUp::None;
        }
        if closed.how == Ended::Rebooted {
            // The driver would make it anew; but a stream can't go on in another one.
            self.driver.close(now);
        }
    }

    /// What was taken and not yet sent will not be.
    fn payload_is_lost(&mut self, error: LinkError) {
        if !self.payload.bytes.is_empty() {
            self.payload.clear();
            self.link.broken.get_or_insert(error);
        }
    }

    fn port_failed(&mut self, error: io::Error) {
        let in_doubt = match self.payload.is_begun {
            // No more than one send has.
            true => self.payload.bytes.len() as u16,
            false => 0,
        };
        let error = self.port.insert(error);
        let broken = LinkError {
            kind: LinkFailure::Port(error.kind()),
            accepted: self.driver.link.accepted,
            in_doubt,
        };
        if self.link.stands {
            self.link.stands = false;
            self.link.broken.get_or_insert(broken);
        }
        self.payload.clear();
    }
}

impl<IO> Session<IO> {
    pub(super) fn new(io: IO, settings: Settings) -> Self {
        let bytes = Vec::with_capacity(settings.max_send.into());
        Self {
            io,
            driver: Driver::new(settings),
            clock: Clock::start(),
            observer: None,
            received: Received::new(),
            payload: Payload {
                bytes,
                is_begun: false,
            },
            link: Link::default(),
            is_wanted: false,
            failed: None,
            look_up: LookUp::None,
            port: None,
            late: (Instant::ZERO, 0),
            is_unflushed: false,
        }
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }
}

impl Payload {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds as much as one send carries; gives how much.
    pub(super) fn take(&mut self, bytes: &[u8], limit: u16) -> usize {
        let room = usize::from(limit).saturating_sub(self.bytes.len());
        let n = bytes.len().min(room);
        self.bytes.extend_from_slice(&bytes[..n]);
        n
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.is_begun = false;
    }
}
