//! What can go wrong on a serial line, as values.

use core::time::Duration;

use crate::Probability;

/// The faults of one direction of a serial line. By default there are none.
///
/// Each may strike any byte the line carries, with its probability, whatever the others do, and
/// when it arrives. What is added takes its time on the line, and a byte that is lost took it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SerialFaults {
    /// A byte is lost.
    pub drop: Probability,
    /// One bit of a byte is inverted.
    pub flip: Probability,
    /// A byte arrives twice, unless it was lost.
    pub duplicate: Probability,
    /// A byte that nobody sent follows one that was. An idle line is quiet.
    pub noise: Probability,
    /// The line stops for a while.
    pub stall: Stall,
    /// What arrives is handed out in pieces.
    pub slicer: Slicer,
}

impl SerialFaults {
    /// No faults.
    pub const NONE: Self = Self {
        drop: Probability::NEVER,
        flip: Probability::NEVER,
        duplicate: Probability::NEVER,
        noise: Probability::NEVER,
        stall: Stall {
            toxicity: Probability::NEVER,
            duration: Duration::ZERO,
        },
        slicer: Slicer {
            toxicity: Probability::NEVER,
            size: 0,
            variation: 0,
            delay: Duration::ZERO,
        },
    };

    /// Whether none of them can strike.
    pub fn is_none(&self) -> bool {
        [
            self.drop,
            self.flip,
            self.duplicate,
            self.noise,
            self.stall.toxicity,
            self.slicer.toxicity,
        ]
        .iter()
        .all(|toxicity| *toxicity == Probability::NEVER)
    }
}

/// The line stops behind a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stall {
    /// Behind how many of the bytes.
    pub toxicity: Probability,
    /// For how long. Setting another stall, or none, ends one that goes on.
    pub duration: Duration,
}

/// What arrives is cut into pieces, each handed out on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slicer {
    /// How many of the cuts that `size` makes possible are made.
    pub toxicity: Probability,
    /// Bytes of a piece; 0 counts as 1.
    pub size: usize,
    /// How many bytes a piece may be smaller or larger than that.
    pub variation: usize,
    /// The time between a piece that was taken and the next one.
    pub delay: Duration,
}
