//! From values to places.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// From 0 on.
    Linear,
    /// From one power of ten to another.
    Logarithmic,
    /// Logarithmic from 1 to the largest number itself.
    Modules,
}

pub(super) struct Axis {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Axis {
    /// One on which all these values have their place.
    pub(super) fn of(values: impl Iterator<Item = f64>, scale: Scale) -> Self {
        let (mut least, mut most) = (f64::INFINITY, f64::MIN_POSITIVE);
        for value in values.filter(|value| value.is_finite()) {
            least = least.min(value);
            most = most.max(value);
        }
        let ten = |power: f64| 10_f64.powf(power);
        let (low, high) = match scale {
            Scale::Linear => {
                let step = step(most);
                (0.0, step * (most / step).ceil())
            }
            Scale::Logarithmic => (
                ten(least.max(f64::MIN_POSITIVE).log10().floor()),
                ten(most.log10().ceil()),
            ),
            Scale::Modules => (1.0, most.max(10.0)),
        };
        Self { scale, low, high }
    }

    /// Where a value lies, from 0 to 1.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value / self.high,
            Scale::Logarithmic | Scale::Modules => {
                (value / self.low).log10() / (self.high / self.low).log10()
            }
        }
    }

    /// Where values are named.
    pub(super) fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let step = step(self.high);
                let steps = (self.high / step).round() as u32;
                (0..=steps).map(|n| step * f64::from(n)).collect()
            }
            Scale::Logarithmic | Scale::Modules => {
                let powers = (0..).map(|power| self.low * 10_f64.powi(power));
                let mut ticks: Vec<f64> = powers
                    .take_while(|tick| *tick <= self.high * 1.001)
                    .collect();
                let is_near = ticks.last().is_some_and(|last| *last * 1.5 > self.high);
                if !is_near {
                    ticks.push(self.high);
                }
                ticks
            }
        }
    }
}

/// 1, 2 or 5 times a power of ten, so that about five make up the whole.
fn step(whole: f64) -> f64 {
    let rough = whole / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let times = [1.0, 2.0, 5.0, 10.0];
    let fits = times
        .into_iter()
        .find(|times| times * power >= rough * 0.999);
    fits.unwrap_or(10.0) * power
}

/// With commas between thousands, and as many decimals as it needs.
pub(super) fn number(value: f64) -> String {
    if value < 10.0 {
        let text = format!("{value:.3}");
        return text.trim_end_matches('0').trim_end_matches('.').into();
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        let linear = Axis::of([3.0, 41.0].into_iter(), Scale::Linear);
        assert_eq!(linear.ticks(), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        let modules = Axis::of([1.0, 5000.0].into_iter(), Scale::Modules);
        let ticks: Vec<String> = modules.ticks().into_iter().map(number).collect();
        assert_eq!(ticks, ["1", "10", "100", "1,000", "5,000"]);
        let times = Axis::of([0.05, 220.0].into_iter(), Scale::Logarithmic);
        let ticks: Vec<String> = times.ticks().into_iter().map(number).collect();
        assert_eq!(ticks, ["0.01", "0.1", "1", "10", "100", "1,000"]);
        assert!((times.place(0.01)).abs() < 1e-9 && (times.place(1000.0) - 1.0).abs() < 1e-9);
    }
}
