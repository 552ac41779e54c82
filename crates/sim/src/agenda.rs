//! What is to come: one heap on (virtual time, sequence).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use simless_at::Instant;

/// What is to come. What comes at the same moment comes in the order in which it was planned.
#[derive(Debug)]
pub(crate) struct Agenda<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    planned: u64,
}

#[derive(Debug)]
struct Entry<E> {
    key: (Instant, u64),
    event: E,
}

impl<E> Agenda<E> {
    pub(crate) const fn new() -> Self {
        Self {
            heap: BinaryHeap::new(),
            planned: 0,
        }
    }

    pub(crate) fn plan(&mut self, at: Instant, event: E) {
        let key = (at, self.planned);
        self.planned += 1;
        self.heap.push(Reverse(Entry { key, event }));
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse(entry)| entry.key.0)
    }

    /// The next thing that has come by now.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<E> {
        if self.next_at()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(entry)| entry.event)
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<E> Eq for Entry<E> {}

#[test]
fn what_comes_at_once_comes_in_its_order() {
    let mut agenda = Agenda::new();
    let at = Instant::from_micros;
    for (when, event) in [(5, 'c'), (3, 'a'), (5, 'd'), (3, 'b')] {
        agenda.plan(at(when), event);
    }
    assert_eq!(agenda.pop(at(2)), None);
    let order: Vec<_> = std::iter::from_fn(|| agenda.pop(at(9))).collect();
    assert_eq!(order, ['a', 'b', 'c', 'd']);
}
