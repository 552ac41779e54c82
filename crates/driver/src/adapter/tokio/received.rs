//! What came from the port: payload that nobody has read yet, and bytes behind it that nobody has
//! looked at. One buffer holds both, and when it is full the port is not read.
//!
//! A result may stand behind data that the application does not read while it waits for that
//! result; so the payload is kept, and what stands between its pieces is taken out.

use core::ops::Range;
use std::boxed::Box;
use std::vec;

use tokio::io::ReadBuf;

use crate::session::COPIED_AT_ONCE;

/// As much as the module itself keeps for a DTE.
const CAPACITY: usize = 16 * 1024;

/// The length that stands before each datagram. So much is kept free behind the payload, for a
/// block whose header was the last thing that was read.
const LENGTH: usize = 2;

pub(super) struct Received {
    bytes: Box<[u8]>,
    /// Payload.
    kept: Range<usize>,
    /// Not looked at.
    raw: Range<usize>,
    has_datagrams: bool,
    /// Where the length of the datagram stands that is still coming.
    open: Option<usize>,
}

impl Received {
    pub(super) fn new() -> Self {
        Self {
            bytes: vec![0; CAPACITY].into_boxed_slice(),
            kept: 0..0,
            raw: 0..0,
            has_datagrams: false,
            open: None,
        }
    }

    /// Forgets the payload. What is kept from now on is datagrams, or it is a stream.
    pub(super) fn begin(&mut self, has_datagrams: bool) {
        self.forget();
        self.has_datagrams = has_datagrams;
    }

    /// Forgets the payload; gives how much it was.
    pub(super) fn forget(&mut self) -> usize {
        let count = self.kept.len();
        self.kept.start = self.kept.end;
        self.open = None;
        count
    }

    /// Forgets a datagram of which no more will come.
    pub(super) fn forget_piece(&mut self) {
        if let Some(open) = self.open.take() {
            self.kept.end = open;
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.kept.len() + LENGTH >= CAPACITY
    }

    /// Where the next bytes of the port belong. Empty when it is full.
    pub(super) fn room(&mut self) -> &mut [u8] {
        let Range { start, end } = self.kept;
        if start == end {
            self.kept = 0..0;
        } else if start > 0 && CAPACITY - end < CAPACITY / 4 {
            self.bytes.copy_within(start..end, 0);
            self.kept = 0..end - start;
            self.open = self.open.map(|open| open - start);
        }
        let raw = (self.kept.end + LENGTH).min(CAPACITY);
        self.raw = raw..raw;
        &mut self.bytes[raw..]
    }

    /// So many bytes were put there.
    pub(super) fn filled(&mut self, n: usize) {
        self.raw.end += n;
    }

    /// What is to be looked at.
    pub(super) fn raw(&self) -> &[u8] {
        &self.bytes[self.raw.clone()]
    }

    /// So many of them were looked at.
    pub(super) fn looked_at(&mut self, n: usize) {
        self.raw.start += n;
    }

    /// The last `n` bytes that were looked at are payload, and `left` more of its block will come.
    pub(super) fn keep(&mut self, n: usize, left: u16) {
        let from = self.raw.start - n;
        if self.has_datagrams && self.open.is_none() {
            self.open = Some(self.kept.end);
            self.kept.end += LENGTH;
        }
        if self.kept.is_empty() {
            // Where it stands is as good a place as any.
            self.kept = from..from;
        }
        if from > self.kept.end {
            self.bytes.copy_within(from..from + n, self.kept.end);
        }
        self.kept.end += n;
        if left == 0
            && let Some(open) = self.open.take()
        {
            let length = self.kept.end - open - LENGTH;
            // A block is no longer than a u16 says.
            let length = u16::try_from(length).unwrap_or(u16::MAX);
            self.bytes[open..open + LENGTH].copy_from_slice(&length.to_ne_bytes());
        }
    }

    /// Gives what fits of a stream; whether there was anything.
    pub(super) fn read(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let n = self.kept.len().min(buf.remaining());
        let start = self.kept.start;
        for piece in self.bytes[start..start + n].chunks(COPIED_AT_ONCE) {
            buf.put_slice(piece);
        }
        self.kept.start += n;
        n > 0
    }

    /// Gives one whole datagram; what does not fit is lost, as at any socket.
    pub(super) fn read_datagram(&mut self, space: &mut [u8]) -> Option<usize> {
        let start = self.kept.start;
        if self.kept.is_empty() || self.open == Some(start) {
            return None;
        }
        let length = [self.bytes[start], self.bytes[start + 1]];
        let begin = start + LENGTH;
        let end = begin + usize::from(u16::from_ne_bytes(length));
        let n = space.len().min(end - begin);
        space[..n].copy_from_slice(&self.bytes[begin..begin + n]);
        self.kept.start = end;
        Some(n)
    }
}
