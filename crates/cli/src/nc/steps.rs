//! What is said on the way to a connection, a line per step.

use std::fmt::Arguments;
use std::io::{self, IsTerminal};

use simless_driver::tokio::Notice;
use simless_driver::{ConnectError, Ended, Event, PossibleCause};

use crate::say::{Level, Talk};

pub(super) struct Steps {
    talk: Talk,
    /// From which level on steps are said: a person at a terminal wants to see them.
    level: Level,
}

impl Steps {
    pub(super) fn new(talk: Talk) -> Self {
        let level = match io::stderr().is_terminal() {
            true => Level::Notice,
            false => Level::Detail,
        };
        Self { talk, level }
    }

    pub(super) fn notice(&mut self, notice: &Notice<'_>) {
        match notice {
            Notice::Event(event) => self.event(event),
            Notice::Urc(line) => self.say(format_args!("           {line}")),
        }
    }

    fn event(&self, event: &Event) {
        match event {
            Event::StepEnded(step, result, took) => {
                let seconds = took.as_secs_f64();
                match result {
                    Ok(()) => self.say(format_args!("{seconds:8.3} s {step}")),
                    Err(kind) => {
                        let failed = ConnectError {
                            step: *step,
                            kind: *kind,
                            took: *took,
                            said: None,
                        };
                        self.say(format_args!("{seconds:8.3} s {failed}"));
                    }
                }
            }
            Event::Pausing(pause) => {
                let seconds = pause.as_secs_f64();
                self.say(format_args!("           again in {seconds:.3} s"));
            }
            Event::Connected => self.say(format_args!("           connected")),
            Event::Rebooted => self.say(format_args!("           the module started again")),
            Event::Closed(closed) => {
                let who = match closed.how {
                    Ended::ByUs => "closed",
                    Ended::ByPeer => "closed by the peer or the network",
                    Ended::Rebooted => "lost: the module started again",
                    Ended::Garbled => "lost: what the module said was out of step",
                    Ended::Silent => "lost: the module answers no more",
                };
                let accepted = closed.accepted;
                self.say(format_args!("           {who}; {accepted} bytes accepted"));
            }
            Event::Failed(error) => {
                let causes: Vec<&str> = error.possible_causes().iter().map(words).collect();
                if !causes.is_empty() {
                    let causes = causes.join(", ");
                    self.say(format_args!("           it may be: {causes}"));
                }
            }
            _ => {}
        }
    }

    fn say(&self, what: Arguments<'_>) {
        self.talk.line(self.level, what);
    }
}

fn words(cause: &PossibleCause) -> &'static str {
    match cause {
        PossibleCause::NoCredit => "a SIM without credit",
        PossibleCause::NotListening => "a server that does not listen",
        PossibleCause::Network => "other network trouble",
        PossibleCause::NotResolved => "a name that does not resolve",
        PossibleCause::State => "a state that does not allow it",
    }
}
