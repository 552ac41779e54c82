//! The driver and its verbs: bytes and time in; commands, data, events and a deadline out.

use core::time::Duration;

use simless_at::Instant;

use crate::command::{Asked, Command, Output, Words};
use crate::event::Events;
use crate::heard::Info;
use crate::patience::Jitter;
use crate::reader::{Framing, Reader, Token};
use crate::state::{Attempt, Doing, Known, Link};
use crate::{ConnectError, Event, Failure, Host, Settings, Step};

/// The host side of a module. The crate's front page shows how it is driven.
pub struct Driver {
    pub(crate) settings: Settings,
    pub(crate) reader: Reader,
    pub(crate) output: Output,
    pub(crate) asked: Asked,
    pub(crate) events: Events,
    pub(crate) jitter: Jitter,
    pub(crate) doing: Doing,
    /// When what is being done has failed.
    pub(crate) deadline: Option<Instant>,
    /// Since when that time runs: received data can't put it off for ever.
    since: Instant,
    /// It runs from when the command is written, which it is not yet.
    is_unwritten: bool,
    /// When to say something again.
    pub(crate) again: Option<Instant>,
    /// When a block, a line, or one that is out of step, is given up.
    pub(crate) line_deadline: Option<Instant>,
    /// At the latest.
    pub(crate) line_limit: Option<Instant>,
    /// Since when the application has received data in its hands, and time stands still.
    held: Option<Instant>,
    /// What the newest command's answer has said so far.
    pub(crate) learned: Option<Info>,
    pub(crate) attempt: Attempt,
    pub(crate) link: Link,
    pub(crate) module: Known,
}

/// What [`Driver::handle_uart`] took, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken<'a> {
    /// How many bytes were taken.
    pub used: usize,
    /// What they brought.
    pub news: Option<News<'a>>,
}

/// What bytes brought, beside events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News<'a> {
    /// Received payload.
    Data {
        /// The bytes, of those that were handed over.
        bytes: &'a [u8],
        /// How many of the same block are still to come: none ends a datagram.
        left: u16,
    },
    /// A line that nobody asked for and the driver does not act on, or not alone: a URC.
    Urc(&'a str),
}

