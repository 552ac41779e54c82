//! The driver over any byte stream of tokio: a TCP connection or UDP peer behind a module, as a
//! stream like any other.
//!
//! ```no_run
//! use simless_driver::tokio::Modem;
//! use simless_driver::{Apn, Host, Settings};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let port = tokio::net::TcpStream::connect("127.0.0.1:8809").await?;
//! let mut modem = Modem::new(port, Settings::new(Apn::new("CMNET")?));
//! let mut link = modem.connect(Host::new("example.com")?, 80).await?;
//! link.write_all(b"HEAD / HTTP/1.0\r\n\r\n").await?;
//! let mut answer = String::new();
//! link.read_to_string(&mut answer).await?;
//! # Ok(())
//! # }
//! ```
//!
//! **Nothing runs by itself.** There is no task, no thread and no channel: whoever polls the modem
//! or its link moves everything that can move. While nobody polls, time stands still for the
//! driver as soon as one of its deadlines has come: what the module said meanwhile came in time.
//!
//! **A future can be dropped at any await.** No byte is lost or comes twice. A connection that was
//! being made is given up, and the modem can make another one. Only a port that has ended or
//! failed makes a modem useless ([`ModemError::Port`]).
//!
//! **Memory is bounded**: 16 KiB for what was received and not read, and the payload of one send.
//! When the first is full the port is not read, and the driver's time stands still; when the second
//! is, nothing is taken. A result that stands behind more received data than that is not seen
//! before somebody reads: who only writes, to a peer that answers a lot, waits.
//!
//! **There is no half-close** in this dialect. Who shuts a link down has read what it wants to read:
//! where more than the 16 KiB stands before the end, it is dropped, and reading tells how much.

mod clock;
mod error;
mod received;
mod session;
mod shared;
mod tcp;
mod udp;
mod wakers;

use core::future::poll_fn;
use core::net::IpAddr;
use core::task::Poll;
use std::boxed::Box;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

pub use error::{LinkError, LinkFailure, ModemError};
pub use tcp::TcpLink;
pub use udp::{UdpLink, UdpReceiver, UdpSender};

use session::Session;
use shared::Shared;
use wakers::Side;

use crate::{BusyError, Event, Host, Settings, Target, Transport};

/// A module at the other end of a byte stream, such as a serial port. It has one link at a time.
pub struct Modem<IO> {
    shared: Arc<Shared<IO>>,
}

