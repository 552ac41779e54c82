//! Watching a module at work.

use std::fmt;
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
    /// This DTE is there now.
    DteCame(Caller),
    /// The DTE has gone. The module stays as it is.
    DteLeft,
    /// The DTE could not be given what the module said, for another reason than that it has gone.
    DteFailed(io::Error),
    /// This one came while another was there, and was sent away.
    DteRefused(Caller),
    /// A DTE that came could not be let in.
    AcceptFailed(io::Error),
}

/// Who a DTE is, as far as the port can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The far end of a TCP connection.
    Address(SocketAddr),
    /// The process that connected to a socket file, by its id.
    Process(i32),
    /// A terminal does not tell.
    Unknown,
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(f, "DTE {address}"),
            Self::Process(id) => write!(f, "the DTE of process {id}"),
            Self::Unknown => f.write_str("a DTE"),
        }
    }
}
