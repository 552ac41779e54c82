//! What a module is given: configurations, presets, times, chance, the air, destinations.

use std::path::PathBuf;

use clap::ValueEnum;
use simless_module::{Fault, FaultKind};
use simless_runtime::{Policy, Rule};
use simless_scenario::{Configuration, Preset, TimingName};

/// For a module that is run, and for one that a host verb brings along.
#[derive(clap::Args)]
pub(crate) struct GivenArgs {
    /// Read what the run is given from this file: device, times, network, faults, steps, ports
    /// (docs/scenarios.md). Flags win over it. Can be given several times: later ones add to
    /// earlier ones, and all of them to the presets.
    #[arg(
        long = "config",
        env = "SIMLESS_CONFIG",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) configs: Vec<PathBuf>,

    /// Have something go wrong that is known by name: no-credit, poor-network, stuck-attach, …
    /// `simless scenario list` names them all. Can be given several times: later ones add to
    /// earlier ones.
    #[arg(
        long = "preset",
        env = "SIMLESS_PRESET",
        hide_env_values = true,
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = Preset::named
    )]
    pub(crate) presets: Vec<Preset>,

    /// How long things take: no time at all, or as long as on a real network. [default:
    /// immediate]
    #[arg(long, env = "SIMLESS_TIMING", hide_env_values = true)]
    timing: Option<TimingArg>,

    /// What chance is drawn from: the same seed and the same inputs give the same session.
    /// [default: 0]
    #[arg(
        long,
        env = "SIMLESS_SEED",
        hide_env_values = true,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64)
    )]
    pub(crate) seed: Option<u64>,

    /// Let each connection carry so many bytes (not bits) in a second each way: 1200, 9.6k, 1M. It
    /// is a fault of type bandwidth and name air. Without it there is no limit.
    #[arg(
        long,
        env = "SIMLESS_AIR",
        hide_env_values = true,
        value_name = "RATE",
        value_parser = bytes_per_second
    )]
    pub(crate) air: Option<u32>,

    /// Let modules connect to these addresses and no others: an address or a range, with a port
    /// or a range of ports: 10.0.0.0/8:80-90, [::1]:443, *:25 for any address. Can be given
    /// several times. Link-local and cloud metadata addresses (169.254.169.254) can be reached
    /// only by a rule about nothing else.
    #[arg(
        long,
        env = "SIMLESS_ALLOW",
        hide_env_values = true,
        value_name = "RULE",
        value_delimiter = ','
    )]
    allow: Vec<Rule>,

    /// Never let modules connect to these addresses, whatever --allow says and whatever name led
    /// to them. Can be given several times.
    #[arg(
        long,
        env = "SIMLESS_DENY",
        hide_env_values = true,
        value_name = "RULE",
        value_delimiter = ','
    )]
    deny: Vec<Rule>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TimingArg {
    Immediate,
    Typical,
}

impl TimingArg {
    fn name(self) -> TimingName {
        match self {
            Self::Immediate => TimingName::Immediate,
            Self::Typical => TimingName::Typical,
        }
    }
}

impl GivenArgs {
    /// One that was given, if any was.
    pub(super) fn first_flag(&self) -> Option<&'static str> {
        let flags = [
            ("--config", !self.configs.is_empty()),
            ("--preset", !self.presets.is_empty()),
            ("--timing", self.timing.is_some()),
            ("--seed", self.seed.is_some()),
            ("--air", self.air.is_some()),
            ("--allow", !self.allow.is_empty()),
            ("--deny", !self.deny.is_empty()),
        ];
        let given = flags.into_iter().find(|(_, is_given)| *is_given);
        given.map(|(flag, _)| flag)
    }

    /// What flags say wins over what a configuration says.
    pub(crate) fn win_over(&self, configuration: &mut Configuration) {
        let module = &mut configuration.module;
        module.timing = self.timing.map(TimingArg::name).or(module.timing);
        module.seed = self.seed.or(module.seed);
        if let Some(rate) = self.air {
            let mut air = Fault::new(FaultKind::Bandwidth);
            air.name = "air".into();
            air.attributes.rate = Some(rate);
            configuration.faults.push(air);
        }
    }

    /// Where modules may connect to. Denied destinations stay denied.
    pub(crate) fn policy(&self, configuration: &Configuration) -> Policy {
        let rules = |rules: &[String]| -> Vec<Rule> {
            rules.iter().filter_map(|rule| rule.parse().ok()).collect()
        };
        let destinations = &configuration.destinations;
        Policy {
            allow: match self.allow.as_slice() {
                [] => rules(&destinations.allow),
                allow => allow.to_vec(),
            },
            deny: [rules(&destinations.deny), self.deny.clone()].concat(),
        }
    }
}

/// Reads `1200`, `9.6k`, `1M`.
fn bytes_per_second(text: &str) -> Result<u32, String> {
    let (number, unit) = match text.strip_suffix(['k', 'K']) {
        Some(number) => (number, 1e3),
        None => match text.strip_suffix('M') {
            Some(number) => (number, 1e6),
            None => (text, 1.0),
        },
    };
    let is_plain = number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let rate = number.parse::<f64>().ok().map(|number| number * unit);
    match rate {
        Some(rate) if is_plain && (1.0..=f64::from(u32::MAX)).contains(&rate) => Ok(rate as u32),
        _ => Err(format!(
            "'{text}' is no rate; write bytes per second, say 1200, 9.6k or 1M"
        )),
    }
}

#[test]
fn a_rate_has_a_unit_or_none() {
    assert_eq!(bytes_per_second("1200"), Ok(1200));
    assert_eq!(bytes_per_second("9.6k"), Ok(9600));
    assert_eq!(bytes_per_second("1M"), Ok(1_000_000));
    for text in [
        "", "0", "-1", "k", "1e3", "inf", "9.6 k", "9,6k", "99999M", "0.4",
    ] {
        assert!(bytes_per_second(text).is_err(), "{text}");
    }
}
