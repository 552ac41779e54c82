//! The first output: what runs, and how to get at it.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use simless_runtime::Address;

use crate::args::{RunArgs, TimingArg};
use crate::say::{Level, Talk};

/// A few lines for people, on stderr.
pub(crate) fn people(talk: &Talk, options: &RunArgs, ports: &[Address]) {
    let profile = options.profile();
    let timing = match options.timing {
        TimingArg::Immediate => "everything at once",
        TimingArg::Typical => "real times",
    };
    let identity = profile.identity;
    talk.notice(format_args!(
        "{} {}, profile {}, {timing}",
        identity.manufacturer, identity.model, profile.name
    ));
    let line = |label: &str, what: String| {
        talk.line(Level::Notice, format_args!("  {label:<5} {what}"));
    };
    for port in ports {
        match port {
            Address::Pty { path, link, blind } => {
                line("port", format!("{} -> {}", link.display(), path.display()));
                line("try", format!("picocom -b 115200 {}", quoted(link)));
                if let Some(why) = blind {
                    line(
                        "note",
                        format!("DTEs that leave are not noticed here: {why}"),
                    );
                }
            }
            Address::Tcp(address) => {
                line("port", address.to_string());
                line("try", format!("nc {} {}", address.ip(), address.port()));
            }
            Address::Unix(path) => {
                line("port", path.display().to_string());
                line("try", socat(path));
            }
            Address::Serial { path, baud, there } => {
                line("port", format!("{} at {baud} baud", path.display()));
                if !there {
                    line("note", "it is not there yet, and waited for".into());
                }
            }
            Address::Stdio { terminal: true } => {
                line("port", "this terminal".into());
                line("try", "ATI and Enter; Ctrl-] leaves".into());
            }
            Address::Stdio { terminal: false } => {
                line("port", "standard input and output".into());
            }
        }
    }
    line("end", how_to_end(ports).into());
}

/// In raw mode Ctrl-C is a byte like any other.
fn how_to_end(ports: &[Address]) -> &'static str {
    let terminal = ports.contains(&Address::Stdio { terminal: true });
    match (terminal, ports) {
        (true, [_]) => "Ctrl-]",
        (true, _) => "Ctrl-] for this terminal, SIGTERM for all",
        (false, [Address::Stdio { .. }]) => "end of input, or Ctrl-C",
        (false, _) => "Ctrl-C",
    }
}

/// Ctrl-] leaves it: in raw mode Ctrl-C goes to the module.
fn socat(path: &Path) -> String {
    let mut address = String::from("UNIX-CONNECT:");
    for c in path.display().to_string().chars() {
        // What has a meaning of its own in an address of socat.
        if r#"\,:!'"([{"#.contains(c) {
            address.push('\\');
        }
        address.push(c);
    }
    format!("socat -,raw,echo=0,escape=0x1d {}", word(&address))
}

/// A path that a shell takes as one word.
fn quoted(path: &Path) -> String {
    word(&path.display().to_string())
}

fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    match text.chars().all(plain) {
        true => text.into(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

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
        }
    }
}
