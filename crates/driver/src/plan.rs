//! The way to a connection, as two tables: the prelude, which brings a module into step whatever
//! it was doing, and the guide's flow (G9.4).

use core::time::Duration;

use crate::command::Command;
use crate::{Patience, Step};

/// A step: what is said, what ends it, how long that may take, and what undoes it.
pub(crate) struct Plan {
    pub(crate) step: Step,
    pub(crate) say: Command,
    pub(crate) ends: Ends,
    pub(crate) within: fn(&Patience) -> Duration,
    pub(crate) undo: Option<Command>,
}

/// What ends a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// `OK`.
    Ok,
    /// Any final result: a module that can't do this is as welcome.
    Any,
    /// `OK`, which is asked for until it comes.
    Voice,
    /// The state of the service.
    State,
    /// A SIM that is ready.
    Sim,
    /// Registration.
    Registered,
    /// `OK`, and `CONNECT OK` behind it.
    Connection,
}

const fn plan(
    step: Step,
    say: Command,
    ends: Ends,
    within: fn(&Patience) -> Duration,
    undo: Option<Command>,
) -> Plan {
    Plan {
        step,
        say,
        ends,
        within,
        undo,
    }
}

/// Until the state was told, no result can be trusted to be the answer to the last command.
#[rustfmt::skip]
const PRELUDE: [Plan; 8] = [
    plan(Step::Wake,        Command::Wake,         Ends::Voice,      |p| p.wake,         None),
    plan(Step::EchoOff,     Command::EchoOff,      Ends::Ok,         |p| p.answer,       None),
    plan(Step::Synchronise, Command::Status,       Ends::State,      |p| p.answer,       None),
    plan(Step::ErrorCodes,  Command::ErrorCodes,   Ends::Any,        |p| p.answer,       None),
    plan(Step::Identify,    Command::Identify,     Ends::Any,        |p| p.answer,       None),
    plan(Step::Sim,         Command::Sim,          Ends::Sim,        |p| p.sim,          None),
    plan(Step::Register,    Command::Registration, Ends::Registered, |p| p.registration, None),
    plan(Step::Headers,     Command::Headers,      Ends::Ok,         |p| p.answer,       None),
];

/// From a state that allows no connection back to IP INITIAL (guide G4.4). An error says that it
/// is there already.
const SHUT: Plan = plan(Step::Shut, Command::Shut, Ends::Any, |p| p.step, None);

/// The guide's flow. What is not done in time is undone and begun again.
#[rustfmt::skip]
const FLOW: [Plan; 4] = [
    plan(Step::Attach,   Command::Attach,   Ends::Ok,         |p| p.step,   Some(Command::Detach)),
    plan(Step::Define,   Command::Define,   Ends::Ok,         |p| p.answer, None),
    plan(Step::Activate, Command::Activate, Ends::Ok,         |p| p.step,   Some(Command::Deactivate)),
    plan(Step::Connect,  Command::Connect,  Ends::Connection, |p| p.step,   Some(Command::Close)),
];

impl Plan {
    fn all() -> impl Iterator<Item = &'static Self> {
        PRELUDE.iter().chain(core::iter::once(&SHUT)).chain(&FLOW)
    }

    /// The plan of this step.
    pub(crate) fn of(step: Step) -> &'static Self {
        Self::all().find(|plan| plan.step == step).unwrap_or(&SHUT)
    }

    /// The step behind this one. `Shut` is left out where nothing needs it.
    pub(crate) fn after(step: Step, needs_shut: bool) -> Option<Step> {
        let mut rest = Self::all().map(|plan| plan.step).skip_while(|s| *s != step);
        rest.next();
        rest.find(|step| *step != Step::Shut || needs_shut)
    }

    /// Whether it belongs to the prelude, after which a failed step is not tried alone.
    pub(crate) fn is_prelude(step: Step) -> bool {
        PRELUDE.iter().any(|plan| plan.step == step)
    }
}
