//! The host side of a G-series GPRS module as a pure state machine.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![no_std]

pub mod adapter;
mod close;
mod command;
mod driver;
mod error;
mod event;
mod flow;
mod heard;
mod patience;
mod plan;
mod reader;
mod recover;
mod resolve;
mod send;
mod session;
mod settings;
mod target;
mod text;

pub use driver::{Driver, News, Taken};
/// Time, as the driver takes it.
pub use simless_at::Instant;

pub use error::{
    BusyError, ConnectError, Failure, LinkError, PossibleCause, SendError, SendFailed, SendFailure,
};
pub use event::{Closed, Ended, Event, Step};
pub use patience::Patience;
pub use session::{Datagram, Notice, Session, Todo};
pub use settings::{SendForm, Settings};
pub use target::{Target, Transport};
pub use text::{Apn, Host, Pin, TextError};
