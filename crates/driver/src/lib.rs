//! The host side of a G-series GPRS module as a pure state machine.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![no_std]

#[cfg(feature = "tokio")]
extern crate std;

mod adapter;
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
mod settings;
mod target;
mod text;

#[cfg(feature = "tokio")]
pub use adapter::tokio;
pub use driver::{Driver, News, Taken};
pub use error::{
    BusyError, ConnectError, Failure, PossibleCause, SendError, SendFailed, SendFailure,
};
pub use event::{Closed, Ended, Event, Step};
pub use patience::Patience;
pub use settings::{SendForm, Settings};
pub use target::{Target, Transport};
pub use text::{Apn, Host, Pin, TextError};
