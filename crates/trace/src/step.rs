//! One step of a session: one call into the module, or what came out of it.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};
use simless_at::{Dialect, ErrorDetail, Final, Instant};
use simless_module::{
    Cause, Control, Dropped, Event, Module, Request, SocketEvent, SocketId, Transport,
};

use crate::data;

/// A step of one of several modules, and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Microseconds since the module was switched on.
    pub t: u64,
    /// Which module.
    pub modem: u32,
    /// What happened.
    #[serde(flatten)]
    pub step: Step,
}

impl Record {
    /// When it was.
    pub fn at(&self) -> Instant {
        Instant::from_micros(self.t)
    }
}

/// One step of a session. The order of steps is that of the calls into the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lane", rename_all = "snake_case")]
pub enum Step {
    /// Bytes at the serial port: up, the module took them from the DTE; down, the DTE took them.
    Uart {
        /// Which way.
        dir: Direction,
        /// The bytes.
        #[serde(with = "data")]
        data: Vec<u8>,
    },
    /// Bytes at a socket: up, the network took them; down, the module was given what a peer sent.
    Data {
        /// The attempt they belong to.
        socket: SocketId,
        /// Which way.
        dir: Direction,
        /// The bytes; of a UDP socket one datagram.
        #[serde(with = "data")]
        data: Vec<u8>,
        /// Whether they came as a datagram.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        datagram: bool,
    },
    /// The module asked its adapter for something.
    Ask(Ask),
    /// Something happened to a socket.
    Socket {
        /// The attempt it is about.
        socket: SocketId,
        /// What happened.
        #[serde(flatten)]
        news: News,
    },
    /// A deadline had come and was served.
    Time,
    /// Somebody outside acted.
    Control {
        /// What was done.
        control: Control,
    },
    /// Something happened inside the module.
    Event {
        /// What kind of thing.
        what: What,
        /// The same in words: a state's name, a result and its cause, what was dropped.
        text: String,
    },
    /// Something happened at the port, in words.
    Port {
        /// The words.
        text: String,
    },
    /// So many steps are missing here: they came faster than they could be written.
    Lost {
        /// How many.
        steps: u64,
    },
    /// The recording ended.
    End {
        /// Bytes that the DTE had not taken yet.
        unread: u64,
    },
}

/// The direction of bytes, seen from the DTE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the DTE towards the peer.
    Up,
    /// From the peer towards the DTE.
    Down,
}

/// What a module asks for ([`Request`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of `Request`")]
pub enum Ask {
    /// Look a name up.
    Resolve { socket: SocketId, name: String },
    /// Connect.
    Connect {
        socket: SocketId,
        transport: Transport,
        address: SocketAddr,
    },
    /// Count what can be read.
    CountUnread { socket: SocketId },
    /// Send FIN.
    Shutdown { socket: SocketId },
    /// Forget it.
    Abort { socket: SocketId },
}

/// What happened to a socket ([`SocketEvent`]); a datagram is [`Step::Data`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of `SocketEvent`")]
pub enum News {
    Resolved { address: IpAddr },
    Unresolved,
    Connected,
    Refused,
    Unreachable,
    Denied,
    NoSocket,
    Unread { count: u64 },
    Ended,
    Reset,
}

/// What kind of thing happened inside ([`Event`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The TCP/UDP service came into a state.
    State,
    /// A command or a connection failed.
    Failed,
    /// Something was dropped at a limit.
    Dropped,
    /// A fault struck.
    Struck,
}

/// How many slices of output are written and looked at together: an [`Observed`](crate::Observed)
/// module's adapter gives `uart_output` no more than these.
pub const SLICES: usize = 16;

/// How many bytes wait for the DTE: for [`Step::End`]. Of very many pieces the first ones are
/// counted.
pub fn unread(module: &Module) -> u64 {
    let mut slices = [&[][..]; SLICES];
    let count = module.uart_output(&mut slices);
    slices[..count].iter().map(|slice| slice.len() as u64).sum()
}

impl Step {
    /// What a module asked for.
    pub fn ask(request: &Request<'_>) -> Self {
        Self::Ask(match *request {
            Request::Resolve { id, name } => Ask::Resolve {
                socket: id,
                name: name.to_owned(),
            },
            Request::Connect {
                id,
                transport,
                address,
            } => Ask::Connect {
                socket: id,
                transport,
                address,
            },
            Request::CountUnread { id } => Ask::CountUnread { socket: id },
            Request::Shutdown { id } => Ask::Shutdown { socket: id },
            Request::Abort { id } => Ask::Abort { socket: id },
        })
    }

    /// What happened to a socket.
    pub fn socket(socket: SocketId, event: SocketEvent<'_>) -> Self {
        let news = match event {
            SocketEvent::Datagram(data) => {
                return Self::Data {
                    socket,
                    dir: Direction::Down,
                    data: data.to_vec(),
                    datagram: true,
                };
            }
            SocketEvent::Resolved(address) => News::Resolved { address },
            SocketEvent::Unresolved => News::Unresolved,
            SocketEvent::Connected => News::Connected,
            SocketEvent::Refused => News::Refused,
            SocketEvent::Unreachable => News::Unreachable,
            SocketEvent::Denied => News::Denied,
            SocketEvent::NoSocket => News::NoSocket,
            SocketEvent::Unread(count) => News::Unread {
                count: count as u64,
            },
            SocketEvent::Ended => News::Ended,
            SocketEvent::Reset => News::Reset,
        };
        Self::Socket { socket, news }
    }

    /// What happened inside.
    pub fn event(event: &Event) -> Self {
        let (what, text) = match event {
            Event::State(state) => (What::State, state.name().to_owned()),
            Event::Failed(result, cause) => (What::Failed, failure(*result, *cause)),
            Event::Dropped(dropped) => (What::Dropped, name(*dropped).to_owned()),
            Event::Struck(kind) => (What::Struck, kind.about().name.to_owned()),
        };
        Self::Event { what, text }
    }
}

impl News {
    /// The event, for a module.
    pub(crate) fn event(self) -> SocketEvent<'static> {
        match self {
            Self::Resolved { address } => SocketEvent::Resolved(address),
            Self::Unresolved => SocketEvent::Unresolved,
            Self::Connected => SocketEvent::Connected,
            Self::Refused => SocketEvent::Refused,
            Self::Unreachable => SocketEvent::Unreachable,
            Self::Denied => SocketEvent::Denied,
            Self::NoSocket => SocketEvent::NoSocket,
            Self::Unread { count } => {
                SocketEvent::Unread(usize::try_from(count).unwrap_or(usize::MAX))
            }
            Self::Ended => SocketEvent::Ended,
            Self::Reset => SocketEvent::Reset,
        }
    }
}

/// A result as it is printed, and why.
fn failure(result: Final, cause: Cause) -> String {
    let mut text = String::new();
    // Writing to a String can't fail.
    let _ = result.write(&Dialect::G_SERIES, ErrorDetail::Code, &mut text);
    text + ": " + &cause.to_string()
}

fn name(dropped: Dropped) -> &'static str {
    match dropped {
        Dropped::Line => "a command line over the limit",
        Dropped::Datagram => "a datagram that was empty, too long or found no room",
        Dropped::Urc => "a URC that a newer one replaced",
        Dropped::Unsent => "bytes of a closed connection that its peer did not take in time",
    }
}
