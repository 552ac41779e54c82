//! A modem behind a port of `embedded-io`, for programs that block.
//!
//! A port's `read` has to come back when nothing comes: with an error of kind `TimedOut` (or
//! `Interrupted`), as serial ports with a time-out do. A tenth of a second is a good time-out: it is
//! how exact the driver's deadlines are. A port that would block for ever but tells when it is ready
//! goes into [`Polled`].
//!
//! The clock is a closure that gives the time since any moment.
//!
//! ```no_run
//! # use embedded_io::{ErrorKind, ErrorType, Read, Write};
//! # struct Uart;
//! # impl ErrorType for Uart { type Error = ErrorKind; }
//! # impl Read for Uart { fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> { Ok(0) } }
//! # impl Write for Uart {
//! #     fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> { Ok(bytes.len()) }
//! #     fn flush(&mut self) -> Result<(), ErrorKind> { Ok(()) }
//! # }
//! # fn micros_since_start() -> u64 { 0 }
//! use simless_driver::adapter::blocking::Modem;
//! use simless_driver::{Apn, Host, Instant, Settings, Target};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = || Instant::from_micros(micros_since_start());
//! // 1 KiB for what is received, 512 bytes for what is to be sent.
//! let mut modem = Modem::<_, _, 1024, 512>::new(Uart, clock, Settings::new(Apn::new("CMNET")?));
//!
//! let mut link = modem.connect(&Target::tcp(Host::new("example.com")?, 7))?;
//! link.write_all(b"hello")?;
//! link.flush()?;
//! let mut answer = [0; 5];
//! link.read_exact(&mut answer)?;
//! link.close()?;
//! # Ok(())
//! # }
//! ```

mod link;
mod polled;

use core::net::IpAddr;
use core::time::Duration;

use embedded_io::{Error as _, ErrorKind, Read, Write};
use simless_at::Instant;

use super::Error;
use crate::{Host, Session, Settings, Target, Todo, Transport};

pub use link::{Link, Udp};
pub use polled::{NotReady, Polled};

/// A modem behind a port, with a buffer of `RX` bytes for what is received and one of `TX` bytes for
/// what is to be sent.
pub struct Modem<P, C, const RX: usize = 1024, const TX: usize = 512> {
    port: P,
    clock: C,
    session: Session<RX, TX>,
}

impl<P, C, const RX: usize, const TX: usize> Modem<P, C, RX, TX>
where
    P: Read + Write,
    C: FnMut() -> Instant,
{
    /// A modem of which nothing is known yet. Nothing is said to it before it has to do something.
    pub fn new(port: P, clock: C, settings: Settings) -> Self {
        Self {
            port,
            clock,
            session: Session::new(settings),
        }
    }

    /// Makes a TCP connection. A link that was dropped is closed first.
    ///
    /// # Errors
    /// When the connection is not made, within the settings' patience, or the port fails.
    pub fn connect(&mut self, target: &Target) -> Result<Link<'_, P, C, RX, TX>, Error<P::Error>> {
        self.make(target, Transport::Tcp)?;
        Ok(Link { modem: self })
    }

    /// Binds a UDP socket to its peer.
    ///
    /// # Errors
    /// Like [`Modem::connect`].
    pub fn udp(&mut self, target: &Target) -> Result<Udp<'_, P, C, RX, TX>, Error<P::Error>> {
        self.make(target, Transport::Udp)?;
        Ok(Udp { modem: self })
    }

    /// Looks a name up. The module attaches for that if it has to.
    ///
    /// # Errors
    /// When the name has no address, the module does not get so far, or the port fails.
    pub fn resolve(&mut self, name: &Host) -> Result<IpAddr, Error<P::Error>> {
        self.session.begin();
        let address = self.drive(|session| session.resolve(name))??;
        address.ok_or(Error::NotResolved)
    }

    /// Closes what a link that was dropped has left behind. The next connection would do so, too.
    ///
    /// # Errors
    /// When the port fails.
    pub fn close(&mut self) -> Result<(), Error<P::Error>> {
        self.session.abandon();
        self.drive(|session| session.is_clear().then_some(()))
    }

    /// The session inside: what is known of the module, and who watches.
    pub fn session(&mut self) -> &mut Session<RX, TX> {
        &mut self.session
    }

    /// Gives the port back.
    pub fn into_port(self) -> P {
        self.port
    }

    fn make(&mut self, target: &Target, transport: Transport) -> Result<(), Error<P::Error>> {
        if target.transport != transport {
            return Err(Error::Unsupported);
        }
        self.session.begin();
        self.drive(|session| session.connect(target))??;
        Ok(())
    }

    /// Drives the session until the question has its answer.
    fn drive<A>(
        &mut self,
        mut question: impl FnMut(&mut Session<RX, TX>) -> Option<A>,
    ) -> Result<A, Error<P::Error>> {
        let now = (self.clock)();
        self.session.resume(now);
        loop {
            self.session.step((self.clock)());
            if let Some(answer) = question(&mut self.session) {
                return Ok(answer);
            }
            self.exchange()?;
        }
    }

    /// Whether something can be read within that time.
    fn wait(&mut self, limit: Duration) -> Result<bool, Error<P::Error>> {
        if self.session.can_read() {
            return Ok(true);
        }
        let mut now = (self.clock)();
        let end = now + limit;
        self.session.resume(now);
        loop {
            self.session.step(now);
            if self.session.can_read() || now >= end {
                return Ok(self.session.can_read());
            }
            self.exchange()?;
            now = (self.clock)();
        }
    }

    /// Writes or reads once. A time-out is no error: the clock tells what it means.
    fn exchange(&mut self) -> Result<(), Error<P::Error>> {
        let nothing =
            |error: &P::Error| matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted);
        match self.session.todo() {
            Todo::Write { bytes, .. } => match self.port.write(bytes) {
                Ok(n) => self.session.written(n, (self.clock)()),
                Err(error) if nothing(&error) => {}
                Err(error) => return Err(Error::Port(error)),
            },
            Todo::Read { space, .. } => match self.port.read(space) {
                Ok(0) => return Err(Error::PortEnded),
                Ok(n) => self.session.filled(n),
                Err(error) if nothing(&error) => {}
                Err(error) => return Err(Error::Port(error)),
            },
        }
        Ok(())
    }
}
