//! What happened inside, for whoever watches. Events carry no payload.

use core::fmt;
use core::net::SocketAddr;

use simless_at::{Final, IpState};

use crate::{Cid, FaultKind};

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The TCP/UDP service came into this state.
    State(IpState),
    /// A command, or a connection on its way, failed without a code of its own, for this cause.
    /// The result is what the module says: `+CME ERROR: 50`, or `ERROR` where the profile spells
    /// it so (guide E1).
    Failed(Final, Cause),
    /// Something was dropped at a limit.
    Dropped(Dropped),
    /// A fault struck.
    Struck(FaultKind),
}

/// Why something failed without a code of its own: the guide's five causes of `+CME ERROR: 50`
/// (G9.2), and what else shares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Cause {
    /// G9.2.1: the network refused to attach a SIM without credit.
    NoCredit,
    /// G9.2.2: nothing listens at this address.
    NotListening(SocketAddr),
    /// G9.2.3: this address could not be reached.
    Unreachable(SocketAddr),
    /// A policy denies this address; to the DTE it looks like G9.2.3.
    Denied(SocketAddr),
    /// The adapter had no socket left for this address; to the DTE it looks like G9.2.3.
    NoSocket(SocketAddr),
    /// G9.2.3: no SIM, or one that is locked.
    SimNotReady,
    /// G9.2.3: not registered with a network.
    NotRegistered,
    /// G9.2.3: the network refused to attach the module.
    AttachRefused,
    /// G9.2.3: the network refused to activate the context.
    ActivationRefused,
    /// G9.2.3: the context was lost on the way.
    ContextLost,
    /// G9.2.3: too many connections that were closed still have bytes to send.
    TooManyClosing,
    /// G9.2.4: the name did not resolve.
    NotResolved,
    /// G9.2.4: another name is being resolved.
    ResolverBusy,
    /// G9.2.5: `AT+CIPSTART` is not allowed in this state.
    Repeated(IpState),
    /// Another command is not allowed in this state.
    State(IpState),
    /// The context is not defined.
    UndefinedContext(Cid),
    /// The command needs an active context.
    NoContext,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCredit => {
                f.write_str("the SIM has no credit, the network refused to attach it")
            }
            Self::NotListening(address) => write!(f, "nothing listens at {address}"),
            Self::Unreachable(address) => write!(f, "{address} could not be reached"),
            Self::Denied(address) => write!(f, "the policy denies {address}"),
            Self::NoSocket(address) => write!(f, "no socket is left for {address}"),
            Self::SimNotReady => f.write_str("there is no SIM, or it is locked"),
            Self::NotRegistered => f.write_str("the module is not registered with a network"),
            Self::AttachRefused => f.write_str("the network refused to attach the module"),
            Self::ActivationRefused => f.write_str("the network refused to activate the context"),
            Self::ContextLost => f.write_str("the context was lost on the way"),
            Self::TooManyClosing => {
                f.write_str("too many closed connections still have bytes to send")
            }
            Self::NotResolved => f.write_str("the name did not resolve"),
            Self::ResolverBusy => f.write_str("another name is being resolved"),
            Self::Repeated(state) | Self::State(state) => {
                write!(f, "the command is not allowed in state {state}")
            }
            Self::UndefinedContext(cid) => write!(f, "context {cid} is not defined (AT+CGDCONT)"),
            Self::NoContext => f.write_str("no context is active"),
        }
    }
}

impl Cause {
    /// The guide's number of the cause, where it is one of the five.
    pub const fn guide_id(self) -> Option<&'static str> {
        Some(match self {
            Self::NoCredit => "9.2.1",
            Self::NotListening(_) => "9.2.2",
            Self::Unreachable(_)
            | Self::SimNotReady
            | Self::NotRegistered
            | Self::AttachRefused
            | Self::ActivationRefused
            | Self::ContextLost
            | Self::TooManyClosing => "9.2.3",
            Self::NotResolved | Self::ResolverBusy => "9.2.4",
            Self::Repeated(_) => "9.2.5",
            Self::Denied(_)
            | Self::NoSocket(_)
            | Self::State(_)
            | Self::UndefinedContext(_)
            | Self::NoContext => return None,
        })
    }
}

/// What was dropped at a limit; each has a counter in the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// A command line longer than the limit.
    Line,
    /// A datagram that was empty, too long or found no room.
    Datagram,
    /// A URC that a newer one of its kind replaced.
    Urc,
    /// Bytes of a closed connection that the peer did not take in time.
    Unsent,
}
