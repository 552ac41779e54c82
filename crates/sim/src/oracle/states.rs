//! The service's states, by what went over the line and by what the network did (P11, P14, P28).
//!
//! It is the guide's table (G4.6) and nothing of the module's own: the set of states that the
//! service can be in, where the reader of the line is. A command's result makes the set what that
//! command leaves, a URC what that URC says, and what the network does lies behind what was said
//! before and before the answer to what is said then.
//!
//! What it can't know: which result answers what, when one got lost or a payload may have swallowed
//! commands. Until the next state is told it is out of step then, and everything that was said may
//! have been done or not. Whether `+CME ERROR: 50` is a result, while a command and an attempt are
//! under way. And whether an attempt lives on behind `COMMAND NO RESPONSE!` (G9.3).

mod set;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use simless_at::{Cme, Final, IpState, Urc};

use super::Finding;
use set::{ATTEMPT, BRINGS_UP, CLOSE, CONNECTING, FAILS, INITIAL, LATE, LOST, OWES, STANDS, Set};

pub(crate) use set::Effect;

/// Something whose time has not come yet, as far as the reader of the line knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Due {
    what: What,
    effect: Effect,
    /// It may have come already.
    is_unsure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Command,
    /// `AT+CIPSTATUS`, and no state was told.
    Status,
    /// `AT+CIPSEND`: what is said before its result may be payload.
    Send,
    /// No command: nothing answers it.
    Strike,
}

/// The service's states.
pub(crate) struct States {
    /// Where the reader of the line is.
    set: Set,
    due: VecDeque<Due>,
    is_in_step: bool,
    /// The next outcome may be that of an attempt that was given up.
    has_ghost: bool,
}

/// More than a module that answers nothing is asked before it is given up.
const MOST_DUE: usize = 1024;

impl States {
    pub(crate) const fn of(state: IpState) -> Self {
        Self {
            set: Set::of(state),
            due: VecDeque::new(),
            is_in_step: true,
            has_ghost: false,
        }
    }

    /// A connection was told, of a module to which nobody listened before. What happened to the
    /// network meanwhile may lie before what it says next.
    pub(crate) fn connected_unheard() -> Self {
        let mut states = Self::of(IpState::ConnectOk);
        states.push(What::Strike, Effect::Lose);
        states.doubt();
        states
    }

    /// The driver says a command.
    pub(crate) fn said(&mut self, text: &[u8]) {
        // ESC ends data entry, if there is one; CR a line that was cut.
        let text = text.strip_prefix(b"\x1b").unwrap_or(text);
        let text = text.strip_prefix(b"\r").unwrap_or(text);
        self.has_ghost = false;
        let begins = |start: &str| text.starts_with(start.as_bytes());
        let (what, effect) = match text {
            _ if begins("AT+CIPSTATUS") => (What::Status, Effect::Nothing),
            _ if begins("AT+CIPSEND") => (What::Send, Effect::Nothing),
            _ if begins("AT+CIPSTART=") => (What::Command, Effect::Connect),
            _ if begins("AT+CIPCLOSE") => (What::Command, Effect::Close),
            _ if begins("AT+CIPSHUT") => (What::Command, Effect::Shut),
            _ if begins("AT+CGATT=0") || begins("AT+CGACT=0") => (What::Command, Effect::Lose),
            _ if begins("AT") => (What::Command, Effect::Nothing),
            _ => return,
        };
        let may_be_payload = self.due.iter().any(|due| due.what == What::Send);
        self.is_in_step &= !may_be_payload;
        self.push(what, effect);
    }

    /// Something happens to the service that no command asked for. When the module has said all
    /// that it had to say, and nothing waits for an answer, it happens here.
    pub(crate) fn strikes(&mut self, effect: Effect, is_at_rest: bool) {
        self.is_in_step &= effect != Effect::Restart;
        match is_at_rest && self.is_in_step && self.due.is_empty() {
            true => self.set = effect.on(self.set),
            false => self.push(What::Strike, effect),
        }
    }

    /// A result will not come, or nobody knows whose it is.
    pub(crate) fn lost(&mut self) {
        self.is_in_step = false;
    }

    /// An answer was heard that only one command has. When older ones wait, their results are lost.
    pub(crate) fn answers(&mut self) {
        let is_command = |due: &&Due| due.what != What::Strike;
        if self.due.iter().filter(is_command).count() > 1 {
            self.lost();
        }
    }

    /// The outcome of an attempt that was given up is about to be said.
    pub(crate) fn hears_ghost(&mut self) {
        self.has_ghost = true;
    }

    /// Whether a connection may stand.
    pub(crate) fn may_stand(&self) -> bool {
        !self.can_be().meets(STANDS).is_empty()
    }

    /// The driver is sure that the connection stands.
    pub(crate) fn connected(&mut self) {
        if !self.is_in_step {
            self.set = STANDS;
            self.due.retain(|due| due.what == What::Strike);
            self.doubt();
            self.is_in_step = true;
        }
    }

