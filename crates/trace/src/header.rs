//! What a session was recorded from.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use simless_module::{Config, Module, Network, Profile, Rate, Scenario, Timing};

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
    /// When `t` was 0: the wall clock, as RFC 3339 in UTC. Not needed to play it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<String>,
}

/// How long things take, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimingName {
    /// No time.
    Immediate,
    /// As long as the profile's logs show.
    Typical,
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
            started: None,
        }
    }

    /// A module as it was when the recording began.
    pub fn module(&self) -> Result<Module, UnknownProfile> {
        if self.trace != VERSION {
            return Err(UnknownProfile::Version(self.trace));
        }
        let profile = Profile::named(&self.profile)
            .ok_or_else(|| UnknownProfile::Name(self.profile.clone()))?;
        let config = Config {
            profile: *profile,
            timing: self.timing.of(profile),
            network: Network::default(),
            scenario: Scenario::default(),
        };
        let module = Module::numbered(Arc::new(config), self.modem);
        Ok(module.at_rate(self.baud.and_then(Rate::new)))
    }
}

impl fmt::Display for TimingName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Immediate => "immediate",
            Self::Typical => "typical",
        })
    }
}

impl TimingName {
    /// These times.
    pub fn of(self, profile: &Profile) -> Timing {
        match self {
            Self::Immediate => Timing::IMMEDIATE,
            Self::Typical => profile.timing,
        }
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
}
