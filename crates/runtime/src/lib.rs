//! Real ports and real sockets for the module of simless.
//!
//! The module is a pure state machine; this crate is the only one that gives it a real DTE and a
//! real network. [`Port::open`] opens what an [`Endpoint`] names, and [`drive`] runs one module on
//! it: one task, one timer, no thread, no buffer while nothing happens. [`dial`] is the other end:
//! it reaches a module where an [`Endpoint`] says that one is.
//!
//! Everything here needs a tokio runtime with I/O and time; `current_thread` is the fast one.
//! A name is looked up on tokio's blocking pool, where a look-up cannot be interrupted: end a
//! program by `Runtime::shutdown_background`, or it waits for the resolver.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod drive;
mod endpoint;
mod net;
mod observe;
mod policy;
mod port;
mod recording;

pub use drive::{End, drive};
pub use endpoint::{Endpoint, EndpointError};
pub use observe::{Caller, PortNews, PortObserver};
pub use policy::{Policy, Rule, RuleError};
pub use port::{Address, DialError, Line, OpenError, Port, console, dial};
pub use recording::{Recorder, Recording, TraceError};
