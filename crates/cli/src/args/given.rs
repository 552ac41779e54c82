//! What a module is given: configurations, presets, chance, the air.

use std::path::PathBuf;

use simless_module::{Fault, FaultKind};
use simless_scenario::{Configuration, Preset};

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
}

impl GivenArgs {
    pub(super) fn win_over(&self, configuration: &mut Configuration) {
        configuration.module.seed = self.seed.or(configuration.module.seed);
        if let Some(rate) = self.air {
            let mut air = Fault::new(FaultKind::Bandwidth);
            air.name = "air".into();
            air.attributes.rate = Some(rate);
            configuration.faults.push(air);
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
