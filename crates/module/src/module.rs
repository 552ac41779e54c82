//! The module and its verbs.

use alloc::sync::Arc;

use simless_at::Instant;

use crate::{Control, Event, Network, Profile, Request, Snapshot, SocketEvent, SocketId, Timing};

/// What a module is made from.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The device.
    pub profile: Profile,
    /// How long things take: [`Timing::IMMEDIATE`], or the profile's own.
    pub timing: Timing,
    /// The network and the SIM.
    pub network: Network,
}

/// A G-series module.
pub struct Module {
    _config: Arc<Config>,
}

impl Module {
    /// A module that was just switched on.
    pub fn new(config: Arc<Config>) -> Self {
        Self { _config: config }
    }
    /// Takes bytes from the DTE; gives how many were taken.
    pub fn handle_uart(&mut self, _rx: &[u8], _now: Instant) -> usize {
        0
    }
    /// Lets time pass. Early is a no-op.
    pub fn handle_timeout(&mut self, _now: Instant) {}
    /// When `handle_timeout` is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }
    /// Bytes for the DTE.
    pub fn uart_output<'a>(&'a self, _out: &mut [&'a [u8]]) -> usize {
        0
    }
    /// Says that the DTE took `n` of them.
    pub fn uart_written(&mut self, _n: usize, _now: Instant) {}
    /// The next thing to do.
    pub fn poll_request(&mut self) -> Option<Request<'_>> {
        None
    }
    /// Says what happened to a socket.
    pub fn handle_socket(&mut self, _id: SocketId, _event: SocketEvent<'_>, _now: Instant) {}
    /// Where to read a TCP socket's bytes to; empty = don't read.
    pub fn socket_space(&mut self, _id: SocketId) -> &mut [u8] {
        &mut []
    }
    /// Says that `n` bytes were read into `socket_space`.
    pub fn socket_filled(&mut self, _id: SocketId, _n: usize, _now: Instant) {}
    /// Bytes to write to a socket; UDP: exactly one datagram.
    pub fn socket_output(&self, _id: SocketId) -> &[u8] {
        &[]
    }
    /// Says that the socket took `n` of them.
    pub fn socket_written(&mut self, _id: SocketId, _n: usize, _now: Instant) {}
    /// Changes something from outside.
    pub fn handle_control(&mut self, _control: Control, _now: Instant) {}
    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        None
    }
    /// The state at this moment.
    pub fn snapshot(&self) -> Snapshot<'_> {
        unimplemented!()
    }
}
