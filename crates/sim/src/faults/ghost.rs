//! The outcome of an attempt that was given up comes while the next one is on its way: real modules
//! do that (G9.5), the simulated one does not (P15).

use std::time::Duration;

use simless_at::Instant;
use simless_module::{Chance, Control};

use super::module::one_of;
use crate::app::Phase;
use crate::world::{Happens, World};

/// What may come of an attempt that was given up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ghost {
    /// It may, until then.
    until: Option<Instant>,
    outcome: &'static str,
    after: Duration,
    /// An attempt was given up without an outcome.
    is_due: bool,
    /// And its outcome is on its way.
    comes: bool,
}

const OUTCOMES: [&str; 3] = ["CONNECT OK", "+CME ERROR: 50", "COMMAND NO RESPONSE!"];

pub(super) fn ghost(world: &mut World, _: usize, chance: &mut Chance) {
    world.faults.ghost = Ghost {
        until: Some(world.now + Duration::from_secs(chance.within(100..=900))),
        outcome: one_of(chance, &OUTCOMES),
        after: Duration::from_millis(chance.within(50..=20_000)),
        is_due: false,
        comes: false,
    };
}

impl World {
    /// The driver gave an attempt up, and nothing was heard of it.
    pub(crate) fn attempt_is_over(&mut self) {
        self.faults.ghost.is_due = true;
    }

    /// No earlier attempt can have an outcome any more.
    pub(crate) fn attempts_are_forgotten(&mut self) {
        self.faults.ghost.is_due = false;
        self.faults.ghost.comes = false;
    }

    /// The driver begins another attempt.
    pub(crate) fn attempt_begins(&mut self) {
        let ghost = &mut self.faults.ghost;
        let is_due = std::mem::take(&mut ghost.is_due);
        ghost.comes = is_due;
        if is_due && ghost.until.is_some_and(|until| self.now < until) {
            self.agenda.plan(self.now + ghost.after, Happens::Ghost);
        }
    }

    /// The outcome comes, if the other attempt is on its way and nothing else is.
    pub(crate) fn ghost_comes(&mut self) {
        let is_making = matches!(self.app.phase, Phase::Connecting(..));
        let comes = std::mem::take(&mut self.faults.ghost.comes);
        if comes && is_making && self.module.is_opening() && self.commands.are_answered() {
            let outcome = self.faults.ghost.outcome;
            self.tally.strikes("ghost");
            self.listener.states.hears_ghost();
            self.control(Control::Urc(outcome.into()));
        }
    }
}
