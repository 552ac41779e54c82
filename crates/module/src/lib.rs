//! A G-series GPRS module as a pure state machine: what the module answers to a DTE, what it asks
//! of the network, and when.
//!
//! There is no clock, no socket, no thread and no environment in here. Bytes, events and the time
//! go in; bytes, requests and the next deadline come out. Handling input cannot fail.
//!
//! # The contract
//!
//! An adapter owns the DTE's port and the sockets, and does in any order, again and again:
//!
//! 1. [`Module::handle_uart`] with what came from the DTE. What it does not take is offered again
//!    later: those bytes are the queue of commands.
//! 2. [`Module::handle_socket`], [`Module::socket_space`] and [`Module::socket_filled`] with what
//!    came from the sockets.
//! 3. [`Module::handle_timeout`] when [`Module::poll_timeout`] says so.
//! 4. After each of them: [`Module::poll_request`] until there is none, and then write what
//!    [`Module::uart_output`] and [`Module::socket_output`] hold, as far as it goes.
//!
//! ```
//! use std::sync::Arc;
//! use simless_at::Instant;
//! use simless_module::{
//!     Config, KINGCOM_G3524, Module, Network, Request, Scenario, SocketEvent, Timing,
//! };
//!
//! let mut module = Module::new(Arc::new(Config {
//!     profile: KINGCOM_G3524,
//!     timing: Timing::IMMEDIATE,
//!     network: Network::default(),
//!     scenario: Scenario::default(),
//! }));
//! let now = Instant::ZERO;
//!
//! // What the DTE says is taken, echoed and answered.
//! let line = b"AT+CIPSTART=\"TCP\",\"127.0.0.1\",1100\r";
//! assert_eq!(module.handle_uart(line, now), line.len());
//! module.handle_timeout(now);
//!
//! // The module asks for a socket; the adapter says that it stands.
//! let Some(Request::Connect { id, address, .. }) = module.poll_request() else { panic!() };
//! assert_eq!(address, "127.0.0.1:1100".parse().unwrap());
//! module.handle_socket(id, SocketEvent::Connected, now);
//!
//! // One vectored write brings it all to the DTE.
//! let mut slices = [&[][..]; 16];
//! let count = module.uart_output(&mut slices);
//! let output = slices[..count].concat();
//! assert!(output.starts_with(line));
//! assert!(output.ends_with(b"\r\nOK\r\n\r\nCONNECT OK\r\n"));
//! module.uart_written(output.len(), now);
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![no_std]

extern crate alloc;

mod attempt;
mod backlog;
mod bearer;
mod chance;
mod closing;
mod command_gate;
mod commands;
mod control;
#[cfg(feature = "serde")]
pub mod duration_text;
mod editor;
mod entry;
mod equipment;
mod event;
mod fault;
mod happen;
mod imei;
mod late;
mod link;
mod look_up;
mod module;
mod network;
mod procedure;
mod profile;
mod receive;
mod registration;
mod reply;
mod request;
mod ring;
mod run;
mod scenario;
mod serial_line;
mod service;
mod settings;
mod snapshot;
mod socket_gate;
mod sockets;
mod uart;
mod wait;
mod wire;

pub use chance::{Chance, Probability};
pub use commands::{Command, commands};
pub use control::Control;
pub use event::{Cause, Dropped, Event};
pub use fault::{
    Attribute, Attributes, Fault, FaultError, FaultKind, Gate, KINDS, Kind, Place, Stream,
    URC_LIMIT,
};
pub use module::{Config, Module};
pub use network::{Answer, Network, NetworkChange, Pin, SimState};
pub use profile::{Guards, Identity, KINGCOM_G3524, Limits, OnNul, PlainError, Profile, Timing};
pub use request::{MAX_DATAGRAM_READ, Request, SocketEvent, SocketId, Transport};
pub use scenario::{Happening, Scenario, Step, StepError, Trigger};
pub use snapshot::{Counters, Peer, Snapshot};
pub use wire::{Line, Rate, SerialFaults, Slicer, Stall, Wire};

/// The number of a PDP context, 1 to 7 (3GPP TS 27.007, 10.1.1).
pub type Cid = u8;
