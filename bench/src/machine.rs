//! What else the machine had to do, where it tells: absolute figures mean little without it.

use std::fs::read_to_string;

/// The machine at one moment.
pub(crate) struct Machine {
    /// How many threads wanted to run, in the mean of the last minute.
    pub(crate) load: Option<f64>,
    /// Ticks of all cores, and how many of them a host kept for itself.
    ticks: Option<(f64, f64)>,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let load = || {
            read_to_string("/proc/loadavg")
                .ok()?
                .split(' ')
                .next()?
                .parse()
                .ok()
        };
        Self {
            load: load(),
            ticks: ticks(),
        }
    }

    /// The share of all cores' time that a host has kept for itself since then.
    pub(crate) fn stolen_since(&self) -> Option<f64> {
        let (before, now) = (self.ticks?, ticks()?);
        let all = now.0 - before.0;
        (all > 0.0).then(|| (now.1 - before.1) / all)
    }
}

/// proc(5): user, nice, system, idle, iowait, irq, softirq, steal.
fn ticks() -> Option<(f64, f64)> {
    let stat = read_to_string("/proc/stat").ok()?;
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<f64> = line
        .split_whitespace()
        .take(8)
        .flat_map(str::parse)
        .collect();
    Some((ticks.iter().sum(), *ticks.get(7)?))
}
