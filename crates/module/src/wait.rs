//! What a command that is not done at once waits for: a condition and a guard (guide G2.4 to G2.6,
//! G5.8, G9.3). A condition, not a duration, so that a fault can change it midway.

use simless_at::{Cme, Final, Instant};

use crate::bearer::{Activation, Attachment, SERVICE_CONTEXT, Service};
use crate::entry::EntryForm;
use crate::equipment::{Equipment, Failure};
use crate::link::{Closing, LinkState};
use crate::{Cause, Cid, Event, SocketId};

/// What a command comes to. It never writes its final result itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done.
    Final(Final),
    /// It is not done yet.
    Wait(Wait),
    /// It wants a payload.
    Prompt(SocketId, EntryForm),
}

/// A condition, and what happens when it is not met in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) until: Condition,
    pub(crate) guard: Option<Guard>,
}

/// The end of patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) at: Instant,
    pub(crate) result: Final,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The time has come.
    Elapsed(Instant, Final),
    /// The module is attached.
    Attached,
    /// The context is active.
    Active(Cid),
    /// The service's context is up (`AT+CIICR`).
    BroughtUp,
    /// The look-up of `AT+CDNSGIP` has ended.
    Resolved,
    /// A connection stands, in dialects that answer `AT+CIPSTART` only then.
    Connected(usize),
    /// There is room to send the payload that was entered, and the time has come.
    Room(SocketId, Instant),
    /// What was readable of a link has been received, so that it can be closed.
    Drained(usize),
}

impl Wait {
    pub(crate) const fn until(until: Condition) -> Self {
        Self { until, guard: None }
    }

    pub(crate) const fn guarded(self, at: Instant, result: Final) -> Self {
        Self {
            guard: Some(Guard { at, result }),
            ..self
        }
    }

    /// When the wait is over without anything else happening, if that is after `checked`: a wait
    /// whose time has come may go on for another reason.
    pub(crate) fn deadline(&self, checked: Instant) -> Option<Instant> {
        let own = match self.until {
            Condition::Elapsed(at, _) | Condition::Room(_, at) => Some(at),
            _ => None,
        };
        let guard = self.guard.map(|guard| guard.at);
        own.filter(|at| *at > checked)
            .into_iter()
            .chain(guard)
            .min()
    }
}

/// What a wait came to.
pub(crate) type Done = Result<Final, Failure>;

impl Equipment {
    /// What the wait came to; `None` while it goes on.
    pub(crate) fn check(&mut self, wait: &Wait, now: Instant) -> Option<Done> {
        let done = match wait.until {
            Condition::Elapsed(at, result) => (now >= at).then_some(Ok(result)),
            Condition::Attached => self.check_attached(),
            Condition::Active(cid) => self.check_active(cid),
            Condition::BroughtUp => self.check_brought_up(),
            Condition::Resolved => self.check_resolved(now),
            Condition::Connected(slot) => self.check_connected(slot),
            Condition::Room(socket, at) => self.check_room(socket, at, now),
            Condition::Drained(slot) => self.check_drained(slot, now),
        };
        if done.is_some() {
            return done;
        }
        let guard = wait.guard.filter(|guard| now >= guard.at)?;
        self.abandon_wait(wait.until, now);
        Some(Ok(guard.result))
    }

    fn check_attached(&mut self) -> Option<Done> {
        match self.bearer.attachment {
            Attachment::Attached => Some(Ok(Final::Ok)),
            Attachment::Attaching { .. } => None,
            Attachment::Detached(cause) => Some(Err(cause.unwrap_or(Cause::ContextLost).into())),
        }
    }

    fn check_active(&mut self, cid: Cid) -> Option<Done> {
        match self.bearer.context(cid).activation {
            Activation::Active(_) => Some(Ok(Final::Ok)),
            Activation::Waiting | Activation::Activating { .. } => None,
            Activation::Inactive(cause) => Some(Err(cause.unwrap_or(Cause::ContextLost).into())),
        }
    }

    fn check_brought_up(&mut self) -> Option<Done> {
        let done = self.check_active(SERVICE_CONTEXT)?;
        self.bearer.service = match done {
            Ok(_) => Service::Active,
            Err(_) => Service::Started,
        };
        Some(done)
    }

    fn check_resolved(&mut self, now: Instant) -> Option<Done> {
        let query = self.query.as_ref().filter(|query| now >= query.due)?;
        let answer = query.answer?;
        let query = self.query.take()?;
        self.sockets.forget(query.socket);
        let Some(address) = answer else {
            return Some(Err(Cause::NotResolved.into()));
        };
        let name = query.name;
        self.reply
            .info(format_args!("+CDNSGIP: 1,\"{name}\",\"{address}\""));
        Some(Ok(Final::Ok))
    }

    fn check_connected(&mut self, slot: usize) -> Option<Done> {
        match self.links[slot].state {
            LinkState::Opening(_) => None,
            LinkState::Connected(_) => {
                // The outcome stands before the final result.
                self.publish(false);
                Some(Ok(Final::Ok))
            }
            LinkState::Idle | LinkState::Closed => Some(
                self.links[slot]
                    .refusal
                    .take()
                    .unwrap_or(Err(Cme::FAILED.into())),
            ),
        }
    }

    fn check_room(&mut self, id: SocketId, at: Instant, now: Instant) -> Option<Done> {
        let limits = &self.config.profile.limits;
        let Some(socket) = self.sockets.get_mut(id).filter(|socket| socket.is_open()) else {
            return Some(Err(Cme::FAILED.into()));
        };
        if now < at {
            return None;
        }
        let length = socket.accept(limits)?;
        self.counters.sent += length as u64;
        self.accepted(id, length, now);
        Some(Ok(Final::Sent))
    }

    fn check_drained(&mut self, slot: usize, now: Instant) -> Option<Done> {
        let link = &self.links[slot];
        if link.connected().is_some() && link.closing != Closing::Unread(0) {
            return None;
        }
        self.publish(false);
        self.close(slot, now);
        Some(Ok(Final::Closed))
    }

    /// The guard ran out: what the command had started is given up.
    fn abandon_wait(&mut self, condition: Condition, now: Instant) {
        match condition {
            Condition::Attached => self.bearer.abandon_attach(),
            Condition::Active(cid) => self.bearer.abandon(cid),
            Condition::BroughtUp => {
                self.bearer.abandon(SERVICE_CONTEXT);
                self.bearer.service = Service::Started;
            }
            // An adapter that counted wrong must not keep the connection from being closed.
            Condition::Drained(slot) => self.close(slot, now),
            Condition::Room(socket, _) => {
                if let Some(ring) = self.sockets.get_mut(socket).and_then(|s| s.payload()) {
                    ring.discard();
                }
            }
            Condition::Resolved => {
                if let Some(query) = self.query.take() {
                    self.sockets.forget(query.socket);
                    self.abort(query.socket);
                    self.event(Event::Failed(Final::Cme(Cme::FAILED), Cause::NotResolved));
                }
            }
            Condition::Elapsed(..) | Condition::Connected(_) => {}
        }
    }
}
