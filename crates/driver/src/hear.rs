//! What a line sets in motion.

use simless_at::{Final, Instant, IpState};

use crate::command::Command;
use crate::heard::{Heard, Info};
use crate::state::Doing;
use crate::{Driver, Step};

impl Driver {
    /// A line came; gives whether it is for the application.
    pub(crate) fn heard(&mut self, now: Instant) -> bool {
        let Some(line) = self.reader.line() else {
            // Noise.
            return false;
        };
        let heard = Heard::of(line, &self.settings, &self.asked, &self.output);
        match heard {
            Heard::Echo if self.module.echo_is_off => match self.doing {
                Doing::Send(sending) => self.echoed_while_sending(sending, now),
                _ => self.rebooted(now),
            },
            Heard::Echo => {}
            // What was said before, and comes back late.
            Heard::Other if !self.module.echo_is_off && line.starts_with("AT") => {}
            // The answer to a question that was given up.
            Heard::Other if line.starts_with(self.settings.dialect.status.trim_end()) => {
                self.asked.told_older_state();
            }
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
            Heard::Info(info) => {
                if let Info::State(state) = info {
                    self.link.lingers = state == IpState::ConnectOk && !self.link.stands;
                }
                self.learned = Some(info);
            }
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
            (_, Some(Command::Status | Command::Fence(_)), None) => return,
            (_, Some(Command::Status | Command::Fence(_)), Some(_)) => self.asked.came_into_step(),
            // Nobody is in step yet: any result is a sign of life.
            (Doing::Step(Step::Wake | Step::EchoOff), ..) => self.asked.answered_by_any(),
            _ => self.asked.answered(),
        };
        match answered {
            Some(command) => self.answered(command, result, now),
            None => self.older_is_over(now),
        }
    }

    /// All that was asked before is over (F6): now the state can be asked for, with the time that
    /// its question has (G9.5).
    fn fence_answered(&mut self, now: Instant) {
        match self.doing {
            Doing::Verify => self.repeat(Command::Status, None),
            _ => self.say(Command::Status, self.settings.patience.answer, now),
        }
    }

    /// The newest command was answered.
    fn answered(&mut self, command: Command, result: Final, now: Instant) {
        if let Command::Fence(_) = command {
            return self.fence_answered(now);
        }
        self.attempt.said = Some(result);
        match self.doing {
            Doing::Step(step) => self.step_answered(step, command, result, now),
            Doing::Verify => self.verified(now),
            Doing::Undo(step) => self.check(step, now),
            Doing::Check(step) => self.checked(step, now),
            Doing::Send(sending) => self.send_answered(sending, result, now),
            Doing::Doubt => self.doubt_answered(now),
            Doing::Resolve => self.resolve_answered(now),
            Doing::Close => self.close_answered(result, now),
            Doing::Nothing | Doing::Outcome | Doing::Pause(_) | Doing::Quiet => {}
        }
    }

    /// The deadline of what is being done has come.
    pub(crate) fn too_late(&mut self, now: Instant) {
        match self.doing {
            Doing::Step(_) | Doing::Outcome | Doing::Verify => self.step_is_late(now),
            // Whatever becomes of it, what it undoes is over soon, and the state tells.
            Doing::Undo(step) => self.check(step, now),
            Doing::Check(_) => self.check_is_late(now),
            Doing::Send(sending) => self.send_is_late(sending, now),
            Doing::Doubt => self.doubt_is_late(now),
            Doing::Resolve => self.resolve_is_late(now),
            Doing::Close => self.close_is_late(now),
            Doing::Quiet => self.entry_is_over(now),
            Doing::Nothing | Doing::Pause(_) => {}
        }
    }
}
