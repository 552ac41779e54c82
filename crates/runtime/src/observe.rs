//! Watching a module at work.

use std::io;
use std::net::SocketAddr;

use simless_module::{Event, Snapshot};

/// Somebody who watches. It never pushes back: what it cannot take it has to drop and count.
pub trait Observer {
    /// Something happened in the module; `snapshot` is its state right after it.
    fn event(&mut self, event: &Event, snapshot: &Snapshot<'_>);

    /// Something happened at its port.
    fn port(&mut self, news: &PortNews);
}

/// What happened at a port.
#[derive(Debug)]
pub enum PortNews {
    /// A DTE is there now; over TCP, this one.
    DteCame(Option<SocketAddr>),
    /// The DTE has gone. The module stays as it is.
    DteLeft,
    /// This one came while another was there, and was sent away.
    DteRefused(SocketAddr),
    /// A DTE that came could not be let in.
    AcceptFailed(io::Error),
}
