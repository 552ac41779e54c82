//! What a session was recorded from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use simless_module::{Module, Profile, Rate};
use simless_scenario::{Configuration, Contradiction, TimingName};

/// The version of the form. A reader refuses one that it does not know.
const VERSION: u32 = 1;

/// The first line of a module's session: what the module was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the form: 1.
    pub trace: u32,
    /// Which of several modules it is, from 0. It makes the IMEI.
    pub modem: u32,
    /// The name of its profile.
    pub profile: String,
    /// How long things took.
    pub timing: TimingName,
    /// The rate its serial line was held to, in bits per second; `None`: to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baud: Option<u32>,
    /// Everything else that it was given: the network, faults, steps, the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Box<Configuration>>,
    /// When `t` was 0: the wall clock, as RFC 3339 in UTC. Not needed to play it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
}

impl Header {
    /// The header of a module with this number.
    pub fn new(modem: u32, profile: &Profile, timing: TimingName) -> Self {
        Self {
            trace: VERSION,
            modem,
            profile: profile.name.into(),
            timing,
            baud: None,
            configuration: None,
            started: None,
        }
    }

    /// The same of a module that was given more than a profile, a timing and a rate. Where its
    /// ports were and where it may connect to is not the module's.
    pub fn with(mut self, configuration: &Configuration) -> Self {
        let mut configuration = configuration.clone();
        configuration.ports.clear();
        configuration.destinations = Default::default();
        configuration.module.profile = None;
        configuration.module.timing = None;
        configuration.module.baud = None;
        if configuration != Configuration::default() {
            self.configuration = Some(Box::new(configuration));
        }
        self
    }

    /// A module as it was when the recording began.
    pub fn module(&self) -> Result<Module, UnknownProfile> {
        if self.trace != VERSION {
            return Err(UnknownProfile::Version(self.trace));
        }
        if Profile::named(&self.profile).is_none() {
            return Err(UnknownProfile::Name(self.profile.clone()));
        }
        let mut configuration = self.configuration.as_deref().cloned().unwrap_or_default();
        configuration.module.profile = Some(self.profile.clone());
        configuration.module.timing = Some(self.timing);
        let config = configuration.config()?;
        let module = Module::numbered(Arc::new(config), self.modem);
        Ok(module.at_rate(self.baud.and_then(Rate::new)))
    }
}

/// Why there is no module for a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownProfile {
    /// It is of a form that this version does not know.
    #[error("the trace is of version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// There is no such profile.
    #[error("there is no profile {0:?}; the trace may be of a newer version")]
    Name(String),
    /// Its configuration cannot be.
    #[error(transparent)]
    Configuration(#[from] Contradiction),
}

#[cfg(test)]
mod tests {
    use simless_module::{Fault, FaultKind, KINGCOM_G3524, Step};

    use super::*;

    /// A hand that edited a trace is no better than one that wrote a file.
    #[test]
    fn a_configuration_that_makes_no_sense_is_refused() {
        let refused = |configuration: Configuration| {
            let header = Header::new(0, &KINGCOM_G3524, TimingName::Immediate);
            let text = crate::Line::Header(header.with(&configuration)).to_string();
            let Ok(crate::Line::Header(header)) = crate::Line::parse(&text) else {
                panic!("{text}");
            };
            match header.module() {
                Err(UnknownProfile::Configuration(contradiction)) => contradiction.to_string(),
                other => panic!("{:?}", other.map(|_| ())),
            }
        };
        let stall = Fault::new(FaultKind::Stall);
        let needs = "a fault of type `stall` needs the attribute `delay`";
        let mut configuration = Configuration::default();
        configuration.faults.push(stall.clone());
        assert_eq!(refused(configuration), needs);

        let mut configuration = Configuration::default();
        configuration.steps.push(Step {
            on_boot: true,
            fault: Some(stall),
            ..Step::default()
        });
        assert_eq!(refused(configuration), needs);

        let mut configuration = Configuration::default();
        configuration.steps.push(Step::default());
        assert!(refused(configuration).starts_with("a step needs `at`"));
    }
}
