//! Chance that can be repeated: the same seed gives the same draws on any machine (P37).
//!
//! Whoever draws has a stream of its own, so that what one draws never shifts what another one
//! does (P40): a fault that is switched on leaves all others where they were.

use core::ops::RangeInclusive;
use core::time::Duration;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// How likely something is, exactly: in parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u32);

impl Probability {
    /// It never happens.
    pub const NEVER: Self = Self(0);
    /// It always happens.
    pub const ALWAYS: Self = Self(MILLION);

    /// So many in a million; more than a million is a certainty.
    pub const fn from_ppm(ppm: u32) -> Self {
        Self(if ppm < MILLION { ppm } else { MILLION })
    }

    /// How many in a million, 0 to 1,000,000.
    pub const fn ppm(self) -> u32 {
        self.0
    }
}

const MILLION: u32 = 1_000_000;

/// A stream of draws (PCG XSH RR 64/32, O'Neill 2014).
///
/// ```
/// use simless_module::{Chance, Probability};
///
/// let mut loss = Chance::of(7, "udp loss");
/// let mut same = Chance::of(7, "udp loss");
/// let quarter = Probability::from_ppm(250_000);
/// assert!((0..100).all(|_| loss.hits(quarter) == same.hits(quarter)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chance(Pcg32);

impl Chance {
    /// The stream of this name under a seed. It takes a name, so that no one has to number streams.
    pub fn of(seed: u64, stream: &str) -> Self {
        Self(Pcg32::new(seed, number_of(stream)))
    }

    /// A seed for somebody else who has streams of the same names: the other direction of a line,
    /// the next module.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Whether it happens this time.
    pub fn hits(&mut self, probability: Probability) -> bool {
        self.below(u64::from(MILLION)) < u64::from(probability.0)
    }

    /// How often it doesn't happen before it does; `u64::MAX` when it never does.
    ///
    /// One such draw stands for a [`Chance::hits`] per byte. The binary digits of a geometric
    /// number are independent of each other: with q the probability that it doesn't happen,
    /// P(n) = (1 - q) qⁿ is a product over the digits of n, in which the digit of 2ᵏ is a one with
    /// probability r / (1 + r), r being q to the power of 2ᵏ. So whole numbers do, and no machine's
    /// logarithm can differ.
    pub fn misses(&mut self, probability: Probability) -> u64 {
        if probability == Probability::NEVER {
            return u64::MAX;
        }
        let miss = u128::from(MILLION - probability.0);
        let mut r = (miss * u128::from(ONE) / u128::from(MILLION)) as u64;
        let mut misses = 0;
        let mut digit = 1;
        while r > 0 {
            if self.below(ONE + r) < r {
                misses += digit;
            }
            r = (u128::from(r) * u128::from(r) / u128::from(ONE)) as u64;
            digit *= 2;
        }
        misses
    }

    /// A number from 0 up to but not including `bound`, each as likely; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Lemire 2019: the high half of a product is the number. A few low halves come up once too
        // often when the bound is no power of two; those are drawn again.
        let mut draw = || u128::from(self.0.next_u64()) * u128::from(bound);
        let mut product = draw();
        if (product as u64) < bound {
            let surplus = bound.wrapping_neg() % bound;
            while (product as u64) < surplus {
                product = draw();
            }
        }
        (product >> 64) as u64
    }

    /// A number of this range, each as likely; its start when the range is empty.
    pub fn within(&mut self, range: RangeInclusive<u64>) -> u64 {
        let (start, end) = range.into_inner();
        match end.saturating_sub(start).checked_add(1) {
            Some(count) => start + self.below(count),
            None => self.0.next_u64(),
        }
    }

    /// A duration of at most `jitter` more or less than `middle`, in whole microseconds, and never
    /// less than none.
    pub fn around(&mut self, middle: Duration, jitter: Duration) -> Duration {
        let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let (middle, jitter) = (micros(middle), micros(jitter));
        let range = middle.saturating_sub(jitter)..=middle.saturating_add(jitter);
        Duration::from_micros(self.within(range))
    }
}

/// The number 1 as a fraction of whole numbers.
const ONE: u64 = 1 << 63;

/// The number of a stream (FNV-1a, 64 bits).
fn number_of(stream: &str) -> u64 {
    stream.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}
