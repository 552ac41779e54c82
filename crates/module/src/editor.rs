//! The command line as it is typed: from bytes to a line (guide F1, F1a, F3, F5, F8).

use alloc::vec::Vec;
use core::time::Duration;

use simless_at::Instant;

use crate::reply::Reply;

const CR: u8 = b'\r';
const LF: u8 = b'\n';
const DEL: u8 = 0x7F;

/// Collects a line. Its bytes stay until the next `AT`, so that `A/` can repeat them.
pub(crate) struct Editor {
    /// What stands between `AT` and CR.
    line: Vec<u8>,
    progress: Progress,
    /// The line of `line` is whole: `A/` may repeat it.
    can_repeat: bool,
    line_feed: LineFeed,
}

/// How far a line has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// Bytes before `AT` are dropped.
    Nothing,
    A,
    Body,
    /// Too long: dropped up to CR.
    TooLong,
    /// CR came last in its chunk, at this time. The line runs when it is clear that no LF came at
    /// the same instant: that one is echoed before the answer.
    Ended(Instant, LineEnd),
}

/// What a CR, or `A/`, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineEnd {
    /// A line to run.
    Line,
    /// `A/`
    Repeat,
    /// A line over the limit.
    TooLong,
    /// There was no `AT`: nothing is answered.
    Nothing,
}

/// Which LF belongs to its CR (guide F1a).
struct LineFeed {
    /// CR was the last byte that was taken.
    carriage_return: Option<Instant>,
    /// The last line ended in CR LF. So did the one before the first.
    last_line: bool,
    /// The line before it did.
    line_before: bool,
}

impl Editor {
    pub(crate) const fn new() -> Self {
        Self {
            line: Vec::new(),
            progress: Progress::Nothing,
            can_repeat: false,
            line_feed: LineFeed::new(),
        }
    }

    /// The line to run; give it back with [`Editor::put_back`].
    pub(crate) fn take_line(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.line)
    }

    pub(crate) fn put_back(&mut self, line: Vec<u8>) {
        self.line = line;
    }

    /// Takes bytes up to the end of a line; gives how many, and the end if it came.
    pub(crate) fn feed(
        &mut self,
        rx: &[u8],
        now: Instant,
        limit: usize,
        backspace: u8,
        echo: &mut Echo<'_>,
    ) -> (usize, Option<LineEnd>) {
        for (at, &byte) in rx.iter().enumerate() {
            if let Progress::Ended(since, end) = self.progress {
                let belongs = byte == LF && now == since;
                self.progress = Progress::Nothing;
                if belongs {
                    self.line_feed.taken();
                    echo.bytes(&rx[at..=at]);
                }
                return (at + usize::from(belongs), Some(end));
            }
            if byte == LF && self.progress == Progress::Nothing {
                // Dropped where a line may begin, and not echoed.
                self.line_feed.taken();
                continue;
            }
            self.line_feed.carriage_return = None;
            if byte == CR {
                echo.bytes(&rx[at..=at]);
                self.end(now);
            } else if byte == backspace || byte == DEL {
                self.erase(echo);
                // Its echo is longer than it is: the room for more has to be looked at again (P2).
                return (at + 1, None);
            } else {
                echo.bytes(&rx[at..=at]);
                if let Some(end) = self.push(byte, limit) {
                    return (at + 1, Some(end));
                }
            }
        }
        (rx.len(), None)
    }

    /// A LF that belongs to the CR before it although it comes later (guide F1a): gives whether
    /// `byte` is one. It is not echoed.
    pub(crate) fn takes_late_line_feed(
        &mut self,
        byte: u8,
        now: Instant,
        within: Duration,
    ) -> bool {
        let Some(since) = self.line_feed.carriage_return else {
            return false;
        };
        let is_near = now == since || (self.line_feed.line_before && now <= since + within);
        let belongs = byte == LF && is_near;
        if belongs {
            self.line_feed.taken();
        }
        belongs
    }

    /// A byte was taken as payload.
    pub(crate) fn payload_begins(&mut self) {
        self.line_feed.carriage_return = None;
    }

    /// When a line that ended runs at the latest.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.progress {
            Progress::Ended(since, _) => Some(since),
            _ => None,
        }
    }

    /// The instant of the CR is over: no LF came with it.
    pub(crate) fn take_ended(&mut self) -> Option<LineEnd> {
        let Progress::Ended(_, end) = self.progress else {
            return None;
        };
        self.progress = Progress::Nothing;
        Some(end)
    }

    /// Whether no line is half-typed.
    pub(crate) fn is_at_rest(&self) -> bool {
        self.progress == Progress::Nothing
    }

    /// The DTE left: what it had typed of a line goes with it.
    pub(crate) fn dte_left(&mut self) {
        if self.progress != Progress::Nothing {
            self.can_repeat = false;
        }
        self.progress = Progress::Nothing;
        self.line_feed = LineFeed::new();
    }

    fn push(&mut self, byte: u8, limit: usize) -> Option<LineEnd> {
        let upper = byte.to_ascii_uppercase();
        self.progress = match (self.progress, upper) {
            (Progress::Nothing | Progress::A, b'A') => Progress::A,
            (Progress::A, b'T') => {
                self.line.clear();
                self.can_repeat = false;
                Progress::Body
            }
            (Progress::A, b'/') => {
                self.progress = Progress::Nothing;
                return Some(if self.can_repeat {
                    LineEnd::Repeat
                } else {
                    self.line.clear();
                    LineEnd::Line
                });
            }
            (Progress::Body, _) if self.line.len() + b"AT".len() < limit => {
                self.line.push(byte);
                Progress::Body
            }
            (Progress::Body | Progress::TooLong, _) => Progress::TooLong,
            _ => Progress::Nothing,
        };
        None
    }

    fn erase(&mut self, echo: &mut Echo<'_>) {
        self.progress = match self.progress {
            Progress::Body if self.line.pop().is_some() => Progress::Body,
            Progress::Body => Progress::A,
            Progress::A => Progress::Nothing,
            // Nothing to erase, or a line that is lost already.
            same => return self.progress = same,
        };
        echo.bytes(b"\x08 \x08");
    }

    fn end(&mut self, now: Instant) {
        let end = match self.progress {
            Progress::Body => {
                self.can_repeat = true;
                LineEnd::Line
            }
            Progress::TooLong => LineEnd::TooLong,
            _ => LineEnd::Nothing,
        };
        self.progress = Progress::Ended(now, end);
        self.line_feed.ended(now);
    }
}

impl LineFeed {
    const fn new() -> Self {
        Self {
            carriage_return: None,
            last_line: true,
            line_before: true,
        }
    }

    fn ended(&mut self, now: Instant) {
        self.carriage_return = Some(now);
        self.line_before = self.last_line;
        self.last_line = false;
    }

    /// A LF was taken that is no payload.
    fn taken(&mut self) {
        if self.carriage_return.take().is_some() {
            self.last_line = true;
        }
    }
}

/// Where taken bytes are echoed to, if they are.
pub(crate) struct Echo<'a> {
    pub(crate) reply: &'a mut Reply,
    pub(crate) is_on: bool,
}

impl Echo<'_> {
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        if self.is_on {
            self.reply.echo(bytes);
        }
    }
}
