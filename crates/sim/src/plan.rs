//! What a seed decides before anything happens.

use std::time::Duration;

use simless_at::Instant;
use simless_driver::{Apn, Patience, Pin, SendForm, Settings};
use simless_module::{Chance, Config, KINGCOM_G3524, Network, Probability, Scenario};
use simless_scenario::{Configuration, TimingName};
use simless_trace::Header;

use crate::tape::Tape;

/// What a seed decides before anything happens.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Everything is drawn from it.
    pub seed: u64,
    /// How long there may be faults. A phase without any follows.
    pub faulty: Duration,
    pub(crate) timing: TimingName,
    pub(crate) send_form: SendForm,
    /// Whether bytes may be lost or changed on the serial line.
    pub(crate) garbles: bool,
    /// Whether nothing goes wrong at all.
    pub(crate) is_calm: bool,
}

const QUARTER: Probability = Probability::from_ppm(250_000);

impl Plan {
    /// The plan of a seed.
    pub fn new(seed: u64, faulty: Duration) -> Self {
        let mut chance = Chance::of(seed, "plan");
        let timing = match chance.hits(QUARTER) {
            true => TimingName::Typical,
            false => TimingName::Immediate,
        };
        let send_form = match chance.hits(QUARTER) {
            true => SendForm::CtrlZ {
                refuses_nul: false,
                refuses_backspace: false,
            },
            false => SendForm::Length,
        };
        Self {
            seed,
            faulty,
            timing,
            send_form,
            garbles: chance.hits(QUARTER),
            is_calm: false,
        }
    }

    /// The same without faults: to see what they cost.
    #[must_use]
    pub fn calm(mut self) -> Self {
        self.is_calm = true;
        self
    }

    pub(crate) fn quiet_at(&self) -> Instant {
        Instant::ZERO + self.faulty
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            profile: KINGCOM_G3524,
            timing: self.timing.of(&KINGCOM_G3524),
            network: Network::default(),
            scenario: Scenario {
                seed: self.seed,
                ..Scenario::default()
            },
        }
    }

    /// The first line of a trace.
    pub(crate) fn header(&self) -> Header {
        let mut configuration = Configuration::default();
        configuration.module.seed = Some(self.seed);
        Header::new(0, &KINGCOM_G3524, self.timing).with(&configuration)
    }

    pub(crate) fn settings(&self) -> Settings {
        // They are well-formed.
        let apn = Apn::new("CMNET").unwrap_or_else(|_| unreachable!());
        Settings {
            pin: Pin::new("1234").ok(),
            send_form: self.send_form,
            seed: self.seed,
            ..Settings::new(apn)
        }
    }

    pub(crate) fn patience(&self) -> Patience {
        Patience::default()
    }

    /// What the application sends.
    pub(crate) fn tape(&self) -> &'static Tape {
        match self.send_form {
            SendForm::Length => Tape::all(),
            SendForm::CtrlZ { .. } => Tape::without_ends(),
        }
    }
}
