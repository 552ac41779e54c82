//! Datagrams under way: whole ones, that may overtake one another.

use alloc::boxed::Box;
use core::time::Duration;

use simless_at::Instant;

use super::{Freight, MARK_LIMIT, Mark, Passage};

/// A datagram that lets the next one by.
pub(super) struct Late {
    datagram: Box<[u8]>,
    /// It is under way so long, besides.
    due: Instant,
    /// Then it goes on, whether one came by or not.
    pub(super) until: Instant,
}

impl Passage {
    /// Whether one more finds room. The first one always does.
    pub(crate) fn has_room_for(&self, length: usize, limit: usize) -> bool {
        let count = self.marks.len() + self.datagrams.len();
        self.held == 0 || (count < MARK_LIMIT && self.held + length <= limit)
    }

    /// When a datagram is due that sets out now, unless one before it is later.
    pub(crate) fn datagram_due(
        &mut self,
        latency: Duration,
        jitter: Duration,
        now: Instant,
    ) -> Instant {
        self.arrival(latency, jitter, now)
    }

    /// A datagram sets out. One that let it by goes on behind it.
    pub(crate) fn enter_datagram(&mut self, datagram: Box<[u8]>, due: Instant) {
        self.held += datagram.len();
        self.push(datagram, due);
        if let Some(late) = self.late.take() {
            self.push(late.datagram, late.due);
        }
    }

    /// A datagram waits until the next one has come by, but no longer than `patience`.
    pub(crate) fn let_next_by(
        &mut self,
        datagram: Box<[u8]>,
        due: Instant,
        patience: Duration,
        now: Instant,
    ) {
        self.held += datagram.len();
        let until = now + patience;
        self.late = Some(Late {
            datagram,
            due,
            until,
        });
    }

    /// Whether a datagram waits for the next one.
    pub(crate) fn lets_next_by(&self) -> bool {
        self.late.is_some()
    }

    /// Bytes of datagrams that were not taken yet.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// The first datagram that has arrived; empty when there is none.
    pub(crate) fn datagram(&self) -> &[u8] {
        self.datagrams.front().map_or(&[], |datagram| datagram)
    }

    /// Takes it.
    pub(crate) fn take_datagram(&mut self) -> Option<Box<[u8]>> {
        let datagram = self.datagrams.pop_front()?;
        self.held -= datagram.len();
        Some(datagram)
    }

    /// Nobody came by in time.
    pub(super) fn release_late(&mut self, now: Instant) {
        if let Some(late) = self.late.take_if(|late| now >= late.until) {
            self.push(late.datagram, late.due.max(late.until));
        }
    }

    fn push(&mut self, datagram: Box<[u8]>, due: Instant) {
        self.latest = self.latest.max(due);
        self.marks.push_back(Mark {
            due: self.latest,
            freight: Freight::Datagram(datagram),
        });
    }
}
