//! The commands: one table line and one function each, a file per family.
//!
//! `=?`, `AT+CLAC` and the command reference come from the tables.

mod basic;
mod connection;
mod errors;
mod identity;
mod network;
mod packet;
mod serial;
mod service;
mod sim;
mod transfer;

use simless_at::{Args, Cme, Final, Form, Instant};

use crate::equipment::{Equipment, Failure};
use crate::wait::Outcome;

/// Every family, in the order of the guide.
const FAMILIES: &[&[Command]] = &[
    basic::COMMANDS,
    identity::COMMANDS,
    sim::COMMANDS,
    network::COMMANDS,
    packet::COMMANDS,
    service::COMMANDS,
    connection::COMMANDS,
    transfer::COMMANDS,
    errors::COMMANDS,
    serial::COMMANDS,
];

/// A command: its line in a family's table.
#[derive(Clone, Copy)]
pub struct Command {
    /// The name, in capitals, `+` or `&` included.
    pub name: &'static str,
    /// What it is for, in a few words.
    pub summary: &'static str,
    /// Where it is specified.
    pub source: &'static str,
    test: Option<&'static str>,
    read: Option<Handler>,
    set: Option<Handler>,
    execute: Option<Handler>,
    /// Its outcome comes unasked, after OK: what delays it is not the command's gate.
    pub(crate) outcome_is_unasked: bool,
}

/// What a form of a command does. A failure's spelling is the profile's (guide E1).
pub(crate) type Handler = fn(&mut Equipment, Parameters<'_>) -> Result<Outcome, Failure>;

/// What a form is called with.
pub(crate) struct Parameters<'a> {
    /// What stands behind `=`; nothing in the other forms.
    pub(crate) args: Args<'a>,
    /// The number behind a basic command.
    pub(crate) number: Option<u16>,
    pub(crate) now: Instant,
}

/// The command of this name, in any case.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    commands().find(|command| command.name.eq_ignore_ascii_case(name))
}

/// Every command there is, family by family.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    FAMILIES.iter().copied().flatten()
}

/// The command did what it should.
pub(crate) const DONE: Result<Outcome, Failure> = Ok(Outcome::Final(Final::Ok));

impl Command {
    const fn new(name: &'static str, summary: &'static str, source: &'static str) -> Self {
        Self {
            name,
            summary,
            source,
            test: None,
            read: None,
            set: None,
            execute: None,
            outcome_is_unasked: false,
        }
    }

    /// `=?` answers this line, and nothing but OK when it is empty.
    const fn test(self, line: &'static str) -> Self {
        Self {
            test: Some(line),
            ..self
        }
    }

    /// `?`
    const fn read(self, handler: Handler) -> Self {
        Self {
            read: Some(handler),
            ..self
        }
    }

    /// `=…`
    const fn set(self, handler: Handler) -> Self {
        Self {
            set: Some(handler),
            ..self
        }
    }

    /// The bare name.
    const fn execute(self, handler: Handler) -> Self {
        Self {
            execute: Some(handler),
            ..self
        }
    }

    /// What it comes to is said unasked, after OK.
    const fn unasked(self) -> Self {
        Self {
            outcome_is_unasked: true,
            ..self
        }
    }

    /// The forms it has, as they are typed behind `AT`.
    pub fn forms(&self) -> impl Iterator<Item = &'static str> {
        let forms = [
            ("=?", self.test.is_some()),
            ("?", self.read.is_some()),
            ("=…", self.set.is_some()),
            ("", self.execute.is_some()),
        ];
        forms.into_iter().filter(|form| form.1).map(|form| form.0)
    }

    /// What `=?` answers, if it has that form; empty for a bare OK.
    pub fn test_answer(&self) -> Option<&'static str> {
        self.test
    }

    pub(crate) fn call(
        &self,
        form: &Form<'_>,
        equipment: &mut Equipment,
        parameters: Parameters<'_>,
    ) -> Result<Outcome, Failure> {
        let handler = match form {
            Form::Test => {
                let line = self.test.ok_or(Cme::WRONG_FORM)?;
                if !line.is_empty() {
                    equipment.reply.info(format_args!("{line}"));
                }
                return DONE;
            }
            Form::Read => self.read,
            Form::Set(_) => self.set,
            Form::Execute => self.execute,
        };
        handler.ok_or(Cme::WRONG_FORM)?(equipment, parameters)
    }
}