    /// A final result was heard, or a URC of the same text.
    pub(crate) fn result(&mut self, result: Final) -> Option<Finding> {
        let urc = match result {
            Final::Cme(Cme::FAILED) => Some(Urc::ConnectFailed),
            Final::NoResponse => Some(Urc::NoResponse),
            _ => None,
        };
        let next = self.due.iter().position(|due| due.what != What::Strike);
        match (urc, next) {
            (Some(urc), None) => return self.unasked(&urc),
            (Some(urc), Some(_)) if !self.can_be().meets(ATTEMPT).is_empty() => {
                // Of an older attempt, of this one, or a result: the next one is not.
                self.has_ghost = false;
                self.set = self.set.and(self.after(&urc));
                self.lost();
            }
            (_, Some(next)) if self.is_in_step => return self.answered(next, result),
            _ => {}
        }
        None
    }

    /// In step, a result is the oldest command's.
    fn answered(&mut self, next: usize, result: Final) -> Option<Finding> {
        self.pass(next);
        let command = self.due.pop_front()?;
        if !result.is_success() {
            return None;
        }
        // A state was not told, and this is its OK.
        self.is_in_step &= command.what != What::Status;
        // What struck since then may have come before it.
        let mut before = self.set;
        for due in self.due.iter_mut().filter(|due| due.what == What::Strike) {
            due.is_unsure = true;
            before = before.and(due.effect.on(before));
        }
        let after = command.effect.on(before);
        let is_possible = !after.is_empty() || command.is_unsure;
        self.set = match command.is_unsure {
            true => self.set.and(after),
            false => after,
        };
        match command.effect {
            _ if is_possible => None,
            Effect::Close => Some(("P28", "OK for AT+CIPCLOSE, behind CLOSED".into())),
            effect => Some(("P13", format!("OK for {effect:?} in {before:?}"))),
        }
    }

    /// A URC was heard.
    pub(crate) fn unasked(&mut self, urc: &Urc) -> Option<Finding> {
        let from = match urc {
            Urc::ConnectOk => ATTEMPT.and(LATE),
            Urc::ConnectFailed => ATTEMPT.and(OWES).and(FAILS),
            Urc::NoResponse => ATTEMPT,
            Urc::Closed => STANDS.and(OWES),
            Urc::Registration(..) => return None,
        };
        let before = self.can_be();
        if *urc != Urc::Closed && std::mem::take(&mut self.has_ghost) {
            // It says nothing of the attempt that is on its way.
            return None;
        }
        if before.meets(from).is_empty() {
            let property = match urc {
                Urc::Closed => "P28",
                _ => "P14",
            };
            return Some((property, format!("{urc:?} in {before:?}")));
        }
        self.set = self.after(urc);
        if *urc == Urc::ConnectOk {
            self.doubt();
        }
        None
    }

    /// What a URC leaves.
    fn after(&self, urc: &Urc) -> Set {
        let before = self.can_be();
        let failed = before.leads(BRINGS_UP, INITIAL);
        let failed = failed.and(before.leads(CONNECTING, CLOSE));
        match urc {
            Urc::ConnectOk => STANDS,
            Urc::Closed => before.leads(STANDS, CLOSE).and(before.leads(OWES, LOST)),
            Urc::ConnectFailed => failed
                .and(before.leads(OWES, LOST))
                .and(before.leads(FAILS, INITIAL)),
            Urc::NoResponse => failed.and(before.leads(CONNECTING, LATE)),
            Urc::Registration(..) => self.set,
        }
    }

    /// The state was told (P11).
    pub(crate) fn told(&mut self, state: IpState) -> Option<Finding> {
        let is_question = |due: &Due| due.what == What::Status;
        let questions = self.due.iter().filter(|due| is_question(due)).count();
        if let Some(first) = self.due.iter().position(is_question) {
            // All that was said before it is over, whether its result came or got lost.
            self.pass(first);
        }
        self.is_in_step = questions == 1;
        let can_be = match self.due.front_mut() {
            Some(question) if questions == 1 => {
                question.what = What::Command;
                let strikes = self.due.iter().filter(|due| due.what == What::Strike);
                reach(self.set, strikes)
            }
            _ => self.can_be(),
        };
        let is = can_be.meets(Set::shown_as(state));
        self.set = match is.is_empty() {
            true => Set::of(state),
            false => is.on_its_way(),
        };
        is.is_empty()
            .then(|| ("P11", format!("{state} is told in {can_be:?}")))
    }

    /// The first `count` are over.
    fn pass(&mut self, count: usize) {
        let over = self.due.iter().take(count);
        let is_sure = |due: &Due| due.what == What::Strike && !due.is_unsure;
        self.set = match self.is_in_step && over.clone().all(is_sure) {
            true => over.fold(self.set, |set, due| due.effect.on(set)),
            false => reach(self.set, over),
        };
        self.due.drain(..count);
    }

    /// Where the service can be: anything that is due may have come.
    fn can_be(&self) -> Set {
        reach(self.set, self.due.iter())
    }

    /// What is due may have come already.
    fn doubt(&mut self) {
        self.due.iter_mut().for_each(|due| due.is_unsure = true);
    }

    fn push(&mut self, what: What, effect: Effect) {
        let due = Due {
            what,
            effect,
            is_unsure: !self.is_in_step,
        };
        if self.due.len() >= MOST_DUE {
            self.due.pop_front();
            self.lost();
        }
        self.due.push_back(due);
    }
}

/// Where these may lead, any of them and in any order.
fn reach<'a>(mut set: Set, due: impl Iterator<Item = &'a Due> + Clone) -> Set {
    loop {
        let effects = due.clone().map(|due| due.effect.on(set));
        let next = effects.fold(set, Set::and);
        if next == set {
            return set;
        }
        set = next;
    }
}
