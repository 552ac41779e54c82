//! When bytes arrive: an absolute schedule, in whole numbers.

use core::num::NonZeroU32;
use core::time::Duration;

use simless_at::Instant;

/// The speed of a serial line, in bits per second.
///
/// A byte takes ten bits: a start bit, eight of data, a stop bit (8N1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// A line of so many bits per second; `None` for 0.
    pub const fn new(bits_per_second: u32) -> Option<Self> {
        match NonZeroU32::new(bits_per_second) {
            Some(rate) => Some(Self(rate)),
            None => None,
        }
    }

    /// A line of so many bytes per second; `None` for 0.
    pub const fn of_bytes(bytes_per_second: u32) -> Option<Self> {
        Self::new(bytes_per_second.saturating_mul(10))
    }

    /// Bits per second.
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// Bytes per second, without what is left.
    pub const fn bytes(self) -> u32 {
        self.0.get() / 10
    }
}

/// What a byte takes, in millionths of a bit. A microsecond carries as many of them as a second
/// carries bits, so at any rate and any moment the line has done a whole number of them, and
/// nothing is ever rounded.
const BYTE: u128 = 10 * 1_000_000;

/// How far the line is with its next byte.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    rate: Option<Rate>,
    /// From when on the line carries it.
    start: Instant,
    /// How much of it was carried by then.
    done: u128,
}

impl Pace {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self {
            rate,
            start: Instant::ZERO,
            done: 0,
        }
    }

    pub(crate) fn rate(&self) -> Option<Rate> {
        self.rate
    }

    /// The line was idle and gets a byte: time gone by is not saved up. A stall goes on.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.start = self.start.max(now);
        self.done = 0;
    }

    /// As [`Pace::begin`], unless the line is still at the byte before.
    pub(crate) fn begin_if_idle(&mut self, now: Instant) {
        if self.start < now {
            self.begin(now);
        }
    }

    /// How many bytes could have been carried by now.
    pub(crate) fn due(&self, now: Instant) -> usize {
        if now < self.start {
            return 0;
        }
        match self.rate {
            None => usize::MAX,
            Some(rate) => usize::try_from(self.done_by(now, rate) / BYTE).unwrap_or(usize::MAX),
        }
    }

    /// So many bytes were carried.
    pub(crate) fn pass(&mut self, bytes: usize) {
        let Some(rate) = self.rate else {
            self.done = 0;
            return;
        };
        let work = bytes as u128 * BYTE;
        let Some(rest) = work.checked_sub(self.done) else {
            self.done -= work;
            return;
        };
        let rate = u128::from(rate.get());
        let micros = rest.div_ceil(rate);
        self.start = later(self.start, micros);
        self.done = micros * rate - rest;
    }

    /// Nothing is carried for a while.
    pub(crate) fn pause(&mut self, duration: Duration) {
        self.start += duration;
    }

    /// A pause ends early.
    pub(crate) fn resume(&mut self, now: Instant) {
        self.start = self.start.min(now);
    }

    /// When the next byte will have been carried.
    pub(crate) fn next(&self) -> Instant {
        self.after(1)
    }

    /// When so many bytes will have been carried.
    pub(crate) fn after(&self, bytes: usize) -> Instant {
        match self.rate {
            None => self.start,
            Some(rate) => {
                let rest = (bytes as u128 * BYTE).saturating_sub(self.done);
                later(self.start, rest.div_ceil(u128::from(rate.get())))
            }
        }
    }

    /// Goes on at another rate. The part of a byte that was carried stays carried.
    pub(crate) fn set_rate(&mut self, rate: Option<Rate>, now: Instant) {
        if let Some(rate) = self.rate.filter(|_| self.start < now) {
            self.done = self.done_by(now, rate);
        }
        self.start = self.start.max(now);
        self.rate = rate;
    }

    fn done_by(&self, now: Instant, rate: Rate) -> u128 {
        let micros = now.as_micros() - self.start.as_micros();
        self.done + u128::from(micros) * u128::from(rate.get())
    }
}

fn later(start: Instant, micros: u128) -> Instant {
    start + Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
}
