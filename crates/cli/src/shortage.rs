//! What runs short for all modules together is said once in a while, not by each of them each time.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How long nothing more is said after a line.
const SILENCE: Duration = Duration::from_secs(5);

/// A kind of lines that would come in floods, as when there are too many open files: then every
/// DTE that comes and every connection fails. Its clones are one and the same.
#[derive(Clone, Default)]
pub(crate) struct Shortage(Rc<Said>);

#[derive(Default)]
struct Said {
    last: Cell<Option<Instant>>,
    unsaid: Cell<u64>,
}

impl Shortage {
    /// Whether it is time for a line: then it tells how often there was none since the last one.
    pub(crate) fn happened(&self, now: Instant) -> Option<u64> {
        let is_told = |last: Instant| now.duration_since(last) < SILENCE;
        if self.0.last.get().is_some_and(is_told) {
            self.0.unsaid.set(self.0.unsaid.get() + 1);
            return None;
        }
        self.0.last.set(Some(now));
        Some(self.0.unsaid.take())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_and_the_next_ones_are_counted() {
        let shortage = Shortage::default();
        let other = shortage.clone();
        let start = Instant::now();
        assert_eq!(shortage.happened(start), Some(0));
        assert_eq!(other.happened(start), None);
        assert_eq!(shortage.happened(start + SILENCE / 2), None);
        assert_eq!(other.happened(start + SILENCE), Some(2));
        assert_eq!(other.happened(start + 3 * SILENCE), Some(0));
    }
}
