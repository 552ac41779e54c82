//! What can go wrong between an application and its peer, the port included.

use core::fmt;

use embedded_io::ErrorKind;

use crate::{ConnectError, Ended, Failure, LinkError, SendError, SendFailure, Step};

/// What can go wrong with a port whose errors are `E`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<E> {
    /// The port failed.
    Port(E),
    /// The port has ended: a read gave no bytes.
    PortEnded,
    /// The connection was not made.
    Connect(ConnectError),
    /// The connection failed.
    Link(LinkError),
    /// A datagram of this many bytes came that the buffers have no room for.
    Cut(usize),
    /// The name has no address, or none of the wanted family.
    NotResolved,
    /// The name can't stand in a command.
    BadName,
    /// The modem has one connection at a time, and it is in use.
    InUse,
    /// The module can't do that.
    Unsupported,
}

impl<E> From<ConnectError> for Error<E> {
    fn from(error: ConnectError) -> Self {
        Self::Connect(error)
    }
}

impl<E> From<LinkError> for Error<E> {
    fn from(error: LinkError) -> Self {
        Self::Link(error)
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(error) => write!(f, "the port failed: {error}"),
            Self::PortEnded => f.write_str("the port has ended"),
            Self::Connect(error) => error.fmt(f),
            Self::Link(error) => error.fmt(f),
            Self::Cut(length) => write!(f, "there is no room for a datagram of {length} bytes"),
            Self::NotResolved => f.write_str("the name has no such address"),
            Self::BadName => f.write_str("the name can't stand in a command"),
            Self::InUse => f.write_str("the modem's one connection is in use"),
            Self::Unsupported => f.write_str("the module can't do that"),
        }
    }
}

impl<E: core::error::Error> core::error::Error for Error<E> {}

impl<E: embedded_io::Error> embedded_io::Error for Error<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::PortEnded => ErrorKind::BrokenPipe,
            Self::Connect(error) => match (error.step, error.kind) {
                (Step::Connect, Failure::Refused) => ErrorKind::ConnectionRefused,
                (_, Failure::Silent | Failure::NoResponse | Failure::OutOfTime) => {
                    ErrorKind::TimedOut
                }
                _ => ErrorKind::NotConnected,
            },
            Self::Link(LinkError::Ended(Ended::ByUs)) => ErrorKind::NotConnected,
            Self::Link(LinkError::Ended(Ended::ByPeer)) => ErrorKind::BrokenPipe,
            Self::Link(LinkError::Ended(_)) => ErrorKind::ConnectionReset,
            Self::Link(LinkError::Send(failed)) => match failed.kind {
                SendFailure::NoPrompt | SendFailure::Silent => ErrorKind::TimedOut,
                _ => ErrorKind::ConnectionAborted,
            },
            Self::Link(LinkError::Refused(SendError::NotConnected)) => ErrorKind::NotConnected,
            Self::Link(LinkError::Refused(_)) | Self::BadName => ErrorKind::InvalidInput,
            Self::Link(LinkError::Unread) => ErrorKind::Other,
            Self::Cut(_) => ErrorKind::OutOfMemory,
            Self::NotResolved => ErrorKind::NotFound,
            Self::InUse => ErrorKind::AddrInUse,
            Self::Unsupported => ErrorKind::Unsupported,
        }
    }
}
