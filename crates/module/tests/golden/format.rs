//! The format of golden dialogues (`dialogues/README.md`).

mod problem;
mod reading;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use simless_module::{Control, Transport};

use crate::setup::Setup;

pub use problem::Problem;
pub use reading::read_folder;

/// One dialogue.
pub struct Dialogue {
    /// Where its header stands.
    pub place: Place,
    /// What it shows, the requirements' ids in front.
    pub title: String,
    /// The world at power-up.
    pub setup: Setup,
    /// What happens, in order.
    pub steps: Vec<(Place, Step)>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dialogues/{}:{}", self.file, self.line)
    }
}

/// One thing that happens or must happen.
#[derive(Clone)]
pub enum Step {
    /// `->`
    Dte(Vec<u8>),
    /// `<-`
    Module(Vec<u8>),
    /// `asks`
    Asks(Ask),
    /// `socket N`
    Socket(usize, SocketStep),
    /// `time`
    Time(Duration),
    /// `control`
    Control(Control),
    /// `dte`: how many more bytes it reads.
    DteReads(usize),
}

/// What the module asks of its adapter; attempts are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Look a name up.
    Resolve(usize, String),
    /// Open a socket.
    Connect(usize, Transport, SocketAddr),
    /// Count what can be read.
    Count(usize),
    /// Send FIN.
    Shutdown(usize),
    /// Forget it.
    Abort(usize),
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve(n, name) => write!(f, "asks resolve {n} {name}"),
            Self::Connect(n, transport, address) => {
                write!(f, "asks connect {n} {} {address}", transport.name())
            }
            Self::Count(n) => write!(f, "asks count {n}"),
            Self::Shutdown(n) => write!(f, "asks shutdown {n}"),
            Self::Abort(n) => write!(f, "asks abort {n}"),
        }
    }
}

/// What happens to a socket, or must happen.
#[derive(Clone)]
pub enum SocketStep {
    /// The look-up's answer.
    Resolved(Option<IpAddr>),
    /// The socket stands.
    Connected,
    /// Nothing listens.
    Refused,
    /// Not reached.
    Unreachable,
    /// Not tried.
    Denied,
    NoSocket,
    /// So many bytes can be read.
    Unread(usize),
    /// The peer's FIN.
    Ended,
    /// It broke.
    Reset,
    /// The peer's bytes.
    Receives(Vec<u8>),
    /// The peer's datagram.
    ReceivesDatagram(Vec<u8>),
    /// So many of the peer's bytes were not read yet.
    Keeps(usize),
    /// What the peer gets.
    Sends(Vec<u8>),
    /// The datagram the peer gets.
    SendsDatagram(Vec<u8>),
    /// It takes nothing.
    Stalls,
    /// It takes all again.
    Drains,
}
