//! Which bytes the faults of a line strike. Nothing is drawn for those they spare.

use core::time::Duration;

use super::fault::SerialFaults;
use crate::{Chance, Probability};

/// The faults that strike single bytes.
pub(super) struct Strikes {
    drop: Strike,
    flip: Strike,
    duplicate: Strike,
    noise: Strike,
    stall: Strike,
    stall_duration: Duration,
    /// What the line carries before its next byte: a duplicate, noise.
    added: [Option<u8>; 2],
}

/// What became of a byte.
pub(super) struct Struck {
    /// What arrives in its place.
    pub(super) byte: Option<u8>,
    /// For how long nothing follows.
    pub(super) stall: Duration,
}

impl Strikes {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            drop: Strike::new(seed, "serial drop"),
            flip: Strike::new(seed, "serial flip"),
            duplicate: Strike::new(seed, "serial duplicate"),
            noise: Strike::new(seed, "serial noise"),
            stall: Strike::new(seed, "serial stall"),
            stall_duration: Duration::ZERO,
            added: [None; 2],
        }
    }

    pub(super) fn set(&mut self, faults: &SerialFaults) {
        self.drop.set(faults.drop);
        self.flip.set(faults.flip);
        self.duplicate.set(faults.duplicate);
        self.noise.set(faults.noise);
        self.stall.set(faults.stall.toxicity);
        self.stall_duration = faults.stall.duration;
    }

    /// How many bytes go by before one is struck.
    pub(super) fn spared(&mut self) -> u64 {
        self.each()
            .iter()
            .fold(u64::MAX, |least, strike| least.min(strike.spared))
    }

    /// So many of them go by.
    pub(super) fn pass(&mut self, bytes: usize) {
        for strike in self.each() {
            strike.pass(bytes as u64);
        }
    }

    /// The next byte goes by. Every fault looks at it, so that none shifts another.
    pub(super) fn strike(&mut self, mut byte: u8) -> Struck {
        if self.flip.hits() {
            byte ^= 1 << self.flip.chance.below(8);
        }
        let is_lost = self.drop.hits();
        let is_doubled = self.duplicate.hits();
        let noise = self.noise.hits();
        self.added = [
            (is_doubled && !is_lost).then_some(byte),
            noise.then(|| self.noise.chance.below(256) as u8),
        ];
        Struck {
            byte: (!is_lost).then_some(byte),
            stall: match self.stall.hits() {
                true => self.stall_duration,
                false => Duration::ZERO,
            },
        }
    }

    /// The next byte the line adds.
    pub(super) fn take_added(&mut self) -> Option<u8> {
        self.added.iter_mut().find_map(Option::take)
    }

    /// How many bytes the line still adds.
    pub(super) fn added(&self) -> usize {
        self.added.iter().flatten().count()
    }

    fn each(&mut self) -> [&mut Strike; 5] {
        [
            &mut self.drop,
            &mut self.flip,
            &mut self.duplicate,
            &mut self.noise,
            &mut self.stall,
        ]
    }
}

/// One kind of fault.
struct Strike {
    toxicity: Probability,
    chance: Chance,
    /// How many go by before the next one is struck; `u64::MAX` when none ever is.
    spared: u64,
}

impl Strike {
    fn new(seed: u64, stream: &str) -> Self {
        Self {
            toxicity: Probability::NEVER,
            chance: Chance::of(seed, stream),
            spared: u64::MAX,
        }
    }

    /// Leaves a fault that stays as it is undisturbed.
    fn set(&mut self, toxicity: Probability) {
        if self.toxicity != toxicity {
            self.toxicity = toxicity;
            self.spared = self.chance.misses(toxicity);
        }
    }

    fn pass(&mut self, bytes: u64) {
        if self.toxicity != Probability::NEVER {
            self.spared -= bytes;
        }
    }

    fn hits(&mut self) -> bool {
        let hits = self.spared == 0;
        if hits {
            self.spared = self.chance.misses(self.toxicity);
        } else {
            self.pass(1);
        }
        hits
    }
}
