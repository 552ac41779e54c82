//! What the far end is handed at once.

use simless_at::Instant;

use super::fault::Slicer;
use crate::{Chance, Probability};

/// The piece that is handed out.
pub(super) struct Slices {
    slicer: Slicer,
    chance: Chance,
    /// Bytes of it that were not taken yet; `u64::MAX` when nothing is cut.
    left: u64,
    /// When it may be taken.
    opens: Instant,
}

impl Slices {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            slicer: Slicer::default(),
            chance: Chance::of(seed, "serial slicer"),
            left: u64::MAX,
            opens: Instant::ZERO,
        }
    }

    /// Leaves a slicer that stays as it is undisturbed.
    pub(super) fn set(&mut self, slicer: Slicer) {
        if self.slicer != slicer {
            self.slicer = slicer;
            self.opens = Instant::ZERO;
            self.cut();
        }
    }

    /// How many bytes may be taken at once.
    pub(super) fn open(&self, now: Instant) -> usize {
        if now < self.opens {
            return 0;
        }
        usize::try_from(self.left).unwrap_or(usize::MAX)
    }

    /// When the piece may be taken.
    pub(super) fn opens(&self) -> Instant {
        self.opens
    }

    pub(super) fn take(&mut self, bytes: usize, now: Instant) {
        if self.slicer.toxicity == Probability::NEVER {
            return;
        }
        self.left -= bytes as u64;
        if self.left == 0 {
            self.opens = now + self.slicer.delay;
            self.cut();
        }
    }

    fn cut(&mut self) {
        let Slicer {
            toxicity,
            size,
            variation,
            ..
        } = self.slicer;
        let (size, variation) = (size.max(1) as u64, variation as u64);
        let uncut = self.chance.misses(toxicity).saturating_mul(size);
        let range = size.saturating_sub(variation).max(1)..=size.saturating_add(variation);
        self.left = uncut.saturating_add(self.chance.within(range));
    }
}
