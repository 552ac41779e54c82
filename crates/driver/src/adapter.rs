//! Ports and clocks around a [`Session`](crate::Session). Each is a feature, and none is on by
//! itself.
//!
//! | feature | module | for |
//! |---|---|---|
//! | `embedded-io` | `blocking` | any `embedded_io::Read + Write` that blocks for a moment at most, and a closure that tells the time |
//! | `embedded-io-async` | `asynchronous` | any `embedded_io_async::Read + Write`, and a `Timer` |
//! | `embassy` | `asynchronous` | that timer by `embassy-time` |
//! | `embedded-nal-async` | `nal` | clients that are written for `TcpConnect`, `Dns` or `UdpStack` |
//! | `tokio` | `tokio` | any byte stream of tokio; its links are such streams again |
//!
//! The first four share how they behave:
//!
//! - **One thing at a time.** A module of the guide has one connection, and the types say so: a link
//!   borrows its modem.
//! - **What is written is gathered** and goes out with the next flush or read, or when the buffer is
//!   full. Each send costs a command and its answer, so few large ones are faster than many small
//!   ones. `flush` returns when the module has accepted everything (guide G5.2): that is no
//!   acknowledgement by the peer.
//! - **What is received waits in the buffer**, and then with the module. Who only writes while the
//!   peer only sends fills both ends: then `write` and `flush` fail with
//!   [`LinkError::Unread`](crate::LinkError::Unread), lose nothing, and work again after a read.
//!   Datagrams that nobody reads are dropped and counted.
//! - **A send that fails breaks a stream**, because bytes of it are missing; the error says how many
//!   the module has accepted. A datagram that fails is lost alone.
//! - **A link that is dropped is closed** when the modem has something to do next, after what it had
//!   accepted for sending. Its `close` does it at once.
//! - **Time in which nobody drives a modem does not count.** A deadline can't pass while nobody
//!   listens. What the module says meanwhile waits in the port's own buffer, which has to be large
//!   enough for that.
//! - **Nothing allocates.** The buffers are two const parameters: `RX` for what is received, `TX`
//!   for what is to be sent, which is also the longest datagram.

#[cfg(feature = "embedded-io-async")]
pub mod asynchronous;
#[cfg(feature = "embedded-io")]
pub mod blocking;
#[cfg(any(feature = "embedded-io", feature = "embedded-io-async"))]
mod error;
#[cfg(feature = "embedded-nal-async")]
pub mod nal;

#[cfg(any(feature = "embedded-io", feature = "embedded-io-async"))]
pub use error::Error;
#[cfg(feature = "tokio")]
pub mod tokio;
