//! A command line runs: one command after the other, waits between them, one final result
//! (guide F5, F6, P6).

use simless_at::{Call, Cme, Final, Form, Instant};

use crate::commands::{self, Parameters};
use crate::editor::LineEnd;
use crate::entry::{DataEntry, EntryEnd};
use crate::equipment::{Equipment, Failure};
use crate::wait::{Condition, Outcome, Wait};
use crate::{Dropped, Event, Module};

/// A line that runs.
pub(crate) struct Running {
    /// Where in the line the next command begins.
    next: usize,
    /// The command that runs now.
    command: &'static str,
    pub(crate) step: Step,
    /// Its result was held back already.
    is_late: bool,
    /// When the step was last looked at.
    checked: Instant,
}

/// What a line that runs is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The next command is due then.
    Due(Instant),
    /// A command waits.
    Wait(Wait),
    /// A command takes its payload.
    Entry(DataEntry),
}

impl Running {
    pub(crate) fn deadline(&self, guard: core::time::Duration) -> Option<Instant> {
        match self.step {
            // One that is due already waits for the DTE to read.
            Step::Due(at) => Some(at).filter(|at| *at > self.checked),
            Step::Wait(wait) => wait.deadline(self.checked),
            Step::Entry(entry) => Some(entry.since + guard),
        }
    }

    /// Whether URCs and data may be printed between what the line prints (guide F7).
    pub(crate) fn allows_urcs(&self, command_has_info: bool) -> bool {
        !matches!(self.step, Step::Entry(_)) && !command_has_info
    }
}

impl Module {
    /// A line ended.
    pub(crate) fn begin(&mut self, end: LineEnd, now: Instant) {
        match end {
            LineEnd::Nothing => {}
            LineEnd::TooLong => {
                self.equipment.publish(false);
                self.equipment.counters.dropped_lines += 1;
                self.equipment.event(Event::Dropped(Dropped::Line));
                self.equipment.final_result(Final::Error);
            }
            LineEnd::Line | LineEnd::Repeat => {
                self.running = Some(Running {
                    next: 0,
                    command: "",
                    is_late: false,
                    step: Step::Due(now + self.equipment.config.timing.command),
                    checked: now,
                });
            }
        }
    }

    /// Runs the line as far as it goes by now; gives whether it went anywhere.
    pub(crate) fn run(&mut self, now: Instant) -> bool {
        let mut moved = false;
        while let Some(running) = &mut self.running {
            running.checked = now;
            let done = match running.step {
                Step::Due(at) if now >= at && self.equipment.reply.room_for_input() > 0 => {
                    self.next_command(now)
                }
                Step::Wait(wait) => self.equipment.check(&wait, now).map(finished),
                // A payload that does not go on (guide G5.9).
                Step::Entry(entry)
                    if now >= entry.since + self.equipment.config.profile.guards.send =>
                {
                    Some(self.entry_outcome(entry, EntryEnd::Refused, now))
                }
                Step::Due(_) | Step::Entry(_) => None,
            };
            let Some(outcome) = done else {
                return moved;
            };
            moved = true;
            self.apply(outcome, now);
        }
        moved
    }

    /// A payload ended.
    pub(crate) fn entry_ended(&mut self, entry: DataEntry, end: EntryEnd, now: Instant) {
        let outcome = self.entry_outcome(entry, end, now);
        self.apply(outcome, now);
    }

    fn entry_outcome(
        &mut self,
        entry: DataEntry,
        end: EntryEnd,
        now: Instant,
    ) -> Result<Outcome, Failure> {
        if end == EntryEnd::Send {
            let due = now + self.equipment.config.timing.send;
            let guard = now + self.equipment.config.profile.guards.send;
            let room = Wait::until(Condition::Room(entry.socket, due));
            return Ok(Outcome::Wait(room.guarded(guard, Final::Error)));
        }
        if let Some(socket) = self.equipment.sockets.get_mut(entry.socket)
            && let Some(ring) = socket.payload()
        {
            ring.discard();
        }
        match end {
            EntryEnd::Cancelled => Ok(Outcome::Final(Final::Ok)),
            _ => Err(Cme::FAILED.into()),
        }
    }

