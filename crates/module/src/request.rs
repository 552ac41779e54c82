//! What the module asks of its adapter, and what the adapter tells it of sockets.

use core::fmt;
use core::net::{IpAddr, SocketAddr};

/// The number of one attempt to reach a peer. Never used twice in the life of a module, so nothing
/// of a cancelled attempt can be taken for a later one's (P15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SocketId(pub u64);

impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The transport of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Transport {
    /// `"TCP"`
    Tcp,
    /// `"UDP"`
    Udp,
}

impl Transport {
    /// The name as it stands in a command.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// What the adapter has to do. Data is not among it: that waits in
/// [`socket_output`](crate::Module::socket_output).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request<'a> {
    /// Look this name up; answer [`SocketEvent::Resolved`] or [`SocketEvent::Unresolved`].
    Resolve {
        /// The attempt the name is for.
        id: SocketId,
        /// A name, never a literal address.
        name: &'a str,
    },
    /// Open a socket to this very address; answer [`SocketEvent::Connected`],
    /// [`SocketEvent::Refused`], [`SocketEvent::Unreachable`], [`SocketEvent::Denied`] or
    /// [`SocketEvent::NoSocket`]. UDP: bind it to its peer.
    Connect {
        /// The attempt the socket is for.
        id: SocketId,
        /// What kind of socket.
        transport: Transport,
        /// Where to.
        address: SocketAddr,
    },
    /// Tell how many bytes can be read at this moment: answer [`SocketEvent::Unread`].
    CountUnread {
        /// The socket to count on.
        id: SocketId,
    },
    /// Send FIN, then read on into nothing until the peer's own, so that no reset destroys what is
    /// still on its way (guide G7.4). Everything of `socket_output` was written before. Answer
    /// [`SocketEvent::Ended`] or [`SocketEvent::Reset`] when it is over, also when an `Ended` was
    /// reported before; forget the socket then.
    Shutdown {
        /// The socket to end.
        id: SocketId,
    },
    /// Forget this attempt at once, whatever it is doing. TCP that stood is reset. Nothing is
    /// answered.
    Abort {
        /// The attempt to forget.
        id: SocketId,
    },
}

/// What happened to an attempt. Events for an attempt the module has forgotten are ignored.
///
/// After `Unresolved`, `Refused`, `Unreachable`, `NoSocket` and `Reset` no request follows: the
/// adapter forgets the attempt by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEvent<'a> {
    /// The name has this address.
    Resolved(IpAddr),
    /// The name has no address, or nobody could be asked.
    Unresolved,
    /// The socket stands.
    Connected,
    /// The peer refused: nothing listens there.
    Refused,
    /// The peer could not be reached for another reason.
    Unreachable,
    /// Nobody tried: a policy of the adapter's denies the address.
    Denied,
    /// Nobody could try: the adapter has no socket left, as with too many open files.
    NoSocket,
    /// A UDP datagram, whole. At most [`MAX_DATAGRAM_READ`] bytes need to be handed over: what is
    /// longer than the profile's limit is dropped and counted, never cut.
    Datagram(&'a [u8]),
    /// The answer to [`Request::CountUnread`].
    Unread(usize),
    /// TCP: the peer's FIN, after every byte before it was given to `socket_filled`. ICMP errors
    /// never end a UDP socket (guide G9.1): the adapter swallows them.
    Ended,
    /// The connection broke: a reset, or any error of the socket.
    Reset,
}

/// What a UDP adapter's read buffer should hold: a byte more than any datagram has.
pub const MAX_DATAGRAM_READ: usize = 65_536;
