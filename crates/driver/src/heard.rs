//! What a line means, given what was asked.

use core::net::IpAddr;

use simless_at::{Args, Final, IpState, Registration, Urc};

use crate::Settings;
use crate::command::{Asked, Command, Output};

/// What a line means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The command that was just said.
    Echo,
    /// What modules say when they start.
    Boot,
    /// Answers a command.
    Final(Final),
    /// Says what becomes of a connection.
    Unasked(Urc),
    /// A line of the newest command's answer.
    Info(Info),
    /// Anything else: for the application.
    Other,
}

/// A line of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Info {
    State(IpState),
    Sim(Sim),
    Registration(Registration),
    Address(IpAddr),
    Firmware,
    /// Of no interest.
    Other,
}

/// What `AT+CPIN?` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sim {
    Ready,
    Pin,
    Other,
}

impl Heard {
    pub(crate) fn of(line: &str, settings: &Settings, asked: &Asked, output: &Output) -> Self {
        // What is still being written can't be answered yet.
        let newest = asked.newest().filter(|_| output.left().is_empty());
        let dialect = settings.dialect;
        if output.is_echoed_by(line) {
            return Self::Echo;
        }
        if settings.boot_urcs.iter().any(|boot| line.starts_with(boot)) {
            return Self::Boot;
        }
        // `+CME ERROR: 50` and `COMMAND NO RESPONSE!` are results and URCs: only whether a command
        // waits for its result tells (guide G4.9, G9.3).
        if let Some(result) = Final::parse(dialect, line) {
            return match result {
                result if asked.is_waiting() => Self::Final(result),
                Final::Cme(_) => Self::Unasked(Urc::ConnectFailed),
                Final::NoResponse => Self::Unasked(Urc::NoResponse),
                _ => Self::Other,
            };
        }
        if let Some(urc) = Urc::parse(dialect, line) {
            return Self::Unasked(urc);
        }
        let info = newest.and_then(|command| match command {
            Command::Status => status(line, dialect.status).map(Info::State),
            Command::Fence(fence) => fence.is_answered_by(line).then_some(Info::Other),
            Command::Sim => sim(line).map(Info::Sim),
            Command::Registration => registration(line).map(Info::Registration),
            Command::Resolve => line.starts_with("+CDNSGIP:").then(|| address(line)),
            // Free text; what begins like this is a URC of some firmware.
            Command::Identify => (!line.starts_with(['+', '^'])).then_some(Info::Firmware),
            // Some firmwares answer `AT+CGATT=1` with the state, too.
            Command::Attach | Command::Detach => line.starts_with("+CGATT:").then_some(Info::Other),
            _ => None,
        });
        info.map_or(Self::Other, Self::Info)
    }
}

fn status(line: &str, before: &str) -> Option<IpState> {
    IpState::parse(line.strip_prefix(before.trim_end())?.trim())
}

fn sim(line: &str) -> Option<Sim> {
    Some(match line.strip_prefix("+CPIN:")?.trim() {
        "READY" => Sim::Ready,
        "SIM PIN" => Sim::Pin,
        _ => Sim::Other,
    })
}

/// `+CREG: <n>,<stat>`; with one number it is a URC. A stat that no standard has is one like any
/// other: the family says 13 before it is registered.
fn registration(line: &str) -> Option<Registration> {
    let mut args = Args::new(line.strip_prefix("+CREG:")?.as_bytes());
    args.number(0..=9).ok()?;
    let stat = args.number(0..=255).ok()?;
    u8::try_from(stat).ok().map(Registration)
}

/// `+CDNSGIP: 1,"name","address"`
fn address(line: &str) -> Info {
    let address = || {
        let mut args = Args::new(line.strip_prefix("+CDNSGIP:")?.as_bytes());
        args.number(1..=1).ok()?;
        args.text().ok()?;
        args.text().ok()?.parse().ok()
    };
    address().map_or(Info::Other, Info::Address)
}