    fn apply(&mut self, outcome: Result<Outcome, Failure>, now: Instant) {
        let Some(running) = &mut self.running else {
            return;
        };
        match outcome {
            Ok(Outcome::Wait(wait)) => running.step = Step::Wait(wait),
            Ok(Outcome::Prompt(socket, form)) => {
                let limit = self.equipment.config.profile.limits.send;
                if let Some(ring) = self
                    .equipment
                    .sockets
                    .get_mut(socket)
                    .and_then(|s| s.payload())
                {
                    ring.reserve(limit);
                }
                running.step = Step::Entry(DataEntry::new(socket, form, now));
                if !self.equipment.strikes_prompt() {
                    let dialect = self.equipment.config.profile.dialect;
                    self.equipment.reply.prompt(&dialect);
                }
            }
            Ok(Outcome::Final(result)) if self.comes_late(result, now) => {}
            Ok(Outcome::Final(result)) if result.is_success() && self.has_next_command() => {
                if let Some(running) = &mut self.running {
                    running.step = Step::Due(now + self.equipment.config.timing.command);
                }
                self.equipment.reply.begin_command();
            }
            Ok(Outcome::Final(result)) => self.finish(result),
            Err(failure) => {
                let result = self.spell(failure.code);
                if let Some(cause) = failure.cause {
                    self.equipment.event(Event::Failed(result, cause));
                }
                if !self.comes_late(result, now) {
                    self.finish(result);
                }
            }
        }
    }

    fn finish(&mut self, result: Final) {
        let command = self.running.take().map_or("", |running| running.command);
        self.equipment.end_command(command, result);
    }

    /// Whether a command's result is held back by a fault, once.
    fn comes_late(&mut self, result: Final, now: Instant) -> bool {
        let Some(running) = self.running.as_mut().filter(|running| !running.is_late) else {
            return false;
        };
        let Some(delay) = self.equipment.strikes_late(running.command) else {
            return false;
        };
        running.is_late = true;
        running.step = Step::Wait(Wait::until(Condition::Elapsed(now + delay, result)));
        true
    }

    /// How the profile spells a command's failure (guide E1). What is wrong with the line itself
    /// is not the command's.
    fn spell(&self, code: Cme) -> Final {
        let command = self.running.as_ref().map_or("", |running| running.command);
        let is_plain = self
            .equipment
            .profile()
            .plain_errors
            .iter()
            .filter(|plain| plain.command == command)
            .any(|plain| plain.codes.is_empty() || plain.codes.contains(&code));
        if is_plain && code != Cme::WRONG_FORM {
            Final::Error
        } else {
            Final::Cme(code)
        }
    }

    fn has_next_command(&mut self) -> bool {
        let Some(running) = &self.running else {
            return false;
        };
        let line = self.editor.take_line();
        let has_next = Call::split_first(&line[running.next..]).is_some();
        self.editor.put_back(line);
        has_next
    }

    fn next_command(&mut self, now: Instant) -> Option<Result<Outcome, Failure>> {
        let running = self.running.as_mut()?;
        // What happened before the command is said before its answer: a CLOSED in particular, that
        // must not be taken for the end of the connection the command may open. What an earlier
        // command of the line changed has its effect now.
        self.equipment.advance(now);
        self.equipment.publish(false);
        self.equipment.reply.begin_command();
        let line = self.editor.take_line();
        let outcome = match Call::split_first(&line[running.next..]) {
            None => Ok(Outcome::Final(Final::Ok)),
            Some((call, rest)) => {
                running.next = line.len() - rest.len();
                running.command = "";
                running.is_late = false;
                match call {
                    Ok(call) => call_command(call, &mut running.command, &mut self.equipment, now),
                    Err(_) => Err(Cme::BAD_LINE.into()),
                }
            }
        };
        self.editor.put_back(line);
        Some(outcome)
    }
}

fn call_command(
    call: Call<'_>,
    name: &mut &'static str,
    equipment: &mut Equipment,
    now: Instant,
) -> Result<Outcome, Failure> {
    let command = commands::find(call.name).ok_or(Cme::BAD_LINE)?;
    *name = command.name;
    let args = match call.form {
        Form::Set(args) => args,
        _ => simless_at::Args::new(&[]),
    };
    let parameters = Parameters {
        args,
        number: call.number,
        now,
    };
    match equipment.before_command(command, now) {
        Some(outcome) => Ok(outcome),
        None => command.call(&call.form, equipment, parameters),
    }
}

fn finished(done: Result<Final, Failure>) -> Result<Outcome, Failure> {
    done.map(Outcome::Final)
}