impl Driver {
    /// A driver that knows nothing of its module yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            jitter: Jitter::new(settings.seed),
            settings,
            reader: Reader::new(),
            output: Output::new(),
            asked: Asked::new(),
            events: Events::new(),
            doing: Doing::Nothing,
            deadline: None,
            since: Instant::ZERO,
            is_unwritten: false,
            again: None,
            line_deadline: None,
            line_limit: None,
            held: None,
            learned: None,
            attempt: Attempt::NONE,
            link: Link::NONE,
            module: Known::NOTHING,
        }
    }

    /// Takes bytes from the module up to the first thing worth telling.
    ///
    /// While events wait, nothing is taken: what follows them happened later. After
    /// [`News::Data`] the driver's time stands still until the next call, if only with no bytes:
    /// an application that reads slowly is no silent module (H20).
    pub fn handle_uart<'a>(&'a mut self, rx: &'a [u8], now: Instant) -> Taken<'a> {
        self.release(now);
        self.handle_timeout(now);
        let mut used = 0;
        while used < rx.len() && self.events.is_empty() {
            let framing = Framing {
                dialect: self.settings.dialect,
                awaits_prompt: self.awaits_prompt(),
                max_block: self.settings.max_block,
            };
            let (n, token) = self.reader.read(&rx[used..], &framing);
            used += n;
            self.watch_line(now);
            match token {
                None => {}
                Some(Token::Prompt) => self.prompted(now),
                Some(Token::Lie) => self.garbled(now),
                Some(Token::Data(bytes, left)) => {
                    self.answer_stands_behind(now);
                    if self.delivers() {
                        self.held = Some(now);
                        let news = Some(News::Data { bytes, left });
                        return Taken { used, news };
                    }
                    // Of a connection that is over.
                }
                Some(Token::Line) if self.heard(now) => {
                    let news = self.reader.line().map(News::Urc);
                    return Taken { used, news };
                }
                Some(Token::Line) => {}
            }
        }
        Taken { used, news: None }
    }

    /// Time stood still since that moment, and does until the next `handle_uart`: for who drives it
    /// only while there is something to do. A deadline can't pass while nobody listens.
    pub fn hold(&mut self, since: Instant) {
        self.held.get_or_insert(since);
    }

    /// Lets time pass. Early is a no-op.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.held.is_some() {
            return;
        }
        let is_due = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        if is_due(self.attempt.until) {
            self.fail(self.failure(Failure::OutOfTime, now));
        }
        if is_due(self.line_deadline) || is_due(self.line_limit) {
            self.line_is_quiet(now);
        }
        if is_due(self.again) {
            self.again = None;
            self.say_again(now);
        }
        if is_due(self.deadline) {
            self.deadline = None;
            self.too_late(now);
        }
    }

    /// When `handle_timeout` is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if self.held.is_some() {
            return None;
        }
        Instant::first_of([
            self.attempt.until,
            self.line_deadline,
            self.line_limit,
            self.again,
            self.deadline,
        ])
    }

    /// Bytes for the module. `payload` is the whole payload of the send under way, empty when
    /// there is none: it stays with the application, and what is given may be a part of it.
    pub fn uart_output<'a>(&'a self, payload: &'a [u8]) -> &'a [u8] {
        match self.output.left() {
            [] => self.payload_output(payload),
            text => text,
        }
    }

    /// Says that the first `n` of them were written.
    pub fn uart_written(&mut self, n: usize, now: Instant) {
        if self.output.left().is_empty() {
            self.payload_written(n, now);
        } else if self.output.written(n) && self.is_unwritten {
            let late = now.since(self.since);
            self.deadline = self.deadline.map(|at| at + late);
            self.since = now;
            self.is_unwritten = false;
        }
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop()
    }

    /// Whether a connection stands, as far as is known.
    pub const fn is_connected(&self) -> bool {
        self.link.stands
    }

    /// Whether nothing is under way: `send`, `resolve` or, without a connection, `connect` would
    /// be taken.
    pub fn is_idle(&self) -> bool {
        self.doing == Doing::Nothing
    }

    /// The module's firmware, once it was asked; cut at 48 bytes.
    pub fn firmware(&self) -> &str {
        &self.module.firmware
    }

    /// Lines that were dropped because they did not end.
    pub const fn dropped_lines(&self) -> u32 {
        self.reader.dropped_lines
    }

    /// Whether received data is the application's.
    pub(crate) fn delivers(&self) -> bool {
        // `CONNECT OK` may come before the result of its command.
        let is_early = self.attempt.is_early && self.doing == Doing::Step(Step::Connect);
        self.link.stands || self.doing == Doing::Verify || is_early
    }

    /// Says a command; what it belongs to has failed when its answer takes longer.
    pub(crate) fn say(&mut self, command: Command, within: Duration, now: Instant) {
        self.repeat(command, None);
        self.allow(within, now);
        self.is_unwritten = true;
    }

    /// What is being done has failed when it takes longer than this.
    pub(crate) fn allow(&mut self, within: Duration, now: Instant) {
        self.deadline = Some(now + within);
        self.since = now;
        self.is_unwritten = false;
    }

    /// Says a command under a deadline that holds already.
    pub(crate) fn repeat(&mut self, command: Command, name: Option<&Host>) {
        let command = self.asked.in_step(command);
        self.asked.ask(command);
        self.learned = None;
        self.is_unwritten = false;
        let words = Words {
            settings: &self.settings,
            target: self.attempt.target.as_ref(),
            name,
        };
        self.output.say(command, &words);
    }

    /// Nothing is being done any more, and nothing is waited for.
    pub(crate) fn rest(&mut self) {
        self.asked.give_up();
        self.doing = Doing::Nothing;
        self.deadline = None;
        self.is_unwritten = false;
        self.again = None;
    }

    /// How the step under way failed.
    pub(crate) fn failure(&self, kind: Failure, now: Instant) -> ConnectError {
        ConnectError {
            step: self.attempt.step,
            kind,
            took: now.since(self.attempt.began),
            said: self.attempt.said,
        }
    }

    /// The connection was not made, and will not be.
    pub(crate) fn fail(&mut self, error: ConnectError) {
        self.link.has_ghost |= matches!(
            self.doing,
            Doing::Outcome | Doing::Verify | Doing::Step(Step::Connect)
        );
        self.events.push(Event::Failed(error));
        self.attempt.until = None;
        self.attempt.target = None;
        self.rest();
        self.output.clear();
        self.module.is_ready &= !self.asked.owes();
    }

    /// Received data came: a module that delivers is not silent, and prints an answer behind all
    /// that was there before it. On a slow line that takes longer than any answer.
    fn answer_stands_behind(&mut self, now: Instant) {
        if self.asked.newest().is_some() {
            let patience = &self.settings.patience;
            let soon = (now + patience.answer).min(self.since + patience.total);
            self.deadline = self.deadline.map(|at| at.max(soon));
        }
    }

    /// The application took what it had in its hands: time goes on where it stopped.
    fn release(&mut self, now: Instant) {
        let Some(since) = self.held.take() else {
            return;
        };
        let pause = now.since(since);
        self.since += pause;
        for at in [
            &mut self.attempt.until,
            &mut self.line_deadline,
            &mut self.line_limit,
            &mut self.again,
            &mut self.deadline,
        ] {
            *at = at.map(|at| at + pause);
        }
    }
}
