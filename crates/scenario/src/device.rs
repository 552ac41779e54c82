//! `[module]`: which device, how fast, who it says it is, and what chance is drawn from.

use std::fmt;

use serde::{Deserialize, Serialize};
use simless_module::{Config, Profile, Timing};

use crate::checked;

/// `[module]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceChange {
    /// The name of its profile.
    #[serde(
        deserialize_with = "checked::profile",
        skip_serializing_if = "Option::is_none"
    )]
    pub profile: Option<String>,
    /// How long things take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<TimingName>,
    /// The rate its ports are held to, in bits per second. A serial device has its own.
    #[serde(
        deserialize_with = "checked::baud",
        skip_serializing_if = "Option::is_none"
    )]
    pub baud: Option<u32>,
    /// What chance is drawn from, up to 2⁶³ − 1 (a number of TOML).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// First line of `ATI`, and `AT+CGMI`.
    #[serde(
        deserialize_with = "checked::line",
        skip_serializing_if = "Option::is_none"
    )]
    pub manufacturer: Option<String>,
    /// Second line of `ATI`, and `AT+CGMM`.
    #[serde(
        deserialize_with = "checked::line",
        skip_serializing_if = "Option::is_none"
    )]
    pub model: Option<String>,
    /// Third line of `ATI`, and `AT+CGMR`.
    #[serde(
        deserialize_with = "checked::line",
        skip_serializing_if = "Option::is_none"
    )]
    pub revision: Option<String>,
    /// `AT+CGSN`; of several modules the first one's.
    #[serde(
        deserialize_with = "checked::imei",
        skip_serializing_if = "Option::is_none"
    )]
    pub imei: Option<String>,
    /// `AT+CIMI`.
    #[serde(
        deserialize_with = "checked::imsi",
        skip_serializing_if = "Option::is_none"
    )]
    pub imsi: Option<String>,
    /// `AT+CCID`.
    #[serde(
        deserialize_with = "checked::iccid",
        skip_serializing_if = "Option::is_none"
    )]
    pub iccid: Option<String>,
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

impl TimingName {
    /// These times.
    pub fn of(self, profile: &Profile) -> Timing {
        match self {
            Self::Immediate => Timing::IMMEDIATE,
            Self::Typical => profile.timing,
        }
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

impl DeviceChange {
    pub(crate) fn add(&mut self, later: Self) {
        fn set<T>(value: &mut Option<T>, later: Option<T>) {
            if later.is_some() {
                *value = later;
            }
        }
        set(&mut self.profile, later.profile);
        set(&mut self.timing, later.timing);
        set(&mut self.baud, later.baud);
        set(&mut self.seed, later.seed);
        set(&mut self.manufacturer, later.manufacturer);
        set(&mut self.model, later.model);
        set(&mut self.revision, later.revision);
        set(&mut self.imei, later.imei);
        set(&mut self.imsi, later.imsi);
        set(&mut self.iccid, later.iccid);
    }

    pub(crate) fn apply_to(&self, config: &mut Config) {
        if let Some(profile) = self.profile.as_deref().and_then(Profile::named) {
            config.profile = *profile;
        }
        if let Some(seed) = self.seed {
            config.scenario.seed = seed;
        }
        let identity = &mut config.profile.identity;
        for (field, text) in [
            (&mut identity.manufacturer, &self.manufacturer),
            (&mut identity.model, &self.model),
            (&mut identity.revision, &self.revision),
            (&mut identity.imei, &self.imei),
            (&mut identity.imsi, &self.imsi),
            (&mut identity.iccid, &self.iccid),
        ] {
            keep(field, text);
        }
    }
}

/// Makes a device's text this one, for as long as the program runs.
pub(crate) fn keep(field: &mut &'static str, text: &Option<String>) {
    if let Some(text) = text.as_ref().filter(|text| text != field) {
        *field = text.clone().leak();
    }
}