/// What an observer is told.
#[derive(Clone, Copy, Debug)]
pub enum Notice<'a> {
    /// The driver did something, or something happened to it.
    Event(&'a Event),
    /// A line that nobody asked for: a URC.
    Urc(&'a str),
}

impl<IO> Modem<IO> {
    /// A modem that knows nothing of its module yet. Needs no runtime; connecting does, with time.
    pub fn new(io: IO, settings: Settings) -> Self {
        Self {
            shared: Arc::new(Shared::new(Session::new(io, settings))),
        }
    }

    /// Tells this one all that happens, in the place of an earlier one. It is called while things
    /// move, so it must not wait, nor use the modem or its link: it keeps, or drops and counts.
    ///
    /// ```
    /// # use simless_driver::tokio::{Modem, Notice};
    /// # fn f(modem: &mut Modem<tokio::net::TcpStream>) {
    /// let (urcs, mut heard) = tokio::sync::mpsc::channel(16);
    /// let mut dropped = 0;
    /// modem.observe(move |notice| {
    ///     if let Notice::Urc(line) = notice
    ///         && urcs.try_send(line.to_owned()).is_err()
    ///     {
    ///         dropped += 1;
    ///     }
    /// });
    /// # let _ = heard.try_recv();
    /// # }
    /// ```
    pub fn observe(&mut self, observer: impl FnMut(Notice<'_>) + Send + 'static) {
        self.shared.lock().observer = Some(Box::new(observer));
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Modem<IO> {
    /// Connects to a TCP server. It ends within the total time of [`Patience`](crate::Patience).
    /// What an earlier link left to do comes first.
    ///
    /// # Errors
    /// When the connection is not made, the port is of no use, or there is a link already: drop
    /// that first.
    pub async fn connect(&mut self, host: Host, port: u16) -> Result<TcpLink<IO>, ModemError> {
        let held = self.open(Target::tcp(host, port)).await?;
        Ok(TcpLink::new(held))
    }

    /// Binds the module's UDP socket to a peer.
    ///
    /// # Errors
    /// As with [`connect`](Self::connect).
    pub async fn connect_udp(&mut self, host: Host, port: u16) -> Result<UdpLink<IO>, ModemError> {
        let held = self.open(Target::udp(host, port)).await?;
        Ok(UdpLink::new(held))
    }

    /// Looks a name up by the module; `None`: it has no address. A link that stands is not
    /// disturbed. Without one, the module is first brought to where it knows names (guide G4.10),
    /// as if to connect.
    ///
    /// # Errors
    /// When the way there failed, or the port is of no use.
    pub async fn resolve(&mut self, name: Host) -> Result<Option<IpAddr>, ModemError> {
        let _wish = Wish(&self.shared);
        let mut name = Some(name);
        let mut is_asked = false;
        let mut look = |session: &mut Session<IO>| {
            if let Some(error) = session.port_error() {
                return Poll::Ready(Err(ModemError::Port(error)));
            }
            // What a link or a look-up that was dropped has left to do comes first.
            let is_left = !session.is_wanted && name.is_some();
            if is_left && session.at_rest(&mut is_asked).is_pending() {
                return Poll::Pending;
            }
            let resolved = session.resolved(&mut name);
            resolved.map(|resolved| resolved.map_err(ModemError::Failed))
        };
        poll_fn(|cx| self.shared.poll(Side::Modem, cx, &mut look)).await
    }

    /// Closes what a link that was dropped has left, once what it had under way is over.
    ///
    /// # Errors
    /// When somebody still has a link, or the port is of no use.
    pub async fn close(&mut self) -> Result<(), ModemError> {
        let mut is_asked = false;
        let mut look = |session: &mut Session<IO>| {
            if let Some(error) = session.port_error() {
                return Poll::Ready(Err(ModemError::Port(error)));
            }
            if session.is_wanted {
                return Poll::Ready(Err(ModemError::Busy(BusyError::Connected)));
            }
            session.at_rest(&mut is_asked).map(Ok)
        };
        poll_fn(|cx| self.shared.poll(Side::Modem, cx, &mut look)).await
    }

    async fn open(&mut self, target: Target) -> Result<Held<IO>, ModemError> {
        if core::mem::replace(&mut self.shared.lock().is_wanted, true) {
            return Err(ModemError::Busy(BusyError::Connected));
        }
        // From here on, dropping it gives the connection up.
        let held = Held(Arc::clone(&self.shared));
        let mut target = Some(target);
        let mut is_asked = false;
        let mut look = |session: &mut Session<IO>| {
            if let Some(error) = session.port_error() {
                return Poll::Ready(Err(ModemError::Port(error)));
            }
            if target.is_some() {
                if session.at_rest(&mut is_asked).is_pending() {
                    return Poll::Pending;
                }
                if let Some(target) = target.take() {
                    session.failed = None;
                    session.link = session::Link::default();
                    session.received.begin(target.transport == Transport::Udp);
                    let now = session.now();
                    if let Err(error) = session.driver.connect(target, now) {
                        return Poll::Ready(Err(ModemError::Busy(error)));
                    }
                }
            }
            match session.failed.take() {
                Some(error) => Poll::Ready(Err(ModemError::Failed(error))),
                None if session.is_up() => Poll::Ready(Ok(())),
                None => Poll::Pending,
            }
        };
        poll_fn(|cx| self.shared.poll(Side::Modem, cx, &mut look)).await?;
        Ok(held)
    }
}

/// A link that somebody has, or waits for. Dropping it gives it up: it is closed, once somebody
/// uses the modem again.
struct Held<IO>(Arc<Shared<IO>>);

impl<IO> Drop for Held<IO> {
    fn drop(&mut self) {
        self.0.lock().let_go();
    }
}

/// Somebody who waits for a name. Dropping it takes the wish back, if it was not begun.
struct Wish<'a, IO>(&'a Shared<IO>);

impl<IO> Drop for Wish<'_, IO> {
    fn drop(&mut self) {
        self.0.lock().wish_no_name();
    }
}
