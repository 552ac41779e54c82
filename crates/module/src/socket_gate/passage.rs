//! One direction of a connection under faults: what is under way, and when it arrives.
//!
//! A stream's bytes stay in their ring; beside it lie marks that say when how many of them are due.
//! Datagrams overtake one another, so each that is under way has bytes of its own.

mod datagrams;

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::time::Duration;

use simless_at::Instant;

use crate::Chance;
use crate::wire::{Pace, Rate};

use datagrams::Late;

/// Chunks of a stream that are under way one by one; more of them go with the newest.
const MARK_LIMIT: usize = 64;

pub(crate) struct Passage {
    course: Course,
    /// What is under way, oldest first.
    marks: VecDeque<Mark>,
    /// When the newest mark is due, or was; nothing overtakes it.
    latest: Instant,
    /// When the newest chunk of a stream set out.
    entered: Option<Instant>,
    pace: Pace,
    chance: Chance,
    /// How many bytes of the stream have set out.
    count: u64,
    /// Bytes of the stream that are under way.
    under_way: usize,
    /// Bytes of the stream that have arrived and were not taken yet.
    arrived: usize,
    /// Datagrams that have arrived and were not taken yet.
    datagrams: VecDeque<Box<[u8]>>,
    /// Bytes of datagrams, wherever they are.
    held: usize,
    late: Option<Late>,
    /// The end of the stream: behind all of it, and not before then.
    end: Option<Instant>,
}

/// What faults make of one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    pub(crate) latency: Duration,
    pub(crate) jitter: Duration,
    pub(crate) rate: Option<Rate>,
    /// Nothing goes at all.
    pub(crate) is_held: bool,
    /// Behind so many bytes of the stream there are none.
    pub(crate) limit: Option<u64>,
}

struct Mark {
    due: Instant,
    freight: Freight,
}

enum Freight {
    /// So many bytes of the ring.
    Bytes(usize),
    Datagram(Box<[u8]>),
}

impl Passage {
    /// A direction where `arrived` bytes wait already, to be taken.
    pub(crate) fn new(chance: Chance, arrived: usize) -> Self {
        Self {
            course: Course::default(),
            marks: VecDeque::new(),
            latest: Instant::ZERO,
            entered: None,
            pace: Pace::new(None),
            chance,
            count: 0,
            under_way: 0,
            arrived,
            datagrams: VecDeque::new(),
            held: 0,
            late: None,
            end: None,
        }
    }

    /// It is otherwise from now on, for what has not arrived yet; what is under way keeps its times.
    pub(crate) fn set(&mut self, course: Course, now: Instant) {
        self.advance(now);
        // Behind a limit that was reached bytes are lost already: none may follow them (L1).
        let course = Course {
            limit: self.reached_limit().or(course.limit),
            ..course
        };
        if self.course == course {
            return;
        }
        let is_carrying = !self.course.is_held && self.front_due().is_some_and(|due| due <= now);
        self.pace.set_rate(course.rate, now);
        if !is_carrying {
            // What the line could have carried while it did not is not made up for.
            self.pace.begin(now);
        }
        self.course = course;
        self.entered = None;
    }

    /// So many bytes of the stream set out; gives how many of them ever arrive.
    pub(crate) fn enter(&mut self, n: usize, now: Instant) -> usize {
        let n = match self.course.limit {
            Some(limit) => {
                let left = limit.saturating_sub(self.count);
                n.min(usize::try_from(left).unwrap_or(usize::MAX))
            }
            None => n,
        };
        if n == 0 {
            return 0;
        }
        self.count += n as u64;
        self.under_way += n;
        let due = self.chunk_due(now);
        let is_full = self.marks.len() >= MARK_LIMIT;
        match self.marks.back_mut() {
            Some(Mark {
                due: last,
                freight: Freight::Bytes(length),
            }) if *last == due || is_full || due <= now => {
                // Behind what is due already the line is busy: its mark says no more than that.
                *last = if due <= now { *last } else { due };
                *length += n;
            }
            _ => self.marks.push_back(Mark {
                due,
                freight: Freight::Bytes(n),
            }),
        }
        n
    }

    /// The peer's FIN sets out behind the stream, and is seen so much later than it arrives.
    pub(crate) fn enter_end(&mut self, delay: Duration, now: Instant) {
        let end = self.chunk_due(now) + delay;
        self.end.get_or_insert(end);
    }

    /// The stream ends behind what is under way; whether that is news.
    pub(crate) fn cut(&mut self, now: Instant) -> bool {
        let is_news = self.end.is_none();
        self.end.get_or_insert(now);
        is_news
    }

