//! How long the driver waits, how often it tries, and how it draws its pauses.

use core::time::Duration;

/// How long to wait, and how often to try. The defaults are the guide's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A step of the flow, and its undo (guide G9.4).
    pub step: Duration,
    /// A command that is answered at once.
    pub answer: Duration,
    /// Until the module answers `AT` at all, its search for the line's rate included.
    pub wake: Duration,
    /// Between two `AT`.
    pub wake_every: Duration,
    /// Until the SIM is ready.
    pub sim: Duration,
    /// Until the module is registered.
    pub registration: Duration,
    /// Between two questions for either.
    pub poll_every: Duration,
    /// A send: longer than the module's own 120 s (guide G5.8, G5.9). And a received block whose
    /// bytes never stop coming.
    pub send: Duration,
    /// The next byte of a received block.
    pub block: Duration,
    /// Silence after which a line that was out of step is trusted again.
    pub quiet: Duration,
    /// From `connect` to a connection or an error, whatever happens; and how long an answer may
    /// stand behind received data.
    pub total: Duration,
    /// How often something may fail before `connect` fails.
    pub attempts: u8,
    /// The pause after the first failure. It doubles with each one.
    pub pause: Duration,
    /// It grows up to here.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            step: Duration::from_secs(30),
            answer: Duration::from_secs(10),
            wake: Duration::from_secs(30),
            wake_every: Duration::from_secs(1),
            sim: Duration::from_secs(30),
            registration: Duration::from_secs(60),
            poll_every: Duration::from_secs(2),
            send: Duration::from_secs(130),
            block: Duration::from_secs(5),
            quiet: Duration::from_secs(1),
            total: Duration::from_secs(600),
            attempts: 6,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
        }
    }
}

impl Patience {
    /// Until a data entry that nobody ends has ended by itself: the module's 120 s (guide G5.9)
    /// begin with the last byte that it has taken, which may be half a minute on its way.
    pub(crate) fn entry(&self) -> Duration {
        self.send.saturating_add(self.send / 4)
    }

    /// The pause after the `failures`th failure: it doubles, and up to half of it is added by
    /// chance. So each is longer than the one before, until the longest (H11).
    pub(crate) fn pause_after(&self, failures: u8, jitter: &mut Jitter) -> Duration {
        let doubled = 1_u32.checked_shl(u32::from(failures.saturating_sub(1)));
        let pause = self.pause.saturating_mul(doubled.unwrap_or(u32::MAX));
        let half = u64::try_from(pause.as_micros() / 2).unwrap_or(u64::MAX);
        let more = Duration::from_micros(jitter.below(half));
        pause.saturating_add(more).min(self.longest_pause)
    }
}

/// Draws for pauses: SplitMix64 (Steele, Lea and Flood 2014). Eight bytes of state and four lines;
/// pauses need no better one.
#[derive(Clone, Debug)]
pub(crate) struct Jitter(u64);

impl Jitter {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 up to but not including `bound`; 0 when there is none.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let z = z ^ (z >> 31);
        ((u128::from(z) * u128::from(bound)) >> 64) as u64
    }
}
