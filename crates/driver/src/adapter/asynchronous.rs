//! A modem behind a port of `embedded-io-async`.
//!
//! Every future here can be dropped at any await (H19): what was read or accepted for sending stays
//! in the modem, and the next call goes on where the last one was. That asks one thing of the port:
//! its `read` and `write` must be cancel-safe, as `embedded-io-async` encourages. Buffered UARTs are;
//! a UART that reads by DMA straight into the caller's buffer is not.
//!
//! Nobody drives the modem between two calls. Then its time stands still, and the port's buffer has
//! to hold what comes.
//!
//! ```
//! # use embedded_io::{ErrorKind, ErrorType};
//! # use embedded_io_async::{Read, Write};
//! # use simless_driver::adapter::Error;
//! use simless_driver::adapter::asynchronous::{Modem, Timer};
//! use simless_driver::{Apn, Host, Settings, Target};
//!
//! async fn hello<P: Read + Write, T: Timer>(
//!     uart: P,
//!     timer: T,
//!     settings: Settings,
//! ) -> Result<(), Error<P::Error>> {
//!     // 1 KiB for what is received, 512 bytes for what is to be sent.
//!     let mut modem = Modem::<_, _, 1024, 512>::new(uart, timer, settings);
//!     let host = Host::new("example.com").map_err(|_| Error::BadName)?;
//!
//!     let mut link = modem.connect(&Target::tcp(host, 7)).await?;
//!     link.write_all(b"hello").await?;
//!     link.flush().await?;
//!     let mut answer = [0; 64];
//!     let n = link.read(&mut answer).await?;
//!     assert!(answer[..n].starts_with(b"h"));
//!     link.close().await
//! }
//! ```

#[cfg(feature = "embassy")]
mod embassy;
mod link;
mod timer;

use core::future::poll_fn;
use core::net::IpAddr;
use core::pin::pin;
use core::task::Poll;

use embedded_io_async::{Read, Write};

use super::Error;
use crate::{Datagram, Host, Session, Settings, Target, Todo, Transport};

#[cfg(feature = "embassy")]
pub use embassy::EmbassyTimer;
pub use link::{Link, Udp};
pub use timer::Timer;

/// A modem behind a port, with a buffer of `RX` bytes for what is received and one of `TX` bytes for
/// what is to be sent.
pub struct Modem<P, T, const RX: usize = 1024, const TX: usize = 512> {
    port: P,
    timer: T,
    session: Session<RX, TX>,
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Modem<P, T, RX, TX> {
    /// A modem of which nothing is known yet. Nothing is said to it before it has to do something.
    pub fn new(port: P, timer: T, settings: Settings) -> Self {
        Self {
            port,
            timer,
            session: Session::new(settings),
        }
    }

    /// Makes a TCP connection. A link that was dropped, or a connection that was given up on its way,
    /// is closed first.
    ///
    /// # Errors
    /// When the connection is not made, within the settings' patience, or the port fails.
    pub async fn connect(
        &mut self,
        target: &Target,
    ) -> Result<Link<'_, P, T, RX, TX>, Error<P::Error>> {
        self.make(target, Transport::Tcp).await?;
        Ok(Link { modem: self })
    }

    /// Binds a UDP socket to its peer.
    ///
    /// # Errors
    /// Like [`Modem::connect`].
    pub async fn udp(&mut self, target: &Target) -> Result<Udp<'_, P, T, RX, TX>, Error<P::Error>> {
        self.make(target, Transport::Udp).await?;
        Ok(Udp { modem: self })
    }

    /// Looks a name up. The module attaches for that if it has to.
    ///
    /// # Errors
    /// When the name has no address, the module does not get so far, or the port fails.
    pub async fn resolve(&mut self, name: &Host) -> Result<IpAddr, Error<P::Error>> {
        self.session.begin();
        let address = self.drive(|session| session.resolve(name)).await??;
        address.ok_or(Error::NotResolved)
    }

    /// Closes what a link that was dropped has left behind. The next connection would do so, too.
    ///
    /// # Errors
    /// When the port fails.
    pub async fn close(&mut self) -> Result<(), Error<P::Error>> {
        self.session.abandon();
        self.drive(|session| session.is_clear().then_some(())).await
    }

    /// The session inside: what is known of the module, and who watches.
    pub fn session(&mut self) -> &mut Session<RX, TX> {
        &mut self.session
    }

    /// Gives the port back.
    pub fn into_port(self) -> P {
        self.port
    }

    pub(super) async fn make(
        &mut self,
        target: &Target,
        transport: Transport,
    ) -> Result<(), Error<P::Error>> {
        if target.transport != transport {
            return Err(Error::Unsupported);
        }
        self.session.begin();
        self.drive(|session| session.connect(target)).await??;
        Ok(())
    }

    pub(super) async fn read(&mut self, into: &mut [u8]) -> Result<usize, Error<P::Error>> {
        match self.session.read(into) {
            Some(answer) => Ok(answer?),
            None => Ok(self.drive(|session| session.read(into)).await??),
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<usize, Error<P::Error>> {
        match self.session.write(bytes) {
            Some(answer) => Ok(answer?),
            None => Ok(self.drive(|session| session.write(bytes)).await??),
        }
    }

    pub(super) async fn flush(&mut self) -> Result<(), Error<P::Error>> {
        Ok(self.drive(|session| session.flush()).await??)
    }

    pub(super) async fn send(&mut self, datagram: &[u8]) -> Result<(), Error<P::Error>> {
        self.drive(|session| session.send(datagram)).await??;
        self.flush().await
    }

    pub(super) async fn receive(&mut self, into: &mut [u8]) -> Result<Datagram, Error<P::Error>> {
        Ok(self.drive(|session| session.receive(into)).await??)
    }

    /// Sends what was written, and closes.
    pub(super) async fn finish(&mut self) -> Result<(), Error<P::Error>> {
        let flushed = self.flush().await;
        self.close().await?;
        flushed
    }

    /// Drives the session until the question has its answer.
    async fn drive<A>(
        &mut self,
        mut question: impl FnMut(&mut Session<RX, TX>) -> Option<A>,
    ) -> Result<A, Error<P::Error>> {
        self.session.resume(self.timer.now());
        loop {
            self.session.step(self.timer.now());
            if let Some(answer) = question(&mut self.session) {
                return Ok(answer);
            }
            self.exchange().await?;
        }
    }

    /// Writes or reads once, or waits in vain until the session's deadline. Nothing of it is lost
    /// when it is dropped: the port has done nothing, or says so and is ready.
    async fn exchange(&mut self) -> Result<(), Error<P::Error>> {
        match self.session.todo() {
            Todo::Write { bytes, until } => {
                let written = self.port.write(bytes);
                if let Some(written) = before(written, self.timer.wait(until)).await {
                    let n = written.map_err(Error::Port)?;
                    self.session.written(n, self.timer.now());
                }
            }
            Todo::Read { space, until } => {
                let read = self.port.read(space);
                match before(read, self.timer.wait(until)).await {
                    Some(Ok(0)) => return Err(Error::PortEnded),
                    Some(Ok(n)) => self.session.filled(n),
                    Some(Err(error)) => return Err(Error::Port(error)),
                    None => {}
                }
            }
        }
        Ok(())
    }
}

/// What a future gives, unless the alarm comes first. The future is asked first: what has come, has
/// come in time.
async fn before<A>(future: impl Future<Output = A>, alarm: impl Future<Output = ()>) -> Option<A> {
    let (mut future, mut alarm) = (pin!(future), pin!(alarm));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => alarm.as_mut().poll(context).map(|()| None),
    })
    .await
}
