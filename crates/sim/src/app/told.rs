//! What the application is told: the driver's events, beside what it knows itself.

use simless_driver::{Closed, Ended, Event, Failure, SendFailure, Step};

use crate::oracle::{Fate, Listener};
use crate::world::World;

use super::Phase;

impl World {
    /// Something of the driver's happened.
    pub(crate) fn happened(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected(),
            Event::Failed(_) => {
                self.commands.fail();
                if !matches!(self.app.phase, Phase::Connecting(..) | Phase::Closing(_)) {
                    self.find(("H3", "failed, and nothing was being made".into()));
                }
                self.app.phase = Phase::Idle(self.now);
                self.app.unbind();
            }
            Event::Closed(closed) => self.closed(closed),
            Event::Sent(length) => {
                self.tally.sends += 1;
                self.app.accepted += u64::from(length);
                self.sent(usize::from(length), Fate::Accepted);
            }
            Event::SendFailed(failed) => {
                self.commands.fail();
                if failed.kind == SendFailure::Silent {
                    self.is_silent();
                }
                if failed.accepted != self.app.accepted {
                    let seen = format!("{} accepted, and it says {failed}", self.app.accepted);
                    self.find(("H15", seen));
                }
                let fate = match failed.in_doubt {
                    0 => Fate::Refused,
                    _ => Fate::InDoubt,
                };
                self.sent(self.app.payload.len(), fate);
            }
            Event::StepBegan(Step::Connect) => {
                self.app.early.clear();
                self.attempt_begins();
            }
            Event::StepEnded(Step::Connect, Err(Failure::NoResponse), _) => self.attempt_is_over(),
            Event::StepEnded(step, Err(Failure::Silent), took) => {
                if step == Step::Connect {
                    self.attempt_is_over();
                }
                if let Some(finding) = self.commands.gave_up(step, took) {
                    self.find_if_trusted(finding);
                }
            }
            Event::StepEnded(_, Err(Failure::NotRegistered(_)), _) => self.commands.excuse(),
            // Its state showed it.
            Event::StepEnded(_, Err(Failure::State(_)), _) => self.commands.fail(),
            Event::Rebooted => {
                self.commands.fail();
                self.attempts_are_forgotten();
            }
            Event::Resolved(Some(address)) => {
                let told = self.net.told.map(|(_, address)| address);
                if told != Some(address) {
                    let seen = format!("resolved as {address}, and the look-up said {told:?}");
                    self.find_if_trusted(("H7", seen));
                }
            }
            _ => {}
        }
    }

    fn sent(&mut self, length: usize, fate: Fate) {
        if self.app.sending.take().is_none() || length != self.app.payload.len() {
            return self.find(("H15", format!("{length} bytes ended that nobody sent")));
        }
        self.app.payload.clear();
        self.app.has_abandoned = false;
        let is_udp = self.app.is_udp;
        let Some(peer) = self.app.bound.and_then(|id| self.net.peer(id)) else {
            return;
        };
        if !is_udp && !peer.up.ends(fate) {
            self.find_if_trusted(("L2", "a payload that was refused came to the peer".into()));
        }
    }

    /// The module is taken for silent: it must be, and not deliver what stands before its answer.
    fn is_silent(&mut self) {
        let given = self.app.given.map(|at| self.now.since(at));
        if let Some(since) = given.filter(|since| *since < self.plan.patience().answer) {
            let seen = format!("silent, and it delivered data {since:?} ago");
            self.find_if_trusted(("H9", seen));
        }
    }

    fn connected(&mut self) {
        self.tally.connections += 1;
        self.commands.connected();
        self.attempts_are_forgotten();
        self.listener.states.connected();
        if !self.is_trusted && !self.faults.garbles(self.now) {
            self.is_trusted = true;
            self.commands = Default::default();
            self.listener = Listener::connected();
        }
        let is_closing = matches!(self.app.phase, Phase::Closing(_));
        if let Phase::Idle(_) | Phase::Connected = self.app.phase {
            return self.find(("H3", "connected, and nothing was being made".into()));
        }
        if !is_closing {
            self.app.phase = Phase::Connected;
        }
        self.app.unbind();
        self.app.accepted = 0;
        self.app.read = 0;
        let port = self.app.port;
        let newest = self
            .net
            .peers
            .iter_mut()
            .rev()
            .find(|peer| peer.address.port() == port && peer.has_stood);
        match newest {
            Some(peer) => {
                peer.is_trusted = self.is_trusted;
                self.app.salt = peer.salt;
                self.app.bound = Some(peer.id);
                let early = std::mem::take(&mut self.app.early);
                if let Some(finding) = self.app.reads_of(&early) {
                    self.find_if_trusted(finding);
                }
            }
            None => self.find_if_trusted(("H7", "connected, and no server knows of it".into())),
        }
    }

    fn closed(&mut self, closed: Closed) {
        self.commands.fail();
        if closed.accepted != self.app.accepted && self.app.phase == Phase::Connected {
            let seen = format!(
                "{} accepted, and it says {}",
                self.app.accepted, closed.accepted
            );
            self.find(("H15", seen));
        }
        if let Phase::Idle(_) = self.app.phase {
            return self.find(("P28", "closed, and no connection stood".into()));
        }
        match closed.how {
            Ended::ByPeer => self.all_was_read(),
            Ended::Silent => self.is_silent(),
            Ended::Garbled | Ended::ByUs | Ended::Rebooted => {}
        }
        self.app.unbind();
        self.app.accepted = 0;
        let is_wanted = closed.how == Ended::Rebooted && self.app.phase == Phase::Connected;
        self.app.phase = match is_wanted {
            // The driver makes it anew.
            true => Phase::Connecting(self.now, self.app.held),
            false => Phase::Idle(self.now),
        };
    }
}
