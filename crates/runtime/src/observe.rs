//! Watching a module's port.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use simless_trace::Observer;

/// Somebody who watches a module and its port. It never pushes back: what it cannot take it has to
/// drop and count.
pub trait PortObserver: Observer {
    /// Something happened at the port.
    fn port(&mut self, news: &PortNews);
}

/// Somebody who watches, and somebody who may record besides.
impl<A: PortObserver, B: Observer> PortObserver for (A, Option<B>) {
    fn port(&mut self, news: &PortNews) {
        self.0.port(news);
    }
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

impl fmt::Display for PortNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DteCame(from) => write!(f, "{from} is there"),
            Self::DteLeft => f.write_str("the DTE has left"),
            Self::DteFailed(error) => write!(f, "the DTE takes nothing any more: {error}"),
            Self::DteRefused(from) => write!(
                f,
                "{from} was sent away: another one is there, and a module has one DTE at a time"
            ),
            Self::AcceptFailed(error) => {
                write!(f, "a DTE came and could not be let in: {error}")
            }
        }
    }
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
