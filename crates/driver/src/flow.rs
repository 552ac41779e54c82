//! From step to step, up to a connection.

use simless_at::{Cme, ConnectOrder, Final, Instant, Registration, Urc};

use crate::command::Command;
use crate::heard::{Info, Sim};
use crate::plan::{Ends, Plan};
use crate::state::{Doing, Goal, PinTried};
use crate::{BusyError, Driver, Ended, Event, Failure, Step, Target};

impl Driver {
    /// Begins to make a connection: the prelude where it is needed, and the guide's flow. It ends,
    /// within the total time, with [`Event::Connected`] or [`Event::Failed`].
    ///
    /// # Errors
    /// When a connection stands, or something else is under way.
    pub fn connect(&mut self, target: Target, now: Instant) -> Result<(), BusyError> {
        if self.link.stands {
            return Err(BusyError::Connected);
        }
        if self.doing != Doing::Nothing {
            return Err(BusyError::Busy);
        }
        self.attempt.target = Some(target);
        self.attempt.goal = Goal::Connection;
        self.attempt.closes = false;
        self.attempt.said = None;
        self.set_out(now);
        Ok(())
    }

    /// From the first step that is needed on, with all the time there is.
    pub(crate) fn set_out(&mut self, now: Instant) {
        self.attempt.until = Some(now + self.settings.patience.total);
        self.attempt.failures = 0;
        let is_in_step = self.module.is_ready && !self.asked.owes();
        match (is_in_step, self.module.needs_shut) {
            (true, false) => self.begin(Step::Attach, now),
            (true, true) => self.begin(Step::Shut, now),
            (false, _) => self.begin(Step::Wake, now),
        }
    }

    pub(crate) fn begin(&mut self, step: Step, now: Instant) {
        self.events.push(Event::StepBegan(step));
        self.doing = Doing::Step(step);
        self.again = None;
        self.attempt.step = step;
        self.attempt.began = now;
        self.attempt.said = None;
        self.attempt.is_early = false;
        self.attempt.registration = None;
        if step == Step::Wake {
            self.attempt.probes = 0;
            self.module.is_ready = false;
            self.module.echo_is_off = false;
        }
        let plan = Plan::of(step);
        let within = (plan.within)(&self.settings.patience);
        match plan.ends {
            // Questions that are asked again have one deadline for all of them.
            Ends::Voice | Ends::Sim | Ends::Registered => {
                self.allow(within, now);
                self.say_again(now);
            }
            _ => self.say(plan.say, within, now),
        }
    }

    /// It is time to say something again.
    pub(crate) fn say_again(&mut self, now: Instant) {
        match self.doing {
            Doing::Step(Step::Wake) => {
                // A module that searches for the line's rate answers none of the first.
                self.again = Some(now + self.settings.patience.wake_every);
                let probe = self.attempt.probes;
                self.attempt.probes = probe.wrapping_add(1);
                let say = match probe % 2 {
                    0 => Command::Wake,
                    _ => Command::WakeFromEntry,
                };
                self.repeat(say, None);
            }
            Doing::Step(step) => self.repeat(Plan::of(step).say, None),
            Doing::Pause(step) => self.begin(step, now),
            _ => {}
        }
    }

    pub(crate) fn step_answered(
        &mut self,
        step: Step,
        command: Command,
        result: Final,
        now: Instant,
    ) {
        let is_success = result.is_success();
        match (Plan::of(step).ends, self.learned) {
            (Ends::Any, _) => self.step_done(now),
            (Ends::Ok | Ends::Voice | Ends::Connection, _) if is_success => match step {
                Step::Connect => self.connect_accepted(now),
                _ => self.step_done(now),
            },
            (Ends::Voice, _) => self.ask_later(now),
            // One blocking command in some dialects: a CONNECT OK may follow this, too (H14).
            (Ends::Connection, _) if result == Final::NoResponse => self.doing = Doing::Outcome,
            (Ends::State, Some(Info::State(state))) => {
                self.module.needs_shut = !state.may_connect();
                self.module.echo_is_off = true;
                self.step_done(now);
            }
            (Ends::Sim, learned) => self.sim_answered(command, learned, result, now),
            (Ends::Registered, learned) => match learned {
                Some(Info::Registration(stat)) => self.registration(stat, now),
                _ => self.ask_later(now),
            },
            _ => self.step_failed(Failure::of(result), now),
        }
    }

