//! The driver and its verbs: bytes and time in; commands, data, events and a deadline out.

use core::time::Duration;

use heapless::String;
use simless_at::{Final, Instant, Registration};

use crate::command::{Asked, Command, Output, Words};
use crate::event::Events;
use crate::heard::{Heard, Info};
use crate::patience::Jitter;
use crate::reader::{Framing, Reader, Token};
use crate::send::Sending;
use crate::{ConnectError, Event, Failure, Host, Settings, Step, Target};

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
    /// How long the command under way may take, from when it is written.
    within: Option<Duration>,
    /// When to say something again.
    pub(crate) again: Option<Instant>,
    /// When a block, or a line that is out of step, is given up.
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

/// What the driver is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Nothing: a connection stands, or none is wanted.
    Nothing,
    /// A step: its command is under way, or will be said again.
    Step(Step),
    /// `AT+CIPSTART` was answered; what becomes of it is waited for.
    Outcome,
    /// `CONNECT OK` may be a cancelled attempt's: the state is asked for.
    Verify,
    /// A step failed; its undo is under way.
    Undo(Step),
    /// The state is asked for, to know where to go on.
    Check(Step),
    /// This step is tried after a pause.
    Pause(Step),
    Send(Sending),
    /// The state is asked for, to know whether a connection still stands.
    Doubt,
    Resolve,
    Close,
    /// The connection is lost to us, and nothing can be said until the line is quiet.
    Quiet,
}

/// What an attempt is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Connection,
    /// The address of the target's host: the flow is left before its last step.
    Address,
}

/// The way to a connection.
pub(crate) struct Attempt {
    pub(crate) goal: Goal,
    pub(crate) target: Option<Target>,
    /// When `connect` fails at the latest; `None` while no connection is being made.
    pub(crate) until: Option<Instant>,
    pub(crate) failures: u8,
    pub(crate) step: Step,
    /// When the step began.
    pub(crate) began: Instant,
    /// How the last step that failed did.
    pub(crate) failed: ConnectError,
    /// The last final result of the step.
    pub(crate) said: Option<Final>,
    /// The registration that was told last.
    pub(crate) registration: Option<Registration>,
    /// `CONNECT OK` came before the result of `AT+CIPSTART`.
    pub(crate) is_early: bool,
    /// It shall be closed as soon as that can be.
    pub(crate) closes: bool,
}

/// The connection.
pub(crate) struct Link {
    pub(crate) stands: bool,
    /// Bytes under `OK`.
    pub(crate) accepted: u64,
    /// An earlier attempt was given up without an outcome, so that it may still come (H14).
    pub(crate) has_ghost: bool,
}

/// What is known of the module.
pub(crate) struct Known {
    /// The prelude was passed.
    pub(crate) is_ready: bool,
    /// It echoes no more; if it does, it started again.
    pub(crate) echo_is_off: bool,
    /// The service is in a state that allows no connection.
    pub(crate) needs_shut: bool,
    pub(crate) pin: PinTried,
    firmware: String<48, u8>,
}

