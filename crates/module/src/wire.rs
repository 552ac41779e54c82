//! One direction of a serial line: bytes go in at one end and come out at the other, later, and
//! under faults not quite the same.

mod fault;
mod pace;
mod slice;
mod strike;

pub use fault::{SerialFaults, Slicer, Stall};
pub(crate) use pace::Pace;
pub use pace::Rate;

use simless_at::Instant;

use crate::ring::Ring;
use slice::Slices;
use strike::{Strikes, Struck};

/// What a serial line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// How fast it is; `None`: a byte arrives when it is sent.
    pub rate: Option<Rate>,
    /// How many bytes may be under way or wait at the far end; 0 counts as 1.
    ///
    /// An adapter that comes by every millisecond needs as many as the line carries in that time,
    /// and some more: a line that has nothing to carry is idle, and idle time is not made up for.
    pub fifo: usize,
}

/// One direction of a serial line.
///
/// It goes like a module: bytes and the time go in, bytes and the next deadline come out. The near
/// end does [`Wire::push`], as far as there is [`Wire::room`]; the far end does [`Wire::take`] with
/// what has [`Wire::arrived`], until that is empty. [`Wire::handle_timeout`] is due when
/// [`Wire::poll_timeout`] says so; then there may be more at the far end, or room at the near one.
///
/// When a byte arrives depends on when the line got it and on nothing else: an adapter that is late
/// finds all that has arrived meanwhile, and the bytes behind it are no later for that.
///
/// ```
/// use core::time::Duration;
/// use simless_at::Instant;
/// use simless_module::{Line, Rate, Wire};
///
/// let mut wire = Wire::new(Line { rate: Rate::new(9600), fifo: 64 }, 0);
/// let start = Instant::ZERO;
/// assert_eq!(wire.push(b"AT\r", start), 3);
///
/// // Ten bits take 1041.67 µs.
/// assert_eq!(wire.poll_timeout(), Some(start + Duration::from_micros(1042)));
/// let now = start + Duration::from_millis(3);
/// wire.handle_timeout(now);
/// assert_eq!(wire.arrived().concat(), b"AT");
/// wire.take(2, now);
/// assert_eq!(wire.poll_timeout(), Some(start + Duration::from_micros(3125)));
/// ```
pub struct Wire {
    fifo: usize,
    faults: SerialFaults,
    pace: Pace,
    strikes: Strikes,
    slices: Slices,
    /// What the line has not carried yet.
    waiting: Ring,
    /// What it has, and the far end did not take.
    arrived: Ring,
    /// The latest time it was told.
    now: Instant,
}

impl Wire {
    /// A line without faults. Its buffers come with the first byte.
    ///
    /// The two directions of a line need two seeds, or their faults go hand in hand.
    pub fn new(line: Line, seed: u64) -> Self {
        Self {
            fifo: line.fifo.max(1),
            faults: SerialFaults::NONE,
            pace: Pace::new(line.rate),
            strikes: Strikes::new(seed),
            slices: Slices::new(seed),
            waiting: Ring::new(0),
            arrived: Ring::new(0),
            now: Instant::ZERO,
        }
    }

    /// Whether it changes nothing: bytes need not go through it at all.
    pub fn is_transparent(&self) -> bool {
        // Without a rate and without a stall nothing waits for the line.
        self.pace.rate().is_none() && self.faults.is_none() && self.arrived.is_empty()
    }

    /// Whether no byte is on it, or waits at its far end.
    pub fn is_empty(&self) -> bool {
        self.is_idle() && self.arrived.is_empty()
    }

    /// All that is on it, and waits at its far end, is lost.
    pub fn clear(&mut self) {
        self.waiting.truncate(0);
        self.arrived.truncate(0);
        while self.strikes.take_added().is_some() {}
    }

    /// How many bytes may be pushed now.
    pub fn room(&self) -> usize {
        let held = self.waiting.len() + self.strikes.added() + self.arrived.len();
        self.fifo.saturating_sub(held)
    }

    /// The near end sends; gives how many bytes there was room for.
    pub fn push(&mut self, bytes: &[u8], now: Instant) -> usize {
        self.handle_timeout(now);
        self.allocate();
        if self.is_idle() {
            self.pace.begin(self.now);
        }
        let n = bytes.len().min(self.room());
        self.waiting.push(&bytes[..n]);
        self.carry();
        n
    }

    /// The line carries what it could by now. Too early does nothing.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = self.now.max(now);
        self.carry();
    }

    /// When the next byte comes to the far end, or is lost on its way. Never a moment that is gone:
    /// what has arrived waits for the far end, not for the clock.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let byte = (!self.is_idle()).then(|| self.pace.next());
        let slice = (!self.arrived.is_empty()).then(|| self.slices.opens());
        [byte, slice]
            .into_iter()
            .flatten()
            .filter(|at| *at > self.now)
            .min()
    }

    /// What the far end can take, oldest byte first. Under a [`Slicer`], one piece.
    pub fn arrived(&self) -> [&[u8]; 2] {
        self.arrived.range(0, self.open())
    }

    /// The far end took `n` of the bytes that had arrived.
    pub fn take(&mut self, n: usize, now: Instant) {
        let n = n.min(self.open());
        self.arrived.consume(n);
        self.handle_timeout(now);
        self.slices.take(n, self.now);
    }

    /// The line goes on at another rate; what was carried by now stays carried.
    pub fn set_rate(&mut self, rate: Option<Rate>, now: Instant) {
        self.handle_timeout(now);
        self.pace.set_rate(rate, self.now);
        self.carry();
    }

    /// From now on these faults strike. A kind that stays as it is does not notice.
    pub fn set_faults(&mut self, faults: SerialFaults, now: Instant) {
        self.handle_timeout(now);
        self.strikes.set(&faults);
        self.slices.set(faults.slicer);
        if self.faults.stall != faults.stall {
            self.pace.resume(self.now);
        }
        self.faults = faults;
        self.carry();
    }

    /// Whether the line has nothing to carry.
    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.strikes.added() == 0
    }

    fn open(&self) -> usize {
        self.slices.open(self.now).min(self.arrived.len())
    }

    /// Moves what is due to the far end.
    fn carry(&mut self) {
        while let due @ 1.. = self.pace.due(self.now) {
            if let Some(added) = self.strikes.take_added() {
                self.arrived.push(&[added]);
                self.pace.pass(1);
                continue;
            }
            let spared = usize::try_from(self.strikes.spared()).unwrap_or(usize::MAX);
            let run = due.min(self.waiting.len()).min(spared);
            if run > 0 {
                self.carry_spared(run);
            } else if let Some(byte) = self.waiting.first() {
                self.carry_struck(byte);
            } else {
                return;
            }
        }
    }

    fn carry_spared(&mut self, run: usize) {
        for part in self.waiting.range(0, run) {
            self.arrived.push(part);
        }
        self.waiting.consume(run);
        self.strikes.pass(run);
        self.pace.pass(run);
    }

    fn carry_struck(&mut self, byte: u8) {
        let Struck { byte, stall } = self.strikes.strike(byte);
        self.arrived.push(byte.as_slice());
        self.waiting.consume(1);
        self.pace.pass(1);
        self.pace.pause(stall);
    }

    /// A byte may bring a duplicate and noise with it, and nothing of them may be lost.
    fn allocate(&mut self) {
        if self.arrived.capacity() == 0 {
            self.waiting = Ring::new(self.fifo);
            self.arrived = Ring::new(3 * self.fifo);
        }
    }
}
