//! A connection of a modem: a stream, or a socket for datagrams.

use core::time::Duration;

use embedded_io::{ErrorType, Read, Write};
use simless_at::Instant;

use super::Modem;
use crate::Datagram;
use crate::adapter::Error;

/// A TCP connection. What is written goes out with the next flush or read, or when the buffer is
/// full. Dropped, it is closed as soon as the modem has something to do; [`Link::close`] does it at
/// once.
pub struct Link<'m, P, C, const RX: usize, const TX: usize> {
    pub(super) modem: &'m mut Modem<P, C, RX, TX>,
}

/// A UDP socket bound to its peer. Dropped, it is closed as soon as the modem has something to do.
pub struct Udp<'m, P, C, const RX: usize, const TX: usize> {
    pub(super) modem: &'m mut Modem<P, C, RX, TX>,
}

impl<P, C, const RX: usize, const TX: usize> Link<'_, P, C, RX, TX>
where
    P: Read + Write,
    C: FnMut() -> Instant,
{
    /// Waits no longer than that for something to read, or the end; gives whether there is.
    ///
    /// # Errors
    /// When the port fails.
    pub fn wait(&mut self, limit: Duration) -> Result<bool, Error<P::Error>> {
        self.modem.wait(limit)
    }

    /// Sends what was written, and closes the connection.
    ///
    /// # Errors
    /// When not all that was written was accepted. The connection is closed all the same.
    pub fn close(mut self) -> Result<(), Error<P::Error>> {
        let flushed = self.flush();
        self.modem.close()?;
        flushed
    }
}

impl<P, C, const RX: usize, const TX: usize> Udp<'_, P, C, RX, TX>
where
    P: Read + Write,
    C: FnMut() -> Instant,
{
    /// Sends a datagram, and waits until the module has accepted it.
    ///
    /// # Errors
    /// When it can't be sent, or is lost on its way to the module. The next one may do.
    pub fn send(&mut self, datagram: &[u8]) -> Result<(), Error<P::Error>> {
        self.modem.drive(|session| session.send(datagram))??;
        Ok(self.modem.drive(|session| session.flush())??)
    }

    /// Receives a datagram. What `into` has no room for is dropped.
    ///
    /// # Errors
    /// When the module has closed the socket.
    pub fn receive(&mut self, into: &mut [u8]) -> Result<Datagram, Error<P::Error>> {
        Ok(self.modem.drive(|session| session.receive(into))??)
    }

    /// Waits no longer than that for a datagram, or the end; gives whether there is.
    ///
    /// # Errors
    /// When the port fails.
    pub fn wait(&mut self, limit: Duration) -> Result<bool, Error<P::Error>> {
        self.modem.wait(limit)
    }

    /// Closes the socket.
    ///
    /// # Errors
    /// When the port fails.
    pub fn close(self) -> Result<(), Error<P::Error>> {
        self.modem.close()
    }
}

impl<P: ErrorType, C, const RX: usize, const TX: usize> ErrorType for Link<'_, P, C, RX, TX> {
    type Error = Error<P::Error>;
}

impl<P, C, const RX: usize, const TX: usize> Read for Link<'_, P, C, RX, TX>
where
    P: Read + Write,
    C: FnMut() -> Instant,
{
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        match self.modem.session.read(buf) {
            Some(answer) => Ok(answer?),
            None => Ok(self.modem.drive(|session| session.read(buf))??),
        }
    }
}

impl<P, C, const RX: usize, const TX: usize> Write for Link<'_, P, C, RX, TX>
where
    P: Read + Write,
    C: FnMut() -> Instant,
{
    fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        match self.modem.session.write(buf) {
            Some(answer) => Ok(answer?),
            None => Ok(self.modem.drive(|session| session.write(buf))??),
        }
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(self.modem.drive(|session| session.flush())??)
    }
}
