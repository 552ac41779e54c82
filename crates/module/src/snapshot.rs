//! The module's state at a moment, for whoever watches.

use simless_at::{IpState, Registration};

use crate::Transport;

/// The state at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot<'a> {
    /// The state of the TCP/UDP service.
    pub state: IpState,
    /// The registration.
    pub registration: Registration,
    /// Attached to GPRS.
    pub attached: bool,
    /// The local address, while context 1 is active.
    pub address: Option<core::net::Ipv4Addr>,
    /// The peer of the connection, or of the last one.
    pub peer: Option<Peer<'a>>,
    /// Whether a connection is on its way, so that its outcome will be said unasked.
    pub is_opening: bool,
    /// Whether nothing is under way: no command, no data entry, no half-typed line.
    pub at_rest: bool,
    /// Counters since power-up.
    pub counters: Counters,
}

/// Where a connection leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer<'a> {
    /// TCP or UDP.
    pub transport: Transport,
    /// The address or name as it was given.
    pub host: &'a str,
    /// The port.
    pub port: u16,
}

/// What was counted since power-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Payload bytes that got `OK`.
    pub sent: u64,
    /// Payload bytes received.
    pub received: u64,
    /// Command lines dropped because they were too long.
    pub dropped_lines: u64,
    /// Datagrams dropped because they were empty, too long or found no room.
    pub dropped_datagrams: u64,
    /// URCs dropped because a newer one of their kind replaced them.
    pub dropped_urcs: u64,
    /// Accepted bytes that a closed connection's peer did not take in time.
    pub unsent: u64,
}
