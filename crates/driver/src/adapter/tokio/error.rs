//! What can go wrong.

use core::fmt;
use std::io;

use crate::{BusyError, Closed, ConnectError, Ended, SendFailed, SendFailure};

/// Why the modem did not do what it was asked.
#[derive(Debug)]
pub enum ModemError {
    /// It could not be begun.
    Busy(BusyError),
    /// The connection was not made, or the way to where names are known not gone.
    Failed(ConnectError),
    /// The port has ended or failed, and with it this modem: make another one of a new port.
    Port(io::Error),
}

/// Why a link takes or gives no more: the inner error of the [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkError {
    /// What happened.
    pub kind: LinkFailure,
    /// Bytes of this connection that the module is known to have accepted: those under `OK` (H15).
    pub accepted: u64,
    /// Bytes it may have accepted without saying so.
    pub in_doubt: u16,
}

/// What happened to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFailure {
    /// A send failed. In a stream there is a hole, so nothing can follow it.
    Send(SendFailure),
    /// The connection ended.
    Ended(Ended),
    /// It was closed before all that it had received was read; so many bytes are lost.
    Unread(u64),
    /// The port has ended or failed.
    Port(io::ErrorKind),
}

impl LinkError {
    pub(super) const fn sending(failed: SendFailed) -> Self {
        Self {
            kind: LinkFailure::Send(failed.kind),
            accepted: failed.accepted,
            in_doubt: failed.in_doubt,
        }
    }

    pub(super) const fn closed(closed: Closed) -> Self {
        Self {
            kind: LinkFailure::Ended(closed.how),
            accepted: closed.accepted,
            in_doubt: 0,
        }
    }
}

impl From<LinkError> for io::Error {
    fn from(error: LinkError) -> Self {
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionReset, InvalidData, NotConnected, TimedOut,
        };
        let kind = match error.kind {
            LinkFailure::Send(failure) => match failure {
                SendFailure::Refused(_) | SendFailure::Abandoned => ConnectionAborted,
                SendFailure::Closed => BrokenPipe,
                SendFailure::NoPrompt | SendFailure::Silent => TimedOut,
                SendFailure::Rebooted => ConnectionReset,
                SendFailure::Garbled => InvalidData,
            },
            LinkFailure::Ended(how) => match how {
                Ended::ByUs => NotConnected,
                Ended::ByPeer => BrokenPipe,
                Ended::Rebooted => ConnectionReset,
                Ended::Garbled => InvalidData,
                Ended::Silent => TimedOut,
            },
            LinkFailure::Unread(_) => ConnectionAborted,
            LinkFailure::Port(kind) => kind,
        };
        Self::new(kind, error)
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            accepted,
            in_doubt,
        } = *self;
        match kind {
            LinkFailure::Send(kind) => {
                let failed = SendFailed {
                    kind,
                    accepted,
                    in_doubt,
                };
                return write!(f, "a send failed: {failed}");
            }
            LinkFailure::Ended(how) => f.write_str(match how {
                Ended::ByUs => "the connection was closed",
                Ended::ByPeer => "the peer or the network ended the connection",
                Ended::Rebooted => "the module started again",
                Ended::Garbled => "what the module said was out of step, and data is lost",
                Ended::Silent => "the module answers no more",
            })?,
            LinkFailure::Unread(lost) => write!(
                f,
                "it was closed before all was read, and {lost} received bytes are lost"
            )?,
            LinkFailure::Port(kind) => write!(f, "the port to the module failed: {kind}")?,
        }
        write!(f, "; {accepted} bytes are accepted, {in_doubt} in doubt")
    }
}

impl fmt::Display for ModemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(error) => fmt::Display::fmt(error, f),
            Self::Failed(error) => fmt::Display::fmt(error, f),
            Self::Port(error) => write!(f, "the port to the module failed: {error}"),
        }
    }
}

impl core::error::Error for LinkError {}

impl core::error::Error for ModemError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Port(error) => error.source(),
            Self::Busy(_) | Self::Failed(_) => None,
        }
    }
}
