//! A connection of a modem: a stream, or a socket for datagrams.

use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};

use super::{Modem, Timer};
use crate::Datagram;
use crate::adapter::Error;

/// A TCP connection. What is written goes out with the next flush or read, or when the buffer is
/// full. Dropped, it is closed as soon as the modem has something to do; [`Link::close`] does it at
/// once.
///
/// `read`, `write` and `flush` are cancel-safe: dropped, they have done nothing that the next call
/// does not know. `read_exact` and `write_all` are not, as their traits say.
pub struct Link<'m, P, T, const RX: usize, const TX: usize> {
    pub(super) modem: &'m mut Modem<P, T, RX, TX>,
}

/// A UDP socket bound to its peer. Dropped, it is closed as soon as the modem has something to do.
pub struct Udp<'m, P, T, const RX: usize, const TX: usize> {
    pub(super) modem: &'m mut Modem<P, T, RX, TX>,
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Link<'_, P, T, RX, TX> {
    /// Sends what was written, and closes the connection.
    ///
    /// # Errors
    /// When not all that was written was accepted. The connection is closed all the same.
    pub async fn close(self) -> Result<(), Error<P::Error>> {
        self.modem.finish().await
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Udp<'_, P, T, RX, TX> {
    /// Sends a datagram, and waits until the module has accepted it. Dropped while it waits, the
    /// datagram is still sent.
    ///
    /// # Errors
    /// When it can't be sent, or is lost on its way to the module. The next one may do.
    pub async fn send(&mut self, datagram: &[u8]) -> Result<(), Error<P::Error>> {
        self.modem.send(datagram).await
    }

    /// Receives a datagram. What `into` has no room for is dropped.
    ///
    /// # Errors
    /// When the module has closed the socket.
    pub async fn receive(&mut self, into: &mut [u8]) -> Result<Datagram, Error<P::Error>> {
        self.modem.receive(into).await
    }

    /// Closes the socket.
    ///
    /// # Errors
    /// When the port fails.
    pub async fn close(self) -> Result<(), Error<P::Error>> {
        self.modem.close().await
    }
}

impl<P: ErrorType, T, const RX: usize, const TX: usize> ErrorType for Link<'_, P, T, RX, TX> {
    type Error = Error<P::Error>;
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Read for Link<'_, P, T, RX, TX> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        self.modem.read(buf).await
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Write for Link<'_, P, T, RX, TX> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        self.modem.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.modem.flush().await
    }
}
