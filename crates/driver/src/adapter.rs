//! Ports and clocks around a [`Session`](crate::Session). Each is a feature, and none is on by
//! itself.
//!
//! | feature | module | for |
//! |---|---|---|
//! | `embedded-io` | [`blocking`] | a port that blocks for a moment at most |
//! | `embedded-io-async` | [`asynchronous`] | an async port, and a [`Timer`](asynchronous::Timer) |
//! | `embassy` | [`asynchronous`] | that timer by `embassy-time` |
//! | `embedded-nal-async` | [`nal`] | clients written for `TcpConnect`, `Dns`, `UdpStack` |

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
