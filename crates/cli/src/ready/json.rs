//! The first output for programs.

use std::io::{self, Write};

use serde::Serialize;
use simless_runtime::Address;

use crate::given::Given;

/// One JSON object for programs, on stdout.
pub(crate) fn json(given: &Given, ports: &[Address]) -> io::Result<()> {
    let ready = Ready {
        v: 1,
        ready: true,
        pid: std::process::id(),
        ports: ports
            .iter()
            .map(|port| ReadyPort::new(given, port))
            .collect(),
    };
    let mut line = serde_json::to_vec(&ready)?;
    line.push(b'\n');
    let mut stdout = io::stdout().lock();
    stdout.write_all(&line)?;
    stdout.flush()
}

#[derive(Serialize)]
struct Ready {
    v: u32,
    ready: bool,
    pid: u32,
    ports: Vec<ReadyPort>,
}

#[derive(Serialize)]
struct ReadyPort {
    #[serde(flatten)]
    place: Place,
    /// The rate of a serial device, or the one the port is held to.
    #[serde(skip_serializing_if = "Option::is_none")]
    baud: Option<u32>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Place {
    Pty { path: String, link: String },
    Tcp { address: String },
    Unix { path: String },
    Serial { path: String },
    Stdio,
}

impl ReadyPort {
    fn new(given: &Given, address: &Address) -> Self {
        Self {
            place: Place::from(address),
            baud: match address {
                Address::Serial { baud, .. } => Some(*baud),
                address => given.baud_of(address),
            },
        }
    }
}

impl From<&Address> for Place {
    fn from(address: &Address) -> Self {
        match address {
            Address::Pty { path, link, .. } => Self::Pty {
                path: path.display().to_string(),
                link: link.display().to_string(),
            },
            Address::Tcp(address) => Self::Tcp {
                address: address.to_string(),
            },
            Address::Unix(path) => Self::Unix {
                path: path.display().to_string(),
            },
            Address::Serial { path, .. } => Self::Serial {
                path: path.display().to_string(),
            },
            Address::Stdio { .. } => Self::Stdio,
        }
    }
}
