//! The AT dialect of G-series GPRS modules, in both directions.
//!
//! A DTE (the host) says **calls** in command lines; a DCE (the module) says **final results**,
//! **unsolicited result codes** and **received blocks**. What both ends must speak is read and
//! written here, side by side, and differences between dialects are data: [`Dialect`].
//!
//! The crate has no std, no allocation, no clock and no I/O, and nothing in it can panic on input.
//!
//! ```
//! use simless_at::{Call, Cme, Dialect, ErrorDetail, Final, Form, Urc};
//!
//! // What the DTE typed between `AT` and CR, one command after the other.
//! let (first, rest) = Call::split_first(b"E0;+CIPSTART=\"TCP\",\"example.com\",80").unwrap();
//! assert_eq!(first.unwrap().number, Some(0));
//!
//! let (second, rest) = Call::split_first(rest).unwrap();
//! let second = second.unwrap();
//! assert!(second.is("+CIPSTART") && rest.is_empty());
//! let Form::Set(mut args) = second.form else { panic!() };
//! assert_eq!(args.text()?, "TCP");
//!
//! // What the module answers, and what the DTE makes of it.
//! let mut line = String::new();
//! Final::Cme(Cme::FAILED).write(&Dialect::G_SERIES, ErrorDetail::Code, &mut line).unwrap();
//! assert_eq!(line, "+CME ERROR: 50");
//! assert_eq!(Final::parse(&Dialect::G_SERIES, &line), Some(Final::Cme(Cme::FAILED)));
//! assert_eq!(Urc::parse(&Dialect::G_SERIES, "CLOSED"), Some(Urc::Closed));
//! # Ok::<(), Cme>(())
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![no_std]

mod args;
mod block;
mod call;
mod cme;
mod dialect;
mod ip_state;
mod registration;
mod result;
mod shown;
mod time;
mod urc;

pub use args::{Arg, Args, Quoted};
pub use block::BlockHeader;
pub use call::{Call, Form, Malformed};
pub use cme::Cme;
pub use dialect::{BlockFormat, ConnectOrder, Dialect};
pub use ip_state::IpState;
pub use registration::{Cell, Domain, Registration};
pub use result::{ErrorDetail, Final};
pub use shown::Shown;
pub use time::Instant;
pub use urc::Urc;
