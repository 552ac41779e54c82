//! A step for people, in the words of the golden dialogues.

use std::fmt;

use simless_at::Shown;
use simless_module::Control;

use crate::{Ask, Direction, News, Step, What};

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uart { dir, data } => {
                let arrow = match dir {
                    Direction::Up => "->",
                    Direction::Down => "<-",
                };
                write!(f, "{arrow} {}", Shown(data))
            }
            Self::Data {
                socket,
                dir,
                data,
                datagram,
            } => {
                let does = match (dir, datagram) {
                    (Direction::Up, _) => "sends",
                    (Direction::Down, false) => "receives",
                    (Direction::Down, true) => "receives datagram",
                };
                write!(f, "socket {socket} {does} {}", Shown(data))
            }
            Self::Ask(ask) => write!(f, "asks {ask}"),
            Self::Socket { socket, news } => write!(f, "socket {socket} {news}"),
            Self::Time => f.write_str("time"),
            Self::Control { control } => write!(f, "control {}", Words(control)),
            Self::Event { what, text } => match what {
                What::State => write!(f, "state {text}"),
                What::Failed => write!(f, "failed {text}"),
                What::Dropped => write!(f, "dropped {text}"),
                What::Struck => write!(f, "struck {text}"),
            },
            Self::Port { text } => write!(f, "port {text}"),
            Self::Lost { steps } => write!(f, "lost {steps} steps"),
            Self::End { unread: 0 } => f.write_str("end"),
            Self::End { unread } => write!(f, "end, with {unread} bytes that no DTE has read"),
        }
    }
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve { socket, name } => write!(f, "resolve {socket} {name}"),
            Self::Connect {
                socket,
                transport,
                address,
            } => write!(f, "connect {socket} {} {address}", transport.name()),
            Self::CountUnread { socket } => write!(f, "count {socket}"),
            Self::Shutdown { socket } => write!(f, "shutdown {socket}"),
            Self::Abort { socket } => write!(f, "abort {socket}"),
        }
    }
}

impl fmt::Display for News {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolved { address } => write!(f, "resolved {address}"),
            Self::Unresolved => f.write_str("unresolved"),
            Self::Connected => f.write_str("connected"),
            Self::Refused => f.write_str("refused"),
            Self::Unreachable => f.write_str("unreachable"),
            Self::Denied => f.write_str("denied"),
            Self::NoSocket => f.write_str("no-socket"),
            Self::Unread { count } => write!(f, "unread {count}"),
            Self::Ended => f.write_str("ended"),
            Self::Reset => f.write_str("reset"),
        }
    }
}

/// A control, as JSON: it has its fields in configurations, too.
struct Words<'a>(&'a Control);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self.0).map_err(|_| fmt::Error)?;
        f.write_str(json.trim_matches('"'))
    }
}
