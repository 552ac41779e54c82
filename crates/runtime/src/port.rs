//! The places where DTEs come from, one after the other.

mod dial;
mod door;
mod link;
mod lookout;
#[cfg(test)]
pub(crate) mod memory;
mod polled;
mod presence;
mod pty;
mod pty_stream;
mod raw;
mod serial;
mod serial_stream;
mod serial_wait;
mod stdio;
mod stdio_stream;
mod stream;
mod tcp;
mod unix;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};

use crate::Endpoint;
use crate::observe::Caller;

pub use dial::{DialError, Line, dial};
pub use link::LinkError;
pub use stdio::console;

/// An open port. Dropping it takes its link or socket file away and gives a terminal its settings back.
pub struct Port(Kind);

enum Kind {
    Pty(Box<pty::Pty>),
    Tcp(tcp::Listener),
    Unix(unix::Listener),
    Serial(Box<serial::Serial>),
    Stdio(stdio::Stdio),
    #[cfg(test)]
    Memory(memory::Door),
    Stream(stream::Stream),
}

/// Where a port can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A pseudo-terminal.
    Pty {
        /// The terminal itself.
        path: PathBuf,
        /// The link that leads to it.
        link: PathBuf,
        /// Why it is not seen when DTEs come and go, where that is so.
        blind: Option<String>,
    },
    /// A TCP port.
    Tcp(SocketAddr),
    /// A socket file.
    Unix(PathBuf),
    /// A serial device.
    Serial {
        /// The device.
        path: PathBuf,
        /// Bits per second.
        baud: u32,
        /// Whether it is there; else it is waited for.
        there: bool,
    },
    /// Standard input and output.
    Stdio {
        /// Whether a person types there.
        terminal: bool,
    },
    /// In this program.
    Memory,
}

impl Port {
    /// Opens what the endpoint names. Needs a tokio runtime around it.
    pub async fn open(endpoint: &Endpoint) -> Result<Self, OpenError> {
        Ok(Self(match endpoint {
            Endpoint::Pty { link } => Kind::Pty(Box::new(pty::Pty::open(link.as_deref())?)),
            Endpoint::Tcp { host, port } => Kind::Tcp(tcp::Listener::open(host, *port).await?),
            Endpoint::Unix { path } => Kind::Unix(unix::Listener::open(path)?),
            Endpoint::Serial { device, baud } => {
                Kind::Serial(Box::new(serial::Serial::open(device, *baud)?))
            }
            Endpoint::Stdio => Kind::Stdio(stdio::Stdio::open().map_err(OpenError::Stdio)?),
        }))
    }

    /// The port of a DTE at the other end of this stream, such as one of
    /// `tokio::io::duplex`: no other one can come. It closes when either of them drops it.
    pub fn of_stream(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Kind::Stream(stream::Stream::new(stream)))
    }

    /// Where it can be found.
    pub fn address(&self) -> Address {
        match &self.0 {
            Kind::Pty(pty) => pty.address(),
            Kind::Tcp(tcp) => Address::Tcp(tcp.address()),
            Kind::Unix(unix) => Address::Unix(unix.path().into()),
            Kind::Serial(serial) => serial.address(),
            Kind::Stdio(stdio) => Address::Stdio {
                terminal: stdio.is_terminal(),
            },
            #[cfg(test)]
            Kind::Memory(_) => Address::Stdio { terminal: false },
            Kind::Stream(_) => Address::Memory,
        }
    }

    /// What happens next at the door. `engaged` says that a DTE is there.
    pub(crate) fn poll_arrival(&mut self, cx: &mut Context<'_>, engaged: bool) -> Poll<Arrival> {
        match &mut self.0 {
            Kind::Pty(pty) => pty.poll_arrival(cx, engaged),
            Kind::Tcp(tcp) => tcp.poll_arrival(cx),
            Kind::Unix(unix) => unix.poll_arrival(cx),
            Kind::Serial(serial) => serial.poll_arrival(cx, engaged),
            Kind::Stdio(stdio) => stdio.poll_arrival(engaged),
            #[cfg(test)]
            Kind::Memory(door) => door.poll_arrival(),
            Kind::Stream(stream) => stream.poll_arrival(engaged),
        }
    }
}

/// What happened at the door.
pub(crate) enum Arrival {
    /// This DTE came; at a door where they connect, even while another is there.
    Came(Box<dyn Dte>, Caller),
    /// One came and could not be let in.
    Failed(io::Error),
    /// The DTE has gone and no other will come.
    Over,
}

/// The stream of bytes to and from a DTE. Reading nothing means that it has said its last byte.
pub(crate) trait Dte: AsyncRead + AsyncWrite + Send + Unpin {
    /// Whether one that has said its last byte may still be listening.
    fn listens_on(&self) -> bool;

    /// Whether it has said its last byte, though that may not have been read yet.
    fn is_leaving(&self) -> bool {
        false
    }

    /// Whether this, which came of writing to it, is a failure and not its way to leave.
    fn fails_by(&self, _: &io::Error) -> bool {
        false
    }
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system gave no pseudo-terminal.
    #[error("no pseudo-terminal could be opened")]
    Pty(#[source] io::Error),
    /// The link to it could not be made.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Another program listens there.
    #[error(
        "{host}:{port} is in use by another program; choose another port, or port 0 for any that is free"
    )]
    InUse {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
    },
    /// The TCP port could not be opened for another reason.
    #[error("{host}:{port} cannot be listened on")]
    Listen {
        /// The host that was asked for.
        host: String,
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Another program listens at the socket file.
    #[error(
        "{} is in use by another program; end that one, or choose another path",
        .0.display()
    )]
    SocketInUse(PathBuf),
    /// Something else than a socket stands there.
    #[error(
        "{} exists already and is no socket; remove it, or choose another path",
        .0.display()
    )]
    NoSocket(PathBuf),
    /// The socket file could not be made for another reason.
    #[error("the socket {} cannot be made", .path.display())]
    Socket {
        /// The path that was asked for.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Another program has the serial device.
    #[error(
        "{} is in use by another program; end that one, or choose another device",
        .0.display()
    )]
    DeviceInUse(PathBuf),
    /// What stands there has no rate and no raw mode.
    #[error(
        "{} is no serial device; for a socket file write unix:PATH, for a pseudo-terminal pty:LINK",
        .0.display()
    )]
    NoTerminal(PathBuf),
    /// Only others may use the serial device.
    #[error(
        "{} may not be used by you; join the group it belongs to, which often is 'dialout'",
        .0.display()
    )]
    NoAccess(PathBuf),
    /// The serial device has no such rate.
    #[error("{} cannot be set to {baud} baud; choose another rate", .path.display())]
    Baud {
        /// The device.
        path: PathBuf,
        /// The rate that was asked for.
        baud: u32,
    },
    /// The serial device cannot be used for another reason.
    #[error("the serial device {} cannot be used", .path.display())]
    Device {
        /// The device.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Standard input or output cannot be used.
    #[error("standard input and output cannot be used")]
    Stdio(#[source] io::Error),
}