/// A PIN is tried once: three wrong ones block a SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinTried {
    No,
    Yes,
    Worked,
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
            within: None,
            again: None,
            line_deadline: None,
            line_limit: None,
            held: None,
            learned: None,
            attempt: Attempt {
                goal: Goal::Connection,
                target: None,
                until: None,
                failures: 0,
                step: Step::Wake,
                began: Instant::ZERO,
                failed: ConnectError {
                    step: Step::Wake,
                    kind: Failure::Silent,
                    took: Duration::ZERO,
                    said: None,
                },
                said: None,
                registration: None,
                is_early: false,
                closes: false,
            },
            link: Link {
                stands: false,
                accepted: 0,
                has_ghost: false,
            },
            module: Known {
                is_ready: false,
                echo_is_off: false,
                needs_shut: false,
                pin: PinTried::No,
                firmware: String::new(),
            },
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
                Some(Token::Data(bytes, left)) if self.delivers() => {
                    self.held = Some(now);
                    let news = Some(News::Data { bytes, left });
                    return Taken { used, news };
                }
                // Of a connection that is over.
                Some(Token::Data(..)) => {}
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
            match self.is_settling() {
                true => self.settled(now),
                false => self.say_again(now),
            }
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
        [
            self.attempt.until,
            self.line_deadline,
            self.line_limit,
            self.again,
            self.deadline,
        ]
        .into_iter()
        .flatten()
        .min()
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
        } else if self.output.written(n)
            && let Some(within) = self.within.take()
        {
            self.deadline = Some(now + within);
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
        self.link.stands || self.doing == Doing::Verify
    }

    /// A line came; gives whether it is for the application.
    fn heard(&mut self, now: Instant) -> bool {
        let Some(line) = self.reader.line() else {
            // Noise.
            return false;
        };
        let heard = Heard::of(line, &self.settings, &self.asked, &self.output);
        if self.is_settling() {
            self.again = Some(now + self.settings.patience.quiet);
        }
        match heard {
            Heard::Echo if self.module.echo_is_off => self.rebooted(now),
            Heard::Echo => {}
            // What was said before, and comes back late.
            Heard::Other if !self.module.echo_is_off && line.starts_with("AT") => {}
            Heard::Boot => {
                self.rebooted(now);
                return true;
            }
            Heard::Final(result) => self.final_result(result, now),
            Heard::Unasked(urc) => {
                self.unasked(urc, now);
                return true;
            }
            Heard::Info(Info::Firmware) => {
                let firmware = &mut self.module.firmware;
                firmware.clear();
                for c in line.chars() {
                    // The rest is cut off.
                    if firmware.push(c).is_err() {
                        break;
                    }
                }
            }
            Heard::Info(info) => self.learned = Some(info),
            Heard::Other => return true,
        }
        false
    }

    fn final_result(&mut self, result: Final, now: Instant) {
        if !self.output.left().is_empty() {
            // The newest is still being written.
            return self.asked.answered_older();
        }
        let answered = match (self.doing, self.asked.newest(), self.learned) {
            // Before its answer shows that it is its own, a result is some older command's, or a
            // URC of the same text.
            (_, Some(Command::Status), None) => return,
            (_, Some(Command::Status), Some(_)) if self.asked.has_older_status() => {
                self.again = Some(now + self.settings.patience.quiet);
                return;
            }
            (_, Some(Command::Status), Some(_)) => self.asked.came_into_step(),
            // Nobody is in step yet: any result is a sign of life.
            (Doing::Step(Step::Wake | Step::EchoOff), ..) => self.asked.answered_by_any(),
            _ => self.asked.answered(),
        };
        match answered {
            Some(command) => self.answered(command, result, now),
            None => self.older_is_over(now),
        }
    }

    /// Whether the state was told, perhaps in answer to an older question. All that follows that
    /// one is answered at once, so that a quiet line shows that this was the last (G9.5).
    fn is_settling(&self) -> bool {
        let is_told = self.learned.is_some() && self.asked.newest() == Some(Command::Status);
        is_told && self.asked.has_older_status()
    }

    /// The line is quiet: what was told last answers the last question.
    pub(crate) fn settled(&mut self, now: Instant) {
        if let Some(command) = self.asked.came_into_step() {
            self.answered(command, Final::Ok, now);
        }
    }

    /// The newest command was answered.
    fn answered(&mut self, command: Command, result: Final, now: Instant) {
        self.attempt.said = Some(result);
        match self.doing {
            Doing::Step(step) => self.step_answered(step, command, result, now),
            Doing::Verify => self.verified(now),
            Doing::Undo(step) => self.check(step, now),
            Doing::Check(step) => self.checked(step, now),
            Doing::Send(sending) => self.send_answered(sending, result, now),
            Doing::Doubt => self.doubt_answered(now),
            Doing::Resolve => self.resolve_answered(now),
            Doing::Close => self.close_answered(now),
            Doing::Nothing | Doing::Outcome | Doing::Pause(_) | Doing::Quiet => {}
        }
    }

    /// The deadline of what is being done has come.
    fn too_late(&mut self, now: Instant) {
        match self.doing {
            Doing::Step(_) | Doing::Outcome | Doing::Verify => self.step_is_late(now),
            // Whatever becomes of it, what it undoes is over soon, and the state tells.
            Doing::Undo(step) => self.check(step, now),
            Doing::Check(step) => self.check_is_late(step, now),
            Doing::Send(sending) => self.send_is_late(sending, now),
            Doing::Doubt => self.doubt_is_late(now),
            Doing::Resolve => self.resolve_is_late(now),
            Doing::Close => self.close_is_late(now),
            Doing::Nothing | Doing::Pause(_) | Doing::Quiet => {}
        }
    }

    /// Says a command; what it belongs to has failed when its answer takes longer.
    pub(crate) fn say(&mut self, command: Command, within: Duration, now: Instant) {
        self.repeat(command, None);
        self.within = Some(within);
        self.deadline = Some(now + within);
    }

    /// Says a command under a deadline that holds already.
    pub(crate) fn repeat(&mut self, command: Command, name: Option<&Host>) {
        self.asked.ask(command);
        self.learned = None;
        self.within = None;
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
        self.within = None;
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

    /// The application took what it had in its hands: time goes on where it stopped.
    fn release(&mut self, now: Instant) {
        let Some(since) = self.held.take() else {
            return;
        };
        let pause = now.since(since);
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
