//! The first output: what runs, and how to get at it.

mod json;

use std::path::Path;

use simless_module::Timing;
use simless_runtime::Address;

use crate::files::Left;
use crate::given::Given;
use crate::say::{Level, Talk};

pub(crate) use json::json;

/// A few lines for people, on stderr.
pub(crate) fn people(talk: &Talk, given: &Given, ports: &[Address], left: Option<&Left>) {
    let profile = &given.config.profile;
    let timing = match given.config.timing {
        Timing::IMMEDIATE => "everything at once",
        timing if timing == profile.timing => "real times",
        _ => "times of its own",
    };
    let baud = ports.iter().find_map(|port| given.baud_of(port));
    let rate = baud.map_or(String::new(), |baud| format!(", {baud} baud"));
    let identity = profile.identity;
    talk.notice(format_args!(
        "{} {}, profile {}, {timing}{rate}",
        identity.manufacturer, identity.model, profile.name
    ));
    let line = |label: &str, what: String| {
        talk.line(Level::Notice, format_args!("  {label:<5} {what}"));
    };
    for what in &given.told {
        line("with", what.clone());
    }
    // The ports of one --port, a line or two for all of them.
    let mut rest = ports;
    for named in &given.ports {
        let (ports, others) = rest.split_at(named.len().min(rest.len()));
        rest = others;
        let [first, .., last] = ports else {
            ports.iter().for_each(|port| {
                line("port", place(port));
                try_it(port, line);
            });
            continue;
        };
        line("port", range(first, last, ports.len()));
        try_it(first, line);
    }
    let blind = ports.iter().filter_map(|port| match port {
        Address::Pty { blind, .. } => blind.as_ref(),
        _ => None,
    });
    if let Some(why) = blind.clone().next() {
        let how_many = match (blind.count(), ports.len()) {
            (_, 1) => "here".into(),
            (blind, all) => format!("at {blind} of {all} ports"),
        };
        let what = format!("DTEs that leave are not noticed {how_many}: {why}");
        line("note", what);
    }
    // A DTE and a connection for each.
    if let Some(Left { limit, files }) = left
        && *files < 2 * ports.len() as u64
    {
        let what =
            format!("the limit of {limit} open files leaves {files} for DTEs and connections");
        line("note", what);
    }
    line("end", how_to_end(ports).into());
}

/// Where one port is.
fn place(port: &Address) -> String {
    match port {
        Address::Pty { path, link, .. } => format!("{} -> {}", link.display(), path.display()),
        Address::Tcp(address) => address.to_string(),
        Address::Unix(path) => path.display().to_string(),
        Address::Serial { path, baud, .. } => format!("{} at {baud} baud", path.display()),
        Address::Stdio { terminal: true } => "this terminal".into(),
        Address::Stdio { terminal: false } => "standard input and output".into(),
    }
}

/// Where several are.
fn range(first: &Address, last: &Address, count: usize) -> String {
    let (first, last) = match (first, last) {
        (Address::Pty { link: first, .. }, Address::Pty { link: last, .. })
        | (Address::Unix(first), Address::Unix(last)) => {
            (first.display().to_string(), last.display().to_string())
        }
        (Address::Tcp(first), Address::Tcp(last))
            if usize::from(last.port().wrapping_sub(first.port())) + 1 != count =>
        {
            let host = first.ip();
            return format!("{host}, {count} modules at free ports; --json names them all");
        }
        _ => (place(first), place(last)),
    };
    format!("{first} to {last}, {count} modules")
}

/// What to paste.
fn try_it(port: &Address, line: impl Fn(&str, String)) {
    match port {
        Address::Pty { link, .. } => line("try", format!("picocom -b 115200 {}", quoted(link))),
        Address::Tcp(address) => line(
            "try",
            // A line ends in CR, which nc sends only when told to.
            format!("nc -C {} {}", address.ip(), address.port()),
        ),
        Address::Unix(path) => line("try", socat(path)),
        Address::Stdio { terminal: true } => line("try", "ATI and Enter; Ctrl-] leaves".into()),
        Address::Serial { there: false, .. } => {
            line("note", "it is not there yet, and waited for".into());
        }
        Address::Serial { .. } | Address::Stdio { .. } => {}
    }
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
