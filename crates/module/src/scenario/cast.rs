//! The steps of a scenario that are still to come.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use simless_at::{Instant, IpState};

use super::{Step, Trigger};
use crate::Config;
use crate::fault::is_command;

/// How often a step may wait for its delay at the same time: a DTE that repeats its command must not
/// cost memory without end (P5).
const MOST: usize = 64;

/// What is still to come of a scenario.
#[derive(Default)]
pub(crate) struct Cast {
    /// How often each step has come.
    counts: Vec<u32>,
    /// Which steps come when, the next one last.
    due: Vec<(Instant, usize)>,
}

impl Cast {
    /// Nothing has come yet; the run begins now.
    pub(crate) fn new(config: &Config) -> Self {
        let steps = &config.scenario.steps;
        let mut cast = Self {
            counts: steps.iter().map(|_| 0).collect(),
            due: Vec::new(),
        };
        cast.call(steps, Instant::ZERO, |trigger| match trigger {
            Trigger::At(at) => Some(at),
            _ => None,
        });
        cast
    }

    /// The module starts.
    pub(crate) fn boot(&mut self, config: &Config, now: Instant) {
        self.call(&config.scenario.steps, now, |trigger| {
            (trigger == Trigger::Boot).then_some(Duration::ZERO)
        });
    }

    /// A command is about to be carried out.
    pub(crate) fn command(&mut self, config: &Config, name: &str, now: Instant) {
        self.call(&config.scenario.steps, now, |trigger| match trigger {
            Trigger::Command(meant) => is_command(meant, name).then_some(Duration::ZERO),
            _ => None,
        });
    }

    /// The service came into a state.
    pub(crate) fn state(&mut self, config: &Config, state: IpState, now: Instant) {
        self.call(&config.scenario.steps, now, |trigger| {
            (trigger == Trigger::State(state)).then_some(Duration::ZERO)
        });
    }

    /// The next step that is due, if one is.
    pub(crate) fn next(&mut self, config: &Arc<Config>, now: Instant) -> Option<Step> {
        let (_, index) = self.due.pop_if(|(at, _)| now >= *at)?;
        config.scenario.steps.get(index).cloned()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.due.last().map(|(at, _)| *at)
    }

    /// Those whose trigger it is come, each after its own delay.
    fn call(
        &mut self,
        steps: &[Step],
        now: Instant,
        mut is_meant: impl FnMut(Trigger<'_>) -> Option<Duration>,
    ) {
        for (index, (step, count)) in steps.iter().zip(&mut self.counts).enumerate() {
            let Some(at) = step.trigger().ok().and_then(&mut is_meant) else {
                continue;
            };
            let is_over = step.times.is_some_and(|times| *count >= times);
            if is_over || step.check().is_err() || waits_often(&self.due, index) {
                continue;
            }
            *count += 1;
            let at = now + at + step.delay;
            // Behind those of the same time: they come in the order of the scenario.
            let place = self.due.partition_point(|(other, _)| *other > at);
            self.due.insert(place, (at, index));
        }
    }
}

fn waits_often(due: &[(Instant, usize)], step: usize) -> bool {
    let waiting = due.iter().filter(|(_, index)| *index == step);
    waiting.take(MOST).count() == MOST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KINGCOM_G3524, Network, Scenario, Timing};

    #[test]
    fn a_step_waits_a_limited_number_of_times() {
        let step = Step {
            on_command: Some("AT+CSQ".into()),
            delay: Duration::from_secs(3600),
            urc: Some("RING".into()),
            ..Step::default()
        };
        let config = Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario {
                steps: alloc::vec![step],
                ..Scenario::default()
            },
        };
        let mut cast = Cast::new(&config);
        for count in 1..=2 * MOST {
            cast.command(&config, "+CSQ", Instant::ZERO);
            assert_eq!(cast.due.len(), count.min(MOST));
        }
        let config = Arc::new(config);
        let later = Instant::ZERO + Duration::from_secs(3600);
        assert!(cast.next(&config, later).is_some());
        cast.command(&config, "+CSQ", later);
        assert_eq!(cast.due.len(), MOST);
    }
}