    fn sim_answered(
        &mut self,
        command: Command,
        learned: Option<Info>,
        result: Final,
        now: Instant,
    ) {
        if command == Command::Pin {
            if !result.is_success() {
                return self.step_failed(Failure::Pin, now);
            }
            self.module.pin = PinTried::Worked;
            return self.ask_later(now);
        }
        match (learned, result) {
            (Some(Info::Sim(Sim::Ready)), _) => self.step_done(now),
            (Some(Info::Sim(Sim::Pin)), _) | (_, Final::Cme(Cme::PIN_REQUIRED)) => {
                match (&self.settings.pin, self.module.pin) {
                    (Some(_), PinTried::No) => {
                        self.module.pin = PinTried::Yes;
                        self.repeat(Command::Pin, None);
                    }
                    // The SIM needs a moment.
                    (Some(_), PinTried::Worked) => self.ask_later(now),
                    _ => self.step_failed(Failure::Pin, now),
                }
            }
            (Some(Info::Sim(Sim::Other)), _) | (_, Final::Cme(Cme::PUK_REQUIRED)) => {
                self.step_failed(Failure::SimBlocked, now);
            }
            (_, Final::Cme(Cme::NO_SIM)) => self.step_failed(Failure::NoSim, now),
            // A module that is still starting says ERROR.
            _ => self.ask_later(now),
        }
    }

    fn registration(&mut self, stat: Registration, now: Instant) {
        if self.attempt.registration != Some(stat) {
            self.events.push(Event::Registration(stat));
            self.attempt.registration = Some(stat);
        }
        match stat.is_registered() {
            true => self.step_done(now),
            // Denied, too: another network, or another moment, may do.
            false => self.ask_later(now),
        }
    }

    fn ask_later(&mut self, now: Instant) {
        let patience = &self.settings.patience;
        let pause = match self.doing {
            Doing::Step(Step::Wake) => patience.wake_every,
            _ => patience.poll_every,
        };
        self.again = Some(now + pause);
    }

    /// `AT+CIPSTART` got its OK.
    fn connect_accepted(&mut self, now: Instant) {
        let order = self.settings.dialect.connect_order;
        match (self.attempt.is_early, order) {
            (false, _) => self.doing = Doing::Outcome,
            (true, ConnectOrder::OutcomeFirst) if !self.link.has_ghost => self.connected(now),
            // Out of order for this dialect, or there was another attempt that it may belong to.
            (true, _) => self.verify(),
        }
    }

    pub(crate) fn unasked(&mut self, urc: Urc, now: Instant) {
        match (urc, self.doing) {
            // What is older is over when its result has come: G4.8, F6.
            (Urc::ConnectOk, Doing::Step(Step::Connect)) if !self.asked.owes() => {
                self.attempt.is_early = true;
            }
            (Urc::ConnectOk, Doing::Outcome) if self.link.has_ghost => self.verify(),
            (Urc::ConnectOk, Doing::Outcome) => self.connected(now),
            (Urc::ConnectFailed, Doing::Outcome) => {
                self.attempt.said = Some(Final::Cme(Cme::FAILED));
                match self.link.has_ghost {
                    true => self.verify(),
                    false => self.step_failed(Failure::Refused, now),
                }
            }
            // It has failed, but a CONNECT OK may follow while nobody has undone it (H14).
            (Urc::NoResponse, Doing::Outcome) => self.attempt.said = Some(Final::NoResponse),
            (Urc::Closed, Doing::Send(sending)) if self.link.stands => {
                self.closed_while_sending(sending, now);
            }
            // Its own result is about to come.
            (Urc::Closed, Doing::Close) => {}
            // No payload is waited for any more (F7), and none would go anywhere.
            (Urc::Closed, Doing::Quiet) => self.entry_is_over(now),
            (Urc::Closed, _) if self.link.stands => self.ended(Ended::ByPeer),
            _ => {}
        }
    }

    /// Whose outcome was that? The step's deadline holds.
    fn verify(&mut self) {
        self.repeat(Command::Status, None);
        self.doing = Doing::Verify;
    }

    pub(crate) fn verified(&mut self, now: Instant) {
        use simless_at::IpState::{ConnectOk, Connecting};
        match self.learned {
            Some(Info::State(ConnectOk)) => self.connected(now),
            Some(Info::State(Connecting)) => self.doing = Doing::Outcome,
            Some(Info::State(state)) => self.step_failed(Failure::State(state), now),
            _ => self.step_failed(Failure::Silent, now),
        }
    }

    fn step_done(&mut self, now: Instant) {
        let step = self.attempt.step;
        let took = now.since(self.attempt.began);
        self.events.push(Event::StepEnded(step, Ok(()), took));
        if step == Step::Headers {
            self.module.is_ready = true;
        }
        if step == Step::Shut {
            self.module.needs_shut = false;
        }
        match Plan::after(step, self.module.needs_shut) {
            Some(Step::Connect) if self.attempt.goal == Goal::Address => self.reached_names(now),
            Some(next) => self.begin(next, now),
            None => self.rest(),
        }
    }

    fn connected(&mut self, now: Instant) {
        self.step_done(now);
        self.attempt.until = None;
        self.link.stands = true;
        self.link.accepted = 0;
        self.link.has_ghost = false;
        self.events.push(Event::Connected);
        self.close_if_wanted(now);
    }
}

impl Failure {
    fn of(result: Final) -> Self {
        match result {
            Final::NoResponse => Self::NoResponse,
            _ => Self::Refused,
        }
    }
}
