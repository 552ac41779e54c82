//! Datagrams.

use core::convert::Infallible;
use core::marker::PhantomData;
use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use embedded_io_async::{Read, Write};
use embedded_nal_async::{ConnectedUdp, UdpStack, UnconnectedUdp};

use super::{InUse, Stack};
use crate::adapter::Error;
use crate::adapter::asynchronous::Timer;
use crate::{Datagram, Transport};

/// The one UDP socket of a stack, bound to its peer. Dropped, it is closed as soon as the modem has
/// something to do.
pub struct Udp<'s, P: Read + Write, T: Timer, const RX: usize, const TX: usize> {
    modem: InUse<'s, P, T, RX, TX>,
}

/// A socket without a peer. There is none.
pub struct Unconnected<E> {
    never: Infallible,
    error: PhantomData<E>,
}

impl<'s, P: Read + Write, T: Timer, const RX: usize, const TX: usize> UdpStack
    for &'s Stack<P, T, RX, TX>
{
    type Error = Error<P::Error>;
    type Connected = Udp<'s, P, T, RX, TX>;
    type UniquelyBound = Unconnected<P::Error>;
    type MultiplyBound = Unconnected<P::Error>;

    async fn connect_from(
        &self,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Result<(SocketAddr, Self::Connected), Self::Error> {
        if !local.ip().is_unspecified() || local.port() != 0 {
            return Err(Error::Unsupported);
        }
        let stack: &'s Stack<P, T, RX, TX> = self;
        let modem = stack.connected(Transport::Udp, remote).await?;
        let unspecified = match remote {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        Ok((SocketAddr::new(unspecified, 0), Udp { modem }))
    }

    async fn bind_single(
        &self,
        _: SocketAddr,
    ) -> Result<(SocketAddr, Self::UniquelyBound), Self::Error> {
        Err(Error::Unsupported)
    }

    async fn bind_multiple(&self, _: SocketAddr) -> Result<Self::MultiplyBound, Self::Error> {
        Err(Error::Unsupported)
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> ConnectedUdp
    for Udp<'_, P, T, RX, TX>
{
    type Error = Error<P::Error>;

    async fn send(&mut self, data: &[u8]) -> Result<(), Self::Error> {
        self.modem.send(data).await
    }

    /// The bytes that `buffer` has no room for are dropped, and the whole length is told. Where the
    /// modem's own buffer had no room, that is [`Error::Cut`].
    async fn receive_into(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let Datagram { stored, length } = self.modem.receive(buffer).await?;
        match stored == length.min(buffer.len()) {
            true => Ok(length),
            false => Err(Error::Cut(length)),
        }
    }
}

impl<E: embedded_io::Error> UnconnectedUdp for Unconnected<E> {
    type Error = Error<E>;

    async fn send(&mut self, _: SocketAddr, _: SocketAddr, _: &[u8]) -> Result<(), Self::Error> {
        match self.never {}
    }

    async fn receive_into(
        &mut self,
        _: &mut [u8],
    ) -> Result<(usize, SocketAddr, SocketAddr), Self::Error> {
        match self.never {}
    }
}
