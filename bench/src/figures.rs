//! From samples to figures: ratios within a round, medians over the rounds.

mod table;

use crate::rounds::{Pass, Round, What};

pub(crate) use table::FIGURES;

/// What a figure shall come to.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// It is there to be compared with.
    None,
}

impl Target {
    /// Whether it is met; none where there is no target.
    pub(crate) fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtLeast(least) => Some(ratio >= least),
            Self::AtMost(most) => Some(ratio <= most),
            Self::None => None,
        }
    }
}

/// A pass of the module, or of the driver, beside one of something that does less.
pub(crate) struct Figure {
    /// For people.
    pub(crate) what: &'static str,
    /// For programs.
    pub(crate) key: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) measured: Pass,
    pub(crate) beside: Pass,
    pub(crate) target: Target,
}

/// A figure's values: medians over the rounds.
pub(crate) struct Values {
    pub(crate) measured: f64,
    pub(crate) beside: f64,
    /// The median of the rounds' own ratios, between its quartiles.
    pub(crate) ratio: f64,
    pub(crate) quartiles: (f64, f64),
}

impl Figure {
    /// What it is compared with.
    pub(crate) fn peer(&self) -> &'static str {
        match self.beside {
            Pass::Line(What::ConnectAndTrip, _) => "connect, AT",
            Pass::Line(_, end) => end.name(),
            Pass::Host(_, host) => host.name(),
        }
    }

    /// None when a program it is compared with is not installed.
    pub(crate) fn values(&self, rounds: &[Round]) -> Option<Values> {
        let of = |pass: Pass| move |round: &Round| round.of(pass);
        let (measured, beside) = (of(self.measured), of(self.beside));
        let ratios = sorted(rounds, |round| measured(round) / beside(round));
        let values = Values {
            measured: at(&sorted(rounds, measured), 2),
            beside: at(&sorted(rounds, beside), 2),
            ratio: at(&ratios, 2),
            quartiles: (at(&ratios, 1), at(&ratios, 3)),
        };
        (!values.ratio.is_nan()).then_some(values)
    }
}

/// The median of one value over all samples.
pub(crate) fn median<T>(samples: &[T], value: impl Fn(&T) -> f64) -> f64 {
    at(&sorted(samples, value), 2)
}

fn sorted<T>(samples: &[T], value: impl Fn(&T) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = samples.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value at so many quarters of the way.
fn at(sorted: &[f64], quarters: usize) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return f64::NAN;
    };
    let (index, between) = (last * quarters / 4, last * quarters % 4);
    let next = sorted[(index + 1).min(last)];
    sorted[index] + (next - sorted[index]) * between as f64 / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quartiles_lie_between_their_neighbours() {
        let of = |samples: &[f64], quarters| at(&sorted(samples, |x| *x), quarters);
        assert_eq!(of(&[3.0, 1.0, 2.0], 2), 2.0);
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0], 2), 2.5);
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0], 1), 1.75);
        assert_eq!(of(&[5.0, 1.0, 2.0, 3.0, 4.0], 3), 4.0);
        assert!(of(&[], 2).is_nan());
    }
}
