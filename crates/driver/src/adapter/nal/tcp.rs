//! Streams.

use core::net::SocketAddr;

use embedded_io::ErrorType;
use embedded_io_async::{Read, Write};
use embedded_nal_async::TcpConnect;

use super::{InUse, Stack};
use crate::Transport;
use crate::adapter::Error;
use crate::adapter::asynchronous::Timer;

/// The one TCP connection of a stack. Dropped, it is closed as soon as the modem has something to
/// do; [`Tcp::close`] does it at once.
pub struct Tcp<'s, P: Read + Write, T: Timer, const RX: usize, const TX: usize> {
    modem: InUse<'s, P, T, RX, TX>,
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Tcp<'_, P, T, RX, TX> {
    /// Sends what was written, and closes the connection.
    ///
    /// # Errors
    /// When not all that was written was accepted. The connection is closed all the same.
    pub async fn close(mut self) -> Result<(), Error<P::Error>> {
        self.modem.finish().await
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> TcpConnect
    for Stack<P, T, RX, TX>
{
    type Error = Error<P::Error>;
    type Connection<'a>
        = Tcp<'a, P, T, RX, TX>
    where
        Self: 'a;

    async fn connect(&self, remote: SocketAddr) -> Result<Self::Connection<'_>, Self::Error> {
        let modem = self.connected(Transport::Tcp, remote).await?;
        Ok(Tcp { modem })
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> ErrorType
    for Tcp<'_, P, T, RX, TX>
{
    type Error = Error<P::Error>;
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Read for Tcp<'_, P, T, RX, TX> {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        self.modem.read(buf).await
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Write for Tcp<'_, P, T, RX, TX> {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        self.modem.write(buf).await
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.modem.flush().await
    }
}
