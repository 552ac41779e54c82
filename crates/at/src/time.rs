//! Time as an argument: the cores never read a clock.

use core::ops::{Add, AddAssign};
use core::time::Duration;

/// A moment, in microseconds since an origin the adapter chooses.
///
/// An adapter passes the time since it started; a simulation passes virtual time.
///
/// ```
/// use core::time::Duration;
/// use simless_at::Instant;
///
/// let sent = Instant::ZERO + Duration::from_secs(30);
/// assert_eq!(sent.since(Instant::ZERO), Duration::from_secs(30));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The origin.
    pub const ZERO: Self = Self(0);

    /// The moment this many microseconds after the origin.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the origin.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The time from `earlier` to `self`; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }

    /// The first of moments that may be: a deadline for several things.
    ///
    /// ```
    /// use simless_at::Instant;
    ///
    /// let at = Instant::from_micros;
    /// assert_eq!(Instant::first_of([Some(at(5)), None, Some(at(3))]), Some(at(3)));
    /// assert_eq!(Instant::first_of([None; 2]), None);
    /// ```
    pub fn first_of<const N: usize>(moments: [Option<Self>; N]) -> Option<Self> {
        // It is asked for after every byte, and a loop is faster than an iterator of options here.
        let mut first = None;
        for moment in &moments {
            if let Some(moment) = moment
                && first.is_none_or(|first| *moment < first)
            {
                first = Some(*moment);
            }
        }
        first
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// Saturates: a moment too far away to name never comes.
    fn add(self, duration: Duration) -> Self {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(micros))
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_saturate() {
        assert_eq!(
            Instant::from_micros(u64::MAX) + Duration::MAX,
            Instant::from_micros(u64::MAX)
        );
        assert_eq!(Instant::ZERO.since(Instant::from_micros(5)), Duration::ZERO);
    }
}