    /// Lets what is due by now arrive.
    pub(crate) fn advance(&mut self, now: Instant) {
        self.release_late(now);
        while let Some(n) = self.carried(now) {
            self.pace.pass(n);
            let Some(mark) = self.marks.front_mut() else {
                break;
            };
            match &mut mark.freight {
                Freight::Bytes(length) => {
                    *length -= n;
                    self.under_way -= n;
                    self.arrived += n;
                    if *length > 0 {
                        continue;
                    }
                    self.marks.pop_front();
                }
                Freight::Datagram(_) => {
                    if let Some(Mark {
                        freight: Freight::Datagram(datagram),
                        ..
                    }) = self.marks.pop_front()
                    {
                        self.datagrams.push_back(datagram);
                    }
                }
            }
        }
    }

    /// When something more arrives.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let next = match self.marks.front() {
            _ if self.course.is_held => None,
            Some(mark) => {
                let mut pace = self.pace;
                pace.begin_if_idle(mark.due);
                Some(pace.after(self.portion(mark)))
            }
            None => self.end,
        };
        let late = self.late.as_ref().map(|late| late.until);
        next.into_iter().chain(late).min()
    }

    /// How many bytes of the front mark have got through by now; `None` when none have.
    fn carried(&mut self, now: Instant) -> Option<usize> {
        let mark = self.marks.front()?;
        if self.course.is_held || now < mark.due {
            return None;
        }
        self.pace.begin_if_idle(mark.due);
        let (carried, whole, portion) = (self.pace.due(now), mark.length(), self.portion(mark));
        let n = match carried < whole {
            true => carried - carried % portion,
            false => whole,
        };
        (n > 0).then_some(n)
    }

    /// How many bytes of a mark arrive together: a stream's portion is what the line carries in
    /// 20 ms, so that a fast one does not need a deadline for every byte; a datagram is whole.
    fn portion(&self, mark: &Mark) -> usize {
        match (&mark.freight, self.pace.rate()) {
            (Freight::Bytes(length), Some(rate)) => {
                let bytes = rate.bytes() as usize / 50;
                bytes.clamp(1, 1024).min(*length)
            }
            _ => mark.length(),
        }
    }

    /// When what sets out now is due. What comes at one instant is one chunk, however it was cut
    /// (P2).
    fn chunk_due(&mut self, now: Instant) -> Instant {
        if self.entered != Some(now) {
            self.entered = Some(now);
            let Course {
                latency, jitter, ..
            } = self.course;
            self.latest = self.arrival(latency, jitter, now);
        }
        self.latest
    }

    fn arrival(&mut self, latency: Duration, jitter: Duration, now: Instant) -> Instant {
        let delay = match jitter.is_zero() {
            true => latency,
            false => self.chance.around(latency, jitter),
        };
        self.latest.max(now + delay)
    }

    fn front_due(&self) -> Option<Instant> {
        self.marks.front().map(|mark| mark.due)
    }
}

/// What a passage says of itself.
impl Passage {
    pub(crate) fn is_held(&self) -> bool {
        self.course.is_held
    }

    /// Whether what sets out now arrives later.
    pub(crate) fn delays(&self) -> bool {
        let Course {
            latency,
            jitter,
            rate,
            is_held,
            ..
        } = self.course;
        let is_late = !latency.is_zero() || !jitter.is_zero();
        is_held || rate.is_some() || is_late || !self.is_idle()
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.marks.is_empty()
            && self.late.is_none()
            && self.datagrams.is_empty()
            && self.end.is_none()
            && self.reached_limit().is_none()
    }

    /// Whether no more of the stream sets out, and all that did has arrived.
    pub(crate) fn is_at_limit(&self) -> bool {
        self.reached_limit().is_some() && self.marks.is_empty()
    }

    fn reached_limit(&self) -> Option<u64> {
        self.course.limit.filter(|limit| self.count >= *limit)
    }

    /// Whether the stream's end has arrived.
    pub(crate) fn is_over(&self, now: Instant) -> bool {
        !self.course.is_held && self.marks.is_empty() && self.end.is_some_and(|end| now >= end)
    }

    /// How many bytes of the stream have set out.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Bytes of the stream that have not arrived.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Bytes of the stream that have arrived and were not taken.
    pub(crate) fn arrived(&self) -> usize {
        self.arrived
    }

    /// So many of them were taken.
    pub(crate) fn take(&mut self, n: usize) {
        self.arrived -= n.min(self.arrived);
    }

    /// What is under way is lost.
    pub(crate) fn lose(&mut self) {
        self.marks.clear();
        self.late = None;
        self.end = None;
        self.under_way = 0;
        self.held = self.datagrams.iter().map(|datagram| datagram.len()).sum();
    }
}

impl Mark {
    fn length(&self) -> usize {
        match &self.freight {
            Freight::Bytes(length) => *length,
            Freight::Datagram(datagram) => datagram.len(),
        }
    }
}
