//! The first output for programs.

use std::io::{self, Write};

use serde::Serialize;
use simless_runtime::Address;

/// One JSON object for programs, on stdout.
pub(crate) fn json(ports: &[Address]) -> io::Result<()> {
    let ready = Ready {
        v: 1,
        ready: true,
        pid: std::process::id(),
        ports: ports.iter().map(ReadyPort::from).collect(),
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
#[serde(tag = "kind", rename_all = "lowercase")]
enum ReadyPort {
    Pty { path: String, link: String },
    Tcp { address: String },
    Unix { path: String },
    Serial { path: String, baud: u32 },
    Stdio,
    Memory,
}

impl From<&Address> for ReadyPort {
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
            Address::Serial { path, baud, .. } => Self::Serial {
                path: path.display().to_string(),
                baud: *baud,
            },
            Address::Stdio { .. } => Self::Stdio,
            Address::Memory => Self::Memory,
        }
    }
}
