//! A G-series GPRS module as a pure state machine.
#![no_std]

extern crate alloc;

mod control;
mod event;
mod module;
mod network;
mod profile;
mod request;
mod snapshot;

pub use control::Control;
pub use event::{Cause, Dropped, Event};
pub use module::{Config, Module};
pub use network::{Answer, Network, SimState};
pub use profile::{Guards, Identity, KINGCOM_G3524, Limits, OnNul, PlainError, Profile, Timing};
pub use request::{MAX_DATAGRAM_READ, Request, SocketEvent, SocketId, Transport};
pub use snapshot::{Counters, Peer, Snapshot};

/// The number of a PDP context, 1 to 7 (3GPP TS 27.007, 10.1.1).
pub type Cid = u8;
