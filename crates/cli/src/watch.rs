//! What is told about a module while it runs.

use std::fmt::Arguments;
use std::time::Instant;

use simless_at::Final;
use simless_module::{Cause, Dropped, Event, Snapshot};
use simless_runtime::{Address, PortNews, PortObserver};
use simless_trace::Observer;

use crate::say::{Level, Talk};
use crate::shortage::Shortage;

/// Watches one module.
pub(crate) struct Watch {
    talk: Talk,
    /// What fails for all modules alike.
    shortage: Shortage,
    /// Which module it is, where there are several.
    name: String,
    /// The serial device that leads to the DTE.
    device: Option<String>,
    /// It has gone, or never was.
    gone: bool,
}

impl Watch {
    pub(crate) fn new(
        talk: Talk,
        shortage: Shortage,
        port: &Address,
        is_one_of_several: bool,
    ) -> Self {
        let name = match port {
            _ if !is_one_of_several => String::new(),
            Address::Pty { link, .. } => format!("{}: ", link.display()),
            Address::Tcp(address) => format!("{address}: "),
            Address::Unix(path) | Address::Serial { path, .. } => format!("{}: ", path.display()),
            Address::Stdio { .. } => "stdio: ".into(),
        };
        let (device, gone) = match port {
            Address::Serial { path, there, .. } => (Some(path.display().to_string()), !there),
            _ => (None, false),
        };
        Self {
            talk,
            shortage,
            name,
            device,
            gone,
        }
    }

    fn say(&self, level: Level, what: Arguments<'_>) {
        self.talk.say(level, format_args!("{}{what}", self.name));
    }

    fn say_rarely(&self, what: Arguments<'_>) {
        match self.shortage.happened(Instant::now()) {
            None => {}
            Some(0) => self.say(Level::Notice, what),
            Some(more) => self.say(
                Level::Notice,
                format_args!("{what}; and {more} more since this was last said"),
            ),
        }
    }
}

impl Observer for Watch {
    fn event(&mut self, event: &Event, snapshot: &Snapshot<'_>) {
        match event {
            Event::Failed(result, cause) => {
                let what = failure(*cause, snapshot);
                match result {
                    Final::Cme(code) if matches!(cause, Cause::NoSocket(_)) => {
                        self.say_rarely(format_args!("+CME ERROR: {}: {what}", code.0));
                    }
                    Final::Cme(code) => {
                        self.say(
                            Level::Notice,
                            format_args!("+CME ERROR: {}: {what}", code.0),
                        );
                    }
                    _ => self.say(Level::Notice, format_args!("ERROR: {what}")),
                }
            }
            Event::Struck(kind) => {
                self.say(Level::Detail, format_args!("fault {}", kind.about().name));
            }
            Event::State(state) => self.say(Level::Step, format_args!("state {state}")),
            Event::Dropped(dropped) => {
                self.say(Level::Detail, format_args!("{}", loss(*dropped)));
            }
        }
    }
}

impl PortObserver for Watch {
    fn port(&mut self, news: &PortNews) {
        match (news, &self.device) {
            (PortNews::DteCame(_), Some(device)) => {
                let level = match self.gone {
                    true => Level::Notice,
                    false => Level::Detail,
                };
                self.say(level, format_args!("{device} is there"));
                self.gone = false;
            }
            (PortNews::DteLeft, Some(device)) => {
                self.say(
                    Level::Notice,
                    format_args!(
                        "{device} has gone; the module keeps what it has, and waits for it"
                    ),
                );
                self.gone = true;
            }
            (PortNews::AcceptFailed(error), Some(_)) => {
                self.say(Level::Notice, format_args!("{error}"));
            }
            _ => self.dte(news),
        }
    }
}

impl Watch {
    fn dte(&self, news: &PortNews) {
        match news {
            PortNews::DteCame(from) => self.say(Level::Detail, format_args!("{from} is there")),
            PortNews::DteLeft => self.say(Level::Detail, format_args!("the DTE has left")),
            PortNews::DteFailed(error) => self.say(
                Level::Error,
                format_args!("the module's answers cannot be written to standard output: {error}"),
            ),
            PortNews::DteRefused(from) => self.say(
                Level::Notice,
                format_args!(
                    "{from} was sent away: another one is there, and a module has one DTE at a time"
                ),
            ),
            PortNews::AcceptFailed(error) => {
                self.say_rarely(format_args!("a DTE came and could not be let in: {error}"));
            }
        }
    }
}

/// One sentence about a cause: what happened, with whom, and the guide's number of it.
fn failure(cause: Cause, snapshot: &Snapshot<'_>) -> String {
    let mut what = cause.to_string();
    let about_peer = matches!(
        cause,
        Cause::NotListening(_)
            | Cause::Unreachable(_)
            | Cause::Denied(_)
            | Cause::NoSocket(_)
            | Cause::NotResolved
            | Cause::ResolverBusy
    );
    let mut notes = Vec::new();
    if let Some(peer) = snapshot.peer.filter(|_| about_peer) {
        // An address that was given as it is stands in the sentence already.
        if !what.contains(peer.host) {
            notes.push(format!(
                "{} {}:{}",
                peer.transport.name(),
                peer.host,
                peer.port
            ));
        }
    }
    if let Some(id) = cause.guide_id() {
        notes.push(format!("guide {id}"));
    }
    match cause {
        Cause::Denied(_) => notes.push("see --allow and --deny".into()),
        Cause::NoSocket(_) => notes.push("open files or ports have run out".into()),
        _ => {}
    }
    if !notes.is_empty() {
        what += &format!(" ({})", notes.join(", "));
    }
    what
}

fn loss(dropped: Dropped) -> &'static str {
    match dropped {
        Dropped::Line => "a command line was too long and was dropped",
        Dropped::Datagram => "a datagram was empty, too long or found no room, and was dropped",
        Dropped::Urc => "a URC was dropped because a newer one replaced it",
        Dropped::Unsent => "a closed connection's peer did not take its last bytes in time",
    }
}
