//! What was received and not yet read, and what the module said and nobody heard yet: one buffer.
//!
//! ```text
//! ┌──────────┬──────────────┬──────┬─────────────┬──────────┐
//! │ free     │ data, unread │ free │ unheard     │ space    │
//! └──────────┴──────────────┴──────┴─────────────┴──────────┘
//! ```
//! Data come out of what is heard, so they always have room in front of it.

use core::ops::Range;

use heapless::Deque;

use super::{COPIED_AT_ONCE, Datagram};
use crate::Transport;

/// Datagrams that may wait.
const DATAGRAMS: usize = 8;

/// A buffer of what was received.
pub(super) struct Inbox<const RX: usize> {
    buffer: [u8; RX],
    data: Range<usize>,
    unheard: Range<usize>,
    /// The lengths of the datagrams that lie in `data`, where it is datagrams.
    datagrams: Deque<Datagram, DATAGRAMS>,
    transport: Transport,
    /// Of the datagram that is being received.
    arriving: Arriving,
    pub(super) lost: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Arriving {
    Nothing,
    /// The last one.
    Stored,
    /// One that there is no room for.
    Dropped,
}

impl<const RX: usize> Inbox<RX> {
    /// Datagrams leave so much room for what the module says beside them: they are dropped rather
    /// than that a result can't be heard.
    const RESERVE: usize = match RX / 4 {
        small if small < 64 => small,
        _ => 64,
    };

    pub(super) const fn new() -> Self {
        Self {
            buffer: [0; RX],
            data: 0..0,
            unheard: 0..0,
            datagrams: Deque::new(),
            transport: Transport::Tcp,
            arriving: Arriving::Nothing,
            lost: 0,
        }
    }

    /// Forgets what was not read.
    pub(super) fn forget(&mut self) {
        self.data = 0..0;
        self.datagrams.clear();
        self.arriving = Arriving::Nothing;
    }

    /// From now on data are a stream, or datagrams.
    pub(super) fn expect(&mut self, transport: Transport) {
        self.forget();
        self.transport = transport;
    }

    /// Whether nothing more can be read before the application has read.
    pub(super) fn is_full(&self) -> bool {
        self.data.len() == RX
    }

    /// Whether there is something to read.
    pub(super) fn has_some(&self) -> bool {
        match self.transport {
            Transport::Tcp => !self.data.is_empty(),
            Transport::Udp => self.has_datagram(),
        }
    }

    fn has_datagram(&self) -> bool {
        match self.arriving {
            Arriving::Stored => self.datagrams.len() > 1,
            _ => !self.datagrams.is_empty(),
        }
    }

    /// Where to read to.
    pub(super) fn space(&mut self) -> &mut [u8] {
        if self.unheard.end > RX / 2 {
            self.move_down();
        }
        &mut self.buffer[self.unheard.end..]
    }

    fn move_down(&mut self) {
        let data = self.data.clone();
        self.data = 0..data.len();
        self.buffer.copy_within(data, 0);
        let unheard = self.unheard.clone();
        self.unheard = self.data.end..self.data.end + unheard.len();
        self.buffer.copy_within(unheard, self.data.end);
    }

    pub(super) fn filled(&mut self, n: usize) {
        self.unheard.end = RX.min(self.unheard.end + n);
    }

    pub(super) fn unheard(&self) -> &[u8] {
        &self.buffer[self.unheard.clone()]
    }

    /// So many bytes were heard and are done with.
    pub(super) fn skip(&mut self, used: usize) {
        self.unheard.start += used;
        if self.unheard.is_empty() && self.data.is_empty() {
            self.data = 0..0;
            self.unheard = 0..0;
        }
    }

    /// So many bytes were heard, and the last `n` of them are data; `left` of their block are still
    /// to come.
    pub(super) fn keep(&mut self, used: usize, n: usize, left: u16) {
        let begin = self.unheard.start + used - n;
        let n = match self.transport {
            Transport::Tcp => n,
            Transport::Udp => self.room_in_datagram(n, usize::from(left)),
        };
        let from = begin..begin + n;
        if self.data.is_empty() {
            self.data = from;
        } else {
            self.buffer.copy_within(from, self.data.end);
            self.data.end += n;
        }
        self.skip(used);
    }

    pub(super) fn read(&mut self, into: &mut [u8]) -> usize {
        let n = into.len().min(self.data.len());
        let data = self.buffer[self.data.start..][..n].chunks(COPIED_AT_ONCE);
        for (into, data) in into[..n].chunks_mut(COPIED_AT_ONCE).zip(data) {
            into.copy_from_slice(data);
        }
        self.data.start += n;
        n
    }

    /// The oldest datagram that is complete.
    pub(super) fn receive(&mut self, into: &mut [u8]) -> Option<Datagram> {
        if !self.has_datagram() {
            return None;
        }
        let Datagram { stored, length } = self.datagrams.pop_front()?;
        let whole = self.data.start + stored;
        let n = into.len().min(stored);
        into[..n].copy_from_slice(&self.buffer[self.data.start..][..n]);
        self.data.start = whole;
        Some(Datagram { stored: n, length })
    }

    /// How many of the next `n` bytes of a datagram are kept.
    fn room_in_datagram(&mut self, n: usize, left: usize) -> usize {
        let room = (RX - Self::RESERVE).saturating_sub(self.data.len());
        if self.arriving == Arriving::Nothing {
            let length = n + left;
            let datagram = Datagram { stored: 0, length };
            // One that is too long for an empty buffer is cut, as datagrams are.
            let fits = self.datagrams.is_empty() || length <= room;
            self.arriving = match fits && self.datagrams.push_back(datagram).is_ok() {
                true => Arriving::Stored,
                false => {
                    self.lost = self.lost.saturating_add(1);
                    Arriving::Dropped
                }
            };
        }
        let kept = match (self.arriving, self.datagrams.back_mut()) {
            (Arriving::Stored, Some(datagram)) => {
                let kept = n.min(room);
                datagram.stored += kept;
                kept
            }
            _ => 0,
        };
        if left == 0 {
            self.arriving = Arriving::Nothing;
        }
        kept
    }
}
