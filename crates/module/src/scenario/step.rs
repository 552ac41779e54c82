//! A step: when it comes, and what it does.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use simless_at::IpState;

use crate::fault::{FaultError, URC_LIMIT};
use crate::{Fault, FaultKind, NetworkChange};

/// Something that happens at a time, with a command or with a state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Step {
    /// So long after the run began.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub at: Option<Duration>,
    /// When the module starts, at power-up and after each reset.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "core::ops::Not::not"))]
    pub on_boot: bool,
    /// When this command is about to be carried out: `AT+CIPSEND`, `+CIPSEND` or `CIPSEND`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on_command: Option<String>,
    /// When the TCP/UDP service comes into this state.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub on_state: Option<IpState>,
    /// So much later than that.
    #[cfg_attr(feature = "serde", serde(with = "crate::duration_text"))]
    pub delay: Duration,
    /// How often at the most; `None`: each time.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub times: Option<u32>,
    /// The network and the SIM are otherwise from then on.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub set: Option<NetworkChange>,
    /// The fault of this name is taken away.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub clear: Option<String>,
    /// A fault is set.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub fault: Option<Fault>,
    /// The module says this URC.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub urc: Option<String>,
    /// Something happens.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub event: Option<Happening>,
}

/// Something that happens to a module from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Happening {
    /// The cell is gone: the module searches.
    Deregister,
    /// The network detaches the module.
    Detach,
    /// The network deactivates context 1.
    PdpDeact,
    /// The peer ends the connection.
    PeerClose,
    /// The peer resets the connection.
    PeerReset,
    /// The module starts again by itself.
    Reset,
    /// The power goes and comes back.
    PowerCycle,
}

/// When a step comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger<'a> {
    /// At this time.
    At(Duration),
    /// With the start of the module.
    Boot,
    /// With this command.
    Command(&'a str),
    /// With this state.
    State(IpState),
}

impl Step {
    /// When it comes.
    pub fn trigger(&self) -> Result<Trigger<'_>, StepError> {
        let triggers = [
            self.at.map(Trigger::At),
            self.on_boot.then_some(Trigger::Boot),
            self.on_command.as_deref().map(Trigger::Command),
            self.on_state.map(Trigger::State),
        ];
        let mut given = triggers.into_iter().flatten();
        match (given.next(), given.next()) {
            (None, _) => Err(StepError::NoTrigger),
            (Some(trigger), None) => Ok(trigger),
            (Some(_), Some(_)) => Err(StepError::SeveralTriggers),
        }
    }

    /// Whether it has one trigger, and something to do. A module passes one that does not over.
    pub fn check(&self) -> Result<(), StepError> {
        if self.trigger()? == Trigger::Boot && self.restarts_at_once() && self.times.is_none() {
            return Err(StepError::NeverEnds);
        }
        if self.urc.as_ref().is_some_and(|urc| urc.len() > URC_LIMIT) {
            return Err(StepError::LongUrc);
        }
        let sets = self.set.as_ref();
        let acts = sets.is_some_and(|set| *set != NetworkChange::default())
            || self.clear.is_some()
            || self.fault.is_some()
            || self.urc.is_some()
            || self.event.is_some();
        if acts {
            Ok(())
        } else {
            Err(StepError::NoAction)
        }
    }
}

impl Step {
    /// Whether it makes the module start again before anything else could happen.
    fn restarts_at_once(&self) -> bool {
        let by_event = matches!(self.event, Some(Happening::Reset | Happening::PowerCycle));
        let by_fault = self
            .fault
            .as_ref()
            .filter(|fault| fault.kind == FaultKind::Reset);
        let after = by_fault.map(|fault| fault.after);
        let after = after.or(by_event.then_some(Duration::ZERO));
        after.is_some_and(|after| self.delay.saturating_add(after) < SHORTEST_LIFE)
    }
}

/// A module that starts again and again lives at least so long in between.
const SHORTEST_LIFE: Duration = Duration::from_millis(100);

/// Why a step makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepError {
    /// It says not when.
    NoTrigger,
    /// It says it in several ways.
    SeveralTriggers,
    /// It does nothing.
    NoAction,
    /// It starts the module again with each start, at once.
    NeverEnds,
    /// Its URC is longer than [`URC_LIMIT`].
    LongUrc,
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LongUrc => return FaultError::LongUrc.fmt(f),
            Self::NoTrigger => {
                "a step needs `at`, `on_boot`, `on_command` or `on_state`, which say when it comes"
            }
            Self::SeveralTriggers => {
                "a step has one of `at`, `on_boot`, `on_command` and `on_state`; write two steps"
            }
            Self::NeverEnds => {
                "a step that starts the module again `on_boot` needs a `delay` of 100 ms, or `times`"
            }
            Self::NoAction => {
                "a step needs `set`, `clear`, `fault`, `urc` or `event` to do something"
            }
        })
    }
}

impl core::error::Error for StepError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_has_one_trigger_and_something_to_do() {
        let nothing = Step::default();
        assert_eq!(nothing.check(), Err(StepError::NoTrigger));
        let at = Step {
            at: Some(Duration::ZERO),
            ..nothing
        };
        assert_eq!(at.check(), Err(StepError::NoAction));
        let sets_nothing = Step {
            set: Some(NetworkChange::default()),
            ..at.clone()
        };
        assert_eq!(sets_nothing.check(), Err(StepError::NoAction));
        let says = Step {
            urc: Some("+CTZV".into()),
            ..at
        };
        assert_eq!(says.check(), Ok(()));
        let on_and_on = Step {
            urc: Some("R".repeat(URC_LIMIT + 1)),
            ..says.clone()
        };
        assert_eq!(on_and_on.check(), Err(StepError::LongUrc));
        let twice = Step {
            on_boot: true,
            ..says
        };
        assert_eq!(twice.check(), Err(StepError::SeveralTriggers));
    }

    #[test]
    fn a_module_that_starts_again_with_each_start_lives_in_between() {
        let again = Step {
            on_boot: true,
            event: Some(Happening::Reset),
            ..Step::default()
        };
        assert_eq!(again.check(), Err(StepError::NeverEnds));
        let once = Step {
            times: Some(1),
            ..again.clone()
        };
        assert_eq!(once.check(), Ok(()));
        let later = Step {
            delay: SHORTEST_LIFE,
            ..again
        };
        assert_eq!(later.check(), Ok(()));
        let fault = Step {
            on_boot: true,
            fault: Some(Fault::new(FaultKind::Reset)),
            ..Step::default()
        };
        assert_eq!(fault.check(), Err(StepError::NeverEnds));
    }
}
