//! A link: one slot for a connection, and the way to it (guide G4.3 to G4.8).

use alloc::string::String;
use core::net::SocketAddr;

use simless_at::{Instant, IpState};

use crate::bearer::{Bearer, Service};
use crate::ring::Ring;
use crate::wait::Done;
use crate::{SocketId, Transport};

/// The most slots any profile has.
pub(crate) const MAX_LINKS: usize = 8;

/// The link of a command that names none.
pub(crate) const SLOT: usize = 0;

pub(crate) struct Link {
    pub(crate) state: LinkState,
    /// What the last `AT+CIPSTART` asked for.
    pub(crate) target: Option<Target>,
    /// Received bytes until the DTE took them: those printed first, then those that wait. There is
    /// none without need: an idle module holds no buffer.
    pub(crate) received: Option<Ring>,
    /// An attempt that lives on after `COMMAND NO RESPONSE!` (guide G9.3).
    pub(crate) late: Option<Late>,
    pub(crate) closing: Closing,
    /// How the last attempt failed, for a dialect that waits for its outcome.
    pub(crate) refusal: Option<Done>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkState {
    Idle,
    Opening(Attempt),
    Connected(SocketId),
    /// There was a connection, or an attempt, and the context outlived it.
    Closed,
}

/// A connection on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) socket: SocketId,
    pub(crate) stage: Stage,
    /// Then it is over: `COMMAND NO RESPONSE!`.
    pub(crate) guard: Instant,
    /// Whether it stands only after its guard ran out.
    pub(crate) lateness: Lateness,
    /// Nobody answers it.
    pub(crate) is_silent: bool,
}

/// Whether an attempt does not stand in time, and lives on (guide G9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lateness {
    /// No fault has been asked yet: one may still be set while the attempt runs.
    Open,
    /// It does not.
    No,
    /// It may stand from then on.
    From(Instant),
}

/// An attempt that lives on after `COMMAND NO RESPONSE!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Late {
    pub(crate) socket: SocketId,
    /// When it may be said that it stands.
    pub(crate) from: Instant,
    /// Whether it does.
    pub(crate) stands: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The context is being brought up.
    BringUp,
    /// The name is being looked up; an answer is not taken before it is due.
    Resolving { since: Instant, due: Instant },
    /// The name has no address, and that is known then.
    Unresolved { due: Instant },
    /// The address is known; the connection is due later.
    Resolved { address: SocketAddr, due: Instant },
    /// The address is known, and nothing connects at the moment.
    CutOff { address: SocketAddr },
    /// The socket is being connected.
    Connecting { address: SocketAddr },
    /// The socket stands, and nobody is told yet.
    Held,
    /// Nobody answers.
    Unanswered,
}

/// What a connection that the DTE closes has yet to receive: what was readable when `AT+CIPCLOSE`
/// ran (guide G7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    No,
    /// The adapter counts it.
    Counting,
    /// So many bytes.
    Unread(usize),
}

/// Where a connection shall lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) transport: Transport,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Attempt {
    /// Whether the adapter is at work on it.
    pub(crate) fn is_outside(&self) -> bool {
        matches!(
            self.stage,
            Stage::Resolving { .. } | Stage::Connecting { .. } | Stage::Held
        )
    }
}

impl Link {
    pub(crate) const fn new() -> Self {
        Self {
            state: LinkState::Idle,
            target: None,
            received: None,
            late: None,
            closing: Closing::No,
            refusal: None,
        }
    }

    pub(crate) fn connected(&self) -> Option<SocketId> {
        match self.state {
            LinkState::Connected(socket) => Some(socket),
            _ => None,
        }
    }

    pub(crate) fn attempt(&self) -> Option<Attempt> {
        match self.state {
            LinkState::Opening(attempt) => Some(attempt),
            _ => None,
        }
    }

    /// The socket of the connection or of the attempt.
    pub(crate) fn socket(&self) -> Option<SocketId> {
        self.connected()
            .or_else(|| self.attempt().map(|attempt| attempt.socket))
    }

    /// So many bytes were received, of those a closing waits for or of others.
    pub(crate) fn received(&mut self, n: usize) {
        if let Closing::Unread(left) = &mut self.closing {
            *left = left.saturating_sub(n);
        }
    }

    /// Gives the buffer back when nobody needs it.
    pub(crate) fn release(&mut self) {
        let is_empty = self.received.as_ref().is_some_and(Ring::is_empty);
        if is_empty && self.connected().is_none() {
            self.received = None;
        }
    }
}

/// The guide's name for the two machines together (guide G4.6, P11).
pub(crate) fn ip_state(bearer: &Bearer, link: &Link) -> IpState {
    match (link.state, bearer.service) {
        (LinkState::Connected(_), _) => IpState::ConnectOk,
        (LinkState::Opening(attempt), _) if attempt.stage != Stage::BringUp => IpState::Connecting,
        (LinkState::Closed, Service::Addressed) => IpState::Close,
        (_, Service::Initial) => IpState::Initial,
        (_, Service::Started) => IpState::Start,
        (_, Service::BringUp) if bearer.is_attached() => IpState::Ind,
        (_, Service::BringUp) => IpState::Config,
        (_, Service::Active) => IpState::GprsAct,
        (_, Service::Addressed) => IpState::Status,
        (_, Service::Lost) => IpState::PdpDeact,
    }
}
