//! A bounded queue of bytes in one allocation: what is read from a socket lies here until the DTE
//! took it, what a DTE sent lies here until the socket took it. Nothing is copied in between.

use alloc::boxed::Box;
use alloc::vec;

/// A queue of bytes, in at most two runs.
///
/// A run that [`Ring::reserve`] asked for is never split: a datagram leaves in one piece.
///
/// ```text
/// not wrapped   ....[head ─── tail)........        wrapped   [0 ─ tail)....[head ─── end)..
/// ```
pub(crate) struct Ring {
    bytes: Box<[u8]>,
    head: usize,
    tail: usize,
    /// Where the older run ends, while a newer one has begun at 0.
    end: Option<usize>,
    /// Bytes behind `tail` that are written but not yet part of the queue.
    staged: usize,
}

impl Ring {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            bytes: vec![0; capacity].into_boxed_slice(),
            head: 0,
            tail: 0,
            end: None,
            staged: 0,
        }
    }

    pub(crate) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn len(&self) -> usize {
        match self.end {
            None => self.tail - self.head,
            Some(end) => end - self.head + self.tail,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The queue, oldest byte first.
    pub(crate) fn runs(&self) -> [&[u8]; 2] {
        match self.end {
            None => [&self.bytes[self.head..self.tail], &[]],
            Some(end) => [&self.bytes[self.head..end], &self.bytes[..self.tail]],
        }
    }

    /// The oldest byte.
    pub(crate) fn first(&self) -> Option<u8> {
        self.runs().into_iter().flatten().next().copied()
    }

    /// `length` bytes of the queue from its `start`th on, in at most two runs.
    pub(crate) fn range(&self, start: usize, length: usize) -> [&[u8]; 2] {
        let [first, second] = self.runs();
        if let Some(run) = first.get(start..start + length) {
            return [run, &[]];
        }
        let cut = |run: &[u8], start: usize, end: usize| {
            let end = end.min(run.len());
            start.min(end)..end
        };
        let end = start + length;
        let of_first = cut(first, start, end);
        let of_second = cut(
            second,
            start.saturating_sub(first.len()),
            end.saturating_sub(first.len()),
        );
        [&first[of_first], &second[of_second]]
    }

    /// Drops the `n` oldest bytes.
    pub(crate) fn consume(&mut self, n: usize) {
        let n = n.min(self.len());
        match self.end {
            Some(end) if end - self.head <= n => {
                self.head = n - (end - self.head);
                self.end = None;
            }
            _ => self.head += n,
        }
    }

    /// The free run behind the newest byte; may be shorter than all that is free.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.rewind_if_empty();
        if self.end.is_none() && self.tail == self.bytes.len() && self.head > 0 {
            self.wrap();
        }
        let limit = self.free_until();
        &mut self.bytes[self.tail..limit]
    }

    /// Says that `n` bytes of [`Ring::space`] were written; gives how many there was room for.
    pub(crate) fn filled(&mut self, n: usize) -> usize {
        let n = n.min(self.free_until() - self.tail);
        self.tail += n;
        n
    }

    /// Keeps the `n` oldest bytes. Nothing may be staged.
    pub(crate) fn truncate(&mut self, n: usize) {
        match self.end {
            Some(end) if n <= end - self.head => {
                self.tail = self.head + n;
                self.end = None;
            }
            Some(end) => self.tail = self.tail.min(n - (end - self.head)),
            None => self.tail = self.tail.min(self.head + n),
        }
    }

    /// Appends what fits; gives how many bytes did.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> usize {
        let whole = bytes.len();
        while !bytes.is_empty() {
            let space = self.space();
            let n = space.len().min(bytes.len());
            if n == 0 {
                break;
            }
            space[..n].copy_from_slice(&bytes[..n]);
            self.filled(n);
            bytes = &bytes[n..];
        }
        whole - bytes.len()
    }

    /// Makes the next bytes that are staged, up to `n` of them, one run.
    pub(crate) fn reserve(&mut self, n: usize) {
        self.rewind_if_empty();
        if self.end.is_none() && self.bytes.len() - self.tail < n && self.head >= n {
            self.wrap();
        }
    }

    /// Writes bytes that are not yet part of the queue; gives how many found room.
    pub(crate) fn stage(&mut self, bytes: &[u8]) -> usize {
        let start = self.tail + self.staged;
        let n = bytes.len().min(self.free_until() - start);
        self.bytes[start..start + n].copy_from_slice(&bytes[..n]);
        self.staged += n;
        n
    }

    pub(crate) fn staged(&self) -> usize {
        self.staged
    }

    /// Takes the last staged byte back.
    pub(crate) fn unstage_last(&mut self) {
        self.staged = self.staged.saturating_sub(1);
    }

    /// The staged bytes join the queue.
    pub(crate) fn commit(&mut self) {
        self.tail += core::mem::take(&mut self.staged);
    }

    /// The staged bytes are forgotten.
    pub(crate) fn discard(&mut self) {
        self.staged = 0;
    }

    fn free_until(&self) -> usize {
        match self.end {
            None => self.bytes.len(),
            Some(_) => self.head,
        }
    }

    fn wrap(&mut self) {
        self.end = Some(self.tail);
        self.tail = 0;
    }

    fn rewind_if_empty(&mut self) {
        if self.is_empty() && self.staged == 0 {
            self.head = 0;
            self.tail = 0;
            self.end = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::VecDeque;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn contents(ring: &Ring) -> Vec<u8> {
        ring.runs().concat()
    }

    #[test]
    fn a_reserved_run_is_never_split() {
        let mut ring = Ring::new(10);
        ring.push(b"abcdefgh");
        ring.consume(6);
        ring.reserve(5);
        assert_eq!(ring.stage(b"12345"), 5);
        assert_eq!(contents(&ring), b"gh");
        ring.commit();
        assert_eq!(ring.runs(), [&b"gh"[..], b"12345"]);
        ring.consume(2);
        assert_eq!(ring.runs(), [&b"12345"[..], b""]);
    }

    #[test]
    fn what_is_staged_survives_what_leaves() {
        let mut ring = Ring::new(8);
        ring.push(b"abc");
        ring.reserve(4);
        ring.stage(b"12");
        ring.consume(3);
        ring.stage(b"34");
        ring.commit();
        assert_eq!(contents(&ring), b"1234");
    }

    proptest! {
        /// P4: the ring holds what a queue would, and never more than its capacity.
        #[test]
        fn a_ring_is_a_queue(steps in proptest::collection::vec((0_u8..5, 0_usize..9), 0..80)) {
            let mut ring = Ring::new(16);
            let mut queue = VecDeque::new();
            let mut next = 0_u8;
            for (step, n) in steps {
                let bytes: Vec<u8> = (0..n).map(|i| next.wrapping_add(i as u8)).collect();
                match step {
                    0 => {
                        let taken = ring.push(&bytes);
                        prop_assert_eq!(taken, n.min(16 - queue.len()));
                        queue.extend(&bytes[..taken]);
                        next = next.wrapping_add(taken as u8);
                    }
                    1 => {
                        ring.consume(n);
                        queue.drain(..n.min(queue.len()));
                    }
                    2 => {
                        ring.stage(&bytes);
                        ring.discard();
                    }
                    3 => {
                        ring.truncate(n);
                        queue.truncate(n);
                    }
                    _ => {
                        let part: Vec<u8> = queue.iter().skip(2).take(n).copied().collect();
                        prop_assert_eq!(ring.range(2, n).concat(), part);
                    }
                }
                prop_assert_eq!(contents(&ring), queue.iter().copied().collect::<Vec<_>>());
            }
        }

        /// Payloads join the queue whole while older bytes leave.
        #[test]
        fn payloads_join_while_others_leave(
            steps in proptest::collection::vec((0_usize..=8, 0_usize..9, any::<bool>()), 0..80)
        ) {
            let mut ring = Ring::new(40);
            let mut queue = VecDeque::new();
            for (next, (n, leaving, keep)) in (0_u8..).zip(steps) {
                let bytes = vec![next; n];
                let fits = queue.len() + n <= 24;
                ring.reserve(8);
                prop_assert_eq!(ring.stage(&bytes[..n / 2]), n / 2);
                ring.consume(leaving);
                queue.drain(..leaving.min(queue.len()));
                prop_assert_eq!(ring.stage(&bytes[n / 2..]), n - n / 2);
                if keep && fits {
                    ring.commit();
                    queue.extend(&bytes);
                } else {
                    ring.discard();
                }
                prop_assert_eq!(contents(&ring), queue.iter().copied().collect::<Vec<_>>());
            }
        }

        /// A payload always finds one run, as long as the queue keeps to its limit.
        #[test]
        fn room_for_two_more_payloads_is_room_for_one_whole(
            sizes in proptest::collection::vec((1_usize..=20, 0_usize..=100), 1..60)
        ) {
            let mut ring = Ring::new(100 + 2 * 20);
            for (n, consumed) in sizes {
                ring.reserve(20);
                prop_assert_eq!(ring.stage(&[7; 20][..n]), n);
                if ring.len() + n <= 100 { ring.commit() } else { ring.discard() }
                ring.consume(consumed);
            }
        }
    }
}
