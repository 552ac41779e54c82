//! What a run was given: presets, then files, then flags; what comes later wins.

use std::sync::Arc;

use anyhow::Result;
use simless_module::Config;
use simless_runtime::{Address, Endpoint, Policy};
use simless_scenario::Configuration;

use crate::args::{GivenArgs, RunArgs};
use crate::configuration;

/// What a run was given.
pub(crate) struct Given {
    /// All of it.
    pub(crate) configuration: Configuration,
    /// What each module is made from.
    pub(crate) config: Arc<Config>,
    /// A port for every module, grouped as they were named.
    pub(crate) ports: Vec<Vec<Endpoint>>,
    pub(crate) policy: Policy,
    /// Where it came from and what it does, a line each.
    pub(crate) told: Vec<String>,
}

impl Given {
    /// The rate that a port is held to.
    pub(crate) fn baud_of(&self, port: &Address) -> Option<u32> {
        let has_its_own = matches!(port, Address::Serial { .. });
        self.configuration.module.baud.filter(|_| !has_its_own)
    }

    pub(crate) fn read(options: &RunArgs) -> Result<Self> {
        let mut told = Vec::new();
        let mut configuration = gather(&options.given, &mut told)?;
        options.win_over(&mut configuration);
        if let Some(rate) = options.given.air {
            told.push(format!("air: {rate} bytes a second, each way"));
        }
        if let Some(seed) = options.given.seed {
            told.push(format!("seed {seed}"));
        }
        Ok(Self {
            config: Arc::new(configuration.config()?),
            ports: options.ports(&configuration),
            policy: options.given.policy(&configuration),
            configuration,
            told,
        })
    }
}

/// Presets, then files, one added to the other.
pub(crate) fn gather(given: &GivenArgs, told: &mut Vec<String>) -> Result<Configuration> {
    let mut configuration = Configuration::default();
    for preset in &given.presets {
        told.push(format!("preset {}: {}", preset.name, preset.about()));
        configuration.add(preset.configuration());
    }
    for path in &given.configs {
        let file = configuration::read(path)?;
        told.push(format!("{}: {}", path.display(), file.summary()));
        configuration.add(file);
    }
    Ok(configuration)
}
