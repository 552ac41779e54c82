//! A configuration: the tables of a file, and what is made of them.

use std::fmt;

use serde::{Deserialize, Serialize};
use simless_module::{
    Config, Fault, FaultError, KINGCOM_G3524, Network, Scenario, Step, StepError, Timing,
};

use crate::{
    Destinations, DeviceChange, GuardTimes, LimitChange, NetworkTable, PortTable, Times, TimingName,
};

/// Everything a run can be given. What is not said stays as it is without it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Configuration {
    /// `[module]`: the device.
    #[serde(skip_serializing_if = "is_default")]
    pub module: DeviceChange,
    /// `[timing]`: how long things take.
    #[serde(skip_serializing_if = "is_default")]
    pub timing: Times,
    /// `[guards]`: when the device gives up.
    #[serde(skip_serializing_if = "is_default")]
    pub guards: GuardTimes,
    /// `[limits]`: what the device takes at the most.
    #[serde(skip_serializing_if = "is_default")]
    pub limits: LimitChange,
    /// `[network]`: the network and the SIM.
    #[serde(skip_serializing_if = "is_default")]
    pub network: NetworkTable,
    /// `[[port]]`: where DTEs find modules.
    #[serde(rename = "port", skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PortTable>,
    /// `[destinations]`: where modules may connect to.
    #[serde(skip_serializing_if = "is_default")]
    pub destinations: Destinations,
    /// `[[fault]]`: what goes wrong from the start.
    #[serde(rename = "fault", skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// `[[step]]`: what happens later.
    #[serde(rename = "step", skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

impl Configuration {
    /// The tables a file can have.
    pub(crate) const TABLES: [&'static str; 9] = [
        "module",
        "timing",
        "guards",
        "limits",
        "network",
        "port",
        "destinations",
        "fault",
        "step",
    ];

    /// Adds what `later` says: its single values win, its faults, steps, ports and destinations
    /// come behind ours. A fault of a name that there is already takes its place in the module.
    pub fn add(&mut self, later: Self) {
        self.module.add(later.module);
        self.timing.add(later.timing);
        self.guards.add(later.guards);
        self.limits.add(later.limits);
        self.network.add(later.network);
        self.ports.extend(later.ports);
        self.destinations.allow.extend(later.destinations.allow);
        self.destinations.deny.extend(later.destinations.deny);
        self.faults.extend(later.faults);
        self.steps.extend(later.steps);
    }

    /// What a module is made from.
    pub fn config(&self) -> Result<Config, Contradiction> {
        let mut config = Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        };
        self.apply(&mut config)?;
        Ok(config)
    }

    /// Makes `config` as it is said here.
    ///
    /// Texts of a device are constants: those of a configuration live as long as the program. Apply
    /// a configuration once, and share what comes of it.
    pub fn apply(&self, config: &mut Config) -> Result<(), Contradiction> {
        self.module.apply_to(config);
        if let Some(timing) = self.module.timing {
            config.timing = timing.of(&config.profile);
        }
        self.timing.apply(&mut config.timing);
        self.guards.apply(&mut config.profile.guards);
        self.limits.apply(&mut config.profile.limits);
        self.network.apply(config);
        config.scenario.faults.extend(self.faults.iter().cloned());
        config.scenario.steps.extend(self.steps.iter().cloned());
        self.check(config)
    }

    /// Whether what was made of it makes sense.
    fn check(&self, config: &Config) -> Result<(), Contradiction> {
        if !config.profile.limits.are_sound() {
            return Err(Contradiction::Limits);
        }
        for step in &self.steps {
            step.check()?;
        }
        let later = self.steps.iter().filter_map(|step| step.fault.as_ref());
        for fault in self.faults.iter().chain(later) {
            fault.check()?;
        }
        Ok(())
    }

    /// How long things take, by name.
    pub fn timing(&self) -> TimingName {
        self.module.timing.unwrap_or(TimingName::Immediate)
    }
}

impl fmt::Display for Configuration {
    /// As TOML, without comments.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = toml::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

/// What cannot be, though each value of it can. A file's mistakes have been told before; this is for
/// a configuration that came another way, such as in a trace's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The limits cannot hold together.
    #[error(
        "the limits contradict each other: `send` must not be larger than `unsent`, nor than 65535"
    )]
    Limits,
    /// A fault makes no sense, of a step or from the start.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// A step makes no sense.
    #[error(transparent)]
    Step(#[from] StepError),
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
