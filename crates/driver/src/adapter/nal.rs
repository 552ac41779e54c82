//! A modem as a network stack of `embedded-nal-async`, for clients that are written for one.
//!
//! | trait | |
//! |---|---|
//! | `TcpConnect` | one connection at a time: a second one is [`Error::InUse`] until the first is dropped |
//! | `Dns` | literal addresses are told at once; a name is asked for with `AT+CDNSGIP`, while no connection is in use. From an address to its name: [`Error::Unsupported`], no command does it |
//! | `UdpStack` | for `&Stack`; `connect`, and `connect_from` an unspecified local address. The module tells no local port, so the local address that is given back is unspecified, too |
//! | `ConnectedUdp` | whole |
//! | `UnconnectedUdp` | does not fit: the module's sockets have one peer, which they are bound to. `bind_single` and `bind_multiple` are [`Error::Unsupported`] |
//!
//! `TcpConnect` is given an address, so a client asks `Dns` first. The module could connect to a name
//! by itself: [`Modem::connect`](super::asynchronous::Modem::connect) does so in one command.
//!
//! ```
//! # use embedded_io_async::{Read, Write};
//! # use simless_driver::adapter::Error;
//! # use simless_driver::adapter::asynchronous::{Modem, Timer};
//! use core::net::SocketAddr;
//!
//! use embedded_nal_async::{AddrType, Dns, TcpConnect};
//! use simless_driver::adapter::nal::Stack;
//!
//! async fn fetch<P: Read + Write, T: Timer>(modem: Modem<P, T>) -> Result<(), Error<P::Error>> {
//!     let stack = Stack::new(modem);
//!     let address = stack.get_host_by_name("example.com", AddrType::IPv4).await?;
//!     let mut link = stack.connect(SocketAddr::new(address, 80)).await?;
//!     link.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
//!     link.flush().await?;
//!     let mut answer = [0; 64];
//!     let n = link.read(&mut answer).await?;
//!     assert!(answer[..n].starts_with(b"HTTP/1."));
//!     link.close().await
//! }
//! ```
#![expect(
    clippy::await_holding_refcell_ref,
    reason = "held on purpose: who comes meanwhile tries to borrow it, and is told that it is in use"
)]

mod tcp;
mod udp;

use core::cell::{RefCell, RefMut};
use core::fmt::Write as _;
use core::net::{IpAddr, SocketAddr};

use embedded_io_async::{Read, Write};
use embedded_nal_async::{AddrType, Dns};
use heapless::String;

use super::Error;
use super::asynchronous::{Modem, Timer};
use crate::{Host, Target, Transport};

pub use tcp::Tcp;
pub use udp::{Udp, Unconnected};

/// A modem as a network stack, for one task: it is not `Sync`.
pub struct Stack<P, T, const RX: usize = 1024, const TX: usize = 512> {
    /// Borrowed for as long as somebody uses it: that is what makes a second one an error.
    modem: RefCell<Modem<P, T, RX, TX>>,
}

/// A modem in use.
type InUse<'s, P, T, const RX: usize, const TX: usize> = RefMut<'s, Modem<P, T, RX, TX>>;

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Stack<P, T, RX, TX> {
    /// A stack on a modem.
    pub const fn new(modem: Modem<P, T, RX, TX>) -> Self {
        Self {
            modem: RefCell::new(modem),
        }
    }

    /// Closes what a connection that was dropped has left behind. The next one would do so, too.
    ///
    /// # Errors
    /// When a connection is in use, or the port fails.
    pub async fn close(&self) -> Result<(), Error<P::Error>> {
        self.take()?.close().await
    }

    /// Gives the modem back.
    pub fn into_modem(self) -> Modem<P, T, RX, TX> {
        self.modem.into_inner()
    }

    fn take(&self) -> Result<InUse<'_, P, T, RX, TX>, Error<P::Error>> {
        self.modem.try_borrow_mut().map_err(|_| Error::InUse)
    }

    async fn connected(
        &self,
        transport: Transport,
        remote: SocketAddr,
    ) -> Result<InUse<'_, P, T, RX, TX>, Error<P::Error>> {
        let mut modem = self.take()?;
        let mut text = String::<45, u8>::new();
        // The longest address has 45 characters.
        write!(text, "{}", remote.ip()).map_err(|_| Error::BadName)?;
        let target = Target {
            transport,
            host: Host::new(&text).map_err(|_| Error::BadName)?,
            port: remote.port(),
        };
        modem.make(&target, transport).await?;
        Ok(modem)
    }
}

impl<P: Read + Write, T: Timer, const RX: usize, const TX: usize> Dns for Stack<P, T, RX, TX> {
    type Error = Error<P::Error>;

    async fn get_host_by_name(
        &self,
        host: &str,
        addr_type: AddrType,
    ) -> Result<IpAddr, Self::Error> {
        let address = match host.parse() {
            Ok(literal) => literal,
            Err(_) => {
                let name = Host::new(host).map_err(|_| Error::BadName)?;
                self.take()?.resolve(&name).await?
            }
        };
        match (addr_type, address) {
            (AddrType::IPv4, IpAddr::V6(_)) | (AddrType::IPv6, IpAddr::V4(_)) => {
                Err(Error::NotResolved)
            }
            _ => Ok(address),
        }
    }

    async fn get_host_by_address(&self, _: IpAddr, _: &mut [u8]) -> Result<usize, Self::Error> {
        Err(Error::Unsupported)
    }
}
