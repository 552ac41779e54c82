//! The gate between a command and its answer: faults that keep it from being carried out, or its
//! answer from being what it should be.

use core::time::Duration;

use simless_at::{Cme, Final, Instant};

use crate::commands::Command;
use crate::equipment::Equipment;
use crate::wait::{Condition, Outcome, Wait};
use crate::{Event, Fault, FaultKind, Place};

impl Equipment {
    /// A command is about to be carried out: what it comes to instead, if a fault strikes.
    pub(crate) fn before_command(&mut self, command: &Command, now: Instant) -> Option<Outcome> {
        if self.nothing_is_planned() {
            return None;
        }
        self.cast.command(&self.config, command.name, now);
        self.play(now);
        self.collide(command.name, Place::Response);
        let concerns = |fault: &Fault| fault.attributes.concerns(command.name);
        if let Some(attributes) = self.faults.strikes(FaultKind::CmeError, concerns) {
            let code = attributes.code.map(|code| Final::Cme(Cme(code)));
            self.event(Event::Struck(FaultKind::CmeError));
            return Some(Outcome::Final(code.unwrap_or(Final::Error)));
        }
        if command.outcome_is_unasked {
            return None;
        }
        let delay = self.strikes_silence(command.name)?;
        let delay = delay.unwrap_or(self.config.profile.guards.packet);
        let silence = Condition::Elapsed(now + delay, Final::NoResponse);
        Some(Outcome::Wait(Wait::until(silence)))
    }

    /// No fault is set and no step waits for a command: the gate stands open.
    fn nothing_is_planned(&self) -> bool {
        self.faults.is_empty() && self.config.scenario.steps.is_empty()
    }

    /// Whether a command shall get no answer, and for how long where that is said.
    pub(crate) fn strikes_silence(&mut self, command: &str) -> Option<Option<Duration>> {
        let concerns = |fault: &Fault| fault.attributes.concerns(command);
        let delay = self
            .faults
            .strikes(FaultKind::NoResponse, concerns)
            .map(|attributes| attributes.delay)?;
        self.event(Event::Struck(FaultKind::NoResponse));
        Some(delay)
    }

    /// How much later a command's result comes, if it does.
    pub(crate) fn strikes_late(&mut self, command: &str) -> Option<Duration> {
        let concerns = |fault: &Fault| fault.attributes.concerns(command);
        let attributes = self.faults.strikes(FaultKind::LateOk, concerns)?;
        let delay = attributes.delay.unwrap_or_default();
        self.event(Event::Struck(FaultKind::LateOk));
        Some(delay)
    }

    /// Whether the prompt is not printed.
    pub(crate) fn strikes_prompt(&mut self) -> bool {
        let strikes = self.faults.strikes(FaultKind::NoPrompt, |_| true).is_some();
        if strikes {
            self.event(Event::Struck(FaultKind::NoPrompt));
        }
        strikes
    }

    /// The line's final result, unless a fault keeps it back.
    pub(crate) fn end_command(&mut self, command: &str, result: Final) {
        if self.nothing_is_planned() {
            return self.final_result(result);
        }
        self.collide(command, Place::Final);
        let concerns = |fault: &Fault| fault.attributes.concerns(command);
        if self.faults.strikes(FaultKind::NoFinal, concerns).is_some() {
            self.reply.begin_command();
            self.event(Event::Struck(FaultKind::NoFinal));
        } else {
            self.final_result(result);
        }
    }

    /// A URC comes where a host does not expect it.
    fn collide(&mut self, command: &str, place: Place) {
        let meant = |fault: &Fault| {
            let attributes = &fault.attributes;
            attributes.concerns(command) && attributes.place.unwrap_or_default() == place
        };
        let Self { faults, reply, .. } = self;
        let Some(attributes) = faults.strikes(FaultKind::UrcCollision, meant) else {
            return;
        };
        if !self.settings.quiet {
            reply.urc_text(attributes.urc.as_deref().unwrap_or_default());
        }
        self.event(Event::Struck(FaultKind::UrcCollision));
    }
}
