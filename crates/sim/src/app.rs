//! The application: it connects, sends about every ten seconds, reads as it likes, closes, and
//! connects again.

mod last;
mod streams;

use std::time::Duration;

use simless_at::Instant;
use simless_driver::{
    BusyError, Closed, Ended, Event, Failure, Host, SendError, SendFailure, SendForm, Step, Target,
};
use simless_module::{Chance, SocketId};

use crate::oracle::{Fate, HEADER, Reader};
use crate::world::{Happens, World};

pub(crate) use last::Last;

/// The application.
pub(crate) struct App {
    pub(crate) chance: Chance,
    pub(crate) phase: Phase,
    /// The server's end of the connection.
    pub(crate) bound: Option<SocketId>,
    is_udp: bool,
    port: u16,
    /// The payload of the send under way.
    pub(crate) payload: Vec<u8>,
    /// It gave it up: it is no longer there.
    pub(crate) has_abandoned: bool,
    sending: Option<Instant>,
    /// Bytes under OK on this connection.
    accepted: u64,
    /// Bytes read on this connection, and where they stand on the tape.
    pub(crate) read: u64,
    salt: u64,
    datagram: Vec<u8>,
    /// What was read before the connection was known to stand.
    early: Vec<u8>,
    /// The datagram was read to its end.
    is_whole: bool,
    /// It reads so many bytes at once, and then nothing for a while.
    pub(crate) chunk: usize,
    pub(crate) pause: Duration,
    /// It has data in its hands.
    pub(crate) holds: bool,
    /// It took data, and the driver has not been told.
    pub(crate) has_read: bool,
    /// How long it had, in all.
    held: Duration,
    /// When it was given data last.
    given: Option<Instant>,
    pub(crate) last: Last,
}

/// What the application is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It has no connection; the driver took none since then.
    Idle(Instant),
    /// A connection is being made; then, and how long data had been held.
    Connecting(Instant, Duration),
    Connected,
    /// It said close.
    Closing(Instant),
}

/// How long the driver may refuse a connect: a line that is noisy, a data entry that must end by
/// itself, a close and its doubts.
const LONGEST_BUSY: Duration = Duration::from_secs(300);

/// How long a close may take: a send that comes to its end first, and its doubts.
const LONGEST_CLOSE: Duration = Duration::from_secs(600);

impl App {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::of(seed, "application"),
            phase: Phase::Idle(Instant::ZERO),
            bound: None,
            is_udp: false,
            port: 1000,
            payload: Vec::new(),
            has_abandoned: false,
            sending: None,
            accepted: 0,
            read: 0,
            salt: 0,
            datagram: Vec::new(),
            early: Vec::new(),
            is_whole: false,
            chunk: usize::MAX,
            pause: Duration::ZERO,
            holds: false,
            has_read: false,
            held: Duration::ZERO,
            given: None,
            last: Last::No,
        }
    }

    pub(crate) fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    pub(crate) fn lets_go(&mut self) {
        self.holds = false;
        self.has_read = true;
    }

    /// It is a new one: the host started again.
    pub(crate) fn restart(&mut self, now: Instant) {
        self.phase = Phase::Idle(now);
        self.unbind();
        self.holds = false;
        self.has_read = false;
    }

    fn unbind(&mut self) {
        self.bound = None;
        self.sending = None;
        self.has_abandoned = false;
        self.payload.clear();
        self.datagram.clear();
    }

    fn seconds(&mut self, range: std::ops::RangeInclusive<u64>) -> Duration {
        let millis = range.start() * 1000..=range.end() * 1000;
        Duration::from_millis(self.chance.within(millis))
    }

    /// Few are long.
    fn length(&mut self) -> usize {
        let most = [32, 64, 64, 256, 256, 512, 1024, 1460][self.chance.below(8) as usize];
        self.chance.within(HEADER as u64..=most) as usize
    }
}

impl World {
    /// The application's turn.
    pub(crate) fn act(&mut self) {
        self.watch_deadlines();
        self.watch_buffers();
        let next = match self.app.last {
            Last::No => self.act_as_it_likes(),
            _ => self.act_last(),
        };
        self.agenda.plan(self.now + next, Happens::App);
    }

    /// Gives how long it then does nothing.
    fn act_as_it_likes(&mut self) -> Duration {
        let now = self.now;
        match self.app.phase {
            Phase::Idle(_) => {
                let is_udp = self.app.chance.below(4) == 0;
                let by_name = self.app.chance.below(2) == 0;
                self.connect(is_udp, by_name);
                self.app.seconds(1..=30)
            }
            Phase::Connecting(..) => {
                if self.app.chance.below(60) == 0 {
                    self.close();
                }
                self.app.seconds(1..=15)
            }
            Phase::Closing(_) => self.app.seconds(1..=15),
            Phase::Connected => {
                match self.app.chance.below(100) {
                    _ if self.app.holds || !self.driver.is_idle() => {
                        if self.app.chance.below(20) == 0 {
                            self.close();
                        }
                    }
                    0..3 => {
                        let name = host("server.example");
                        let _ = self.driver.resolve(&name, now);
                    }
                    3..5 => self.close(),
                    5..7 => self.send_what_is_refused(),
                    _ => {
                        let length = self.app.length();
                        self.send(length);
                    }
                }
                self.app.seconds(5..=15)
            }
        }
    }

    pub(crate) fn connect(&mut self, is_udp: bool, by_name: bool) {
        let now = self.now;
        self.app.port = self.app.port.wrapping_add(1).max(1000);
        let host = match by_name {
            true => host("server.example"),
            false => host("198.51.100.7"),
        };
        let target = match is_udp {
            true => Target::udp(host, self.app.port),
            false => Target::tcp(host, self.app.port),
        };
        match self.driver.connect(target, now) {
            Ok(()) => {
                self.app.is_udp = is_udp;
                self.app.phase = Phase::Connecting(now, self.app.held);
            }
            Err(BusyError::Busy) => {}
            Err(error) => self.find(("H3", format!("connect is refused: {error}"))),
        }
    }

    pub(crate) fn close(&mut self) {
        self.commands.fail();
        self.app.phase = match self.app.phase {
            Phase::Idle(since) => Phase::Idle(since),
            Phase::Closing(since) => Phase::Closing(since),
            _ => Phase::Closing(self.now),
        };
        self.driver.close(self.now);
    }

    pub(crate) fn send(&mut self, length: usize) {
        let Some(id) = self.app.bound else {
            return;
        };
        let is_udp = self.app.is_udp;
        let Some(peer) = self.net.peer(id) else {
            return;
        };
        self.app.payload.clear();
        match is_udp {
            true => self.app.payload = peer.up_datagrams.next(length),
            false => self.app.payload.extend(peer.up.payload(length)),
        }
        match self.driver.send(&self.app.payload, self.now) {
            Ok(()) => self.app.sending = Some(self.now),
            Err(error) => self.find(("H17", format!("a payload is refused: {error}"))),
        }
    }

    /// Gives the send under way up, whose payload is gone then.
    pub(crate) fn abandon(&mut self) {
        if self.app.is_sending() {
            self.app.has_abandoned = true;
            self.commands.fail();
            self.driver.abandon_send(self.now);
        }
    }

    /// What can't be sent is refused before a byte of it is (H17).
    fn send_what_is_refused(&mut self) {
        let now = self.now;
        let mut tries: Vec<(&[u8], SendError)> = vec![
            (&[], SendError::Empty),
            (&[0; 1461], SendError::TooLong(1460)),
        ];
        if let SendForm::CtrlZ { .. } = self.plan.send_form {
            tries.push((b"a\x1ab", SendError::Unsendable(1)));
            tries.push((b"\x1b", SendError::Unsendable(0)));
        }
        for (payload, error) in tries {
            let found = self.driver.send(payload, now);
            if found != Err(error) || !self.driver.uart_output(&[]).is_empty() {
                self.find(("H17", format!("not refused with {error}: {found:?}")));
            }
        }
    }

    pub(crate) fn plan_reading(&mut self) {
        self.app.held += self.app.pause;
        self.agenda.plan(self.now + self.app.pause, Happens::Read);
    }

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
            Event::StepEnded(Step::Connect, Err(Failure::Rebooted), _) => {
                // The module connects all the same, and what comes then has no headers.
                self.distrust();
            }
            // Its state showed it.
            Event::StepEnded(_, Err(Failure::State(_)), _) => self.commands.fail(),
            Event::Rebooted => {
                self.commands.fail();
                self.attempts_are_forgotten();
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
        if !self.is_trusted && !self.faults.garbles(self.now) {
            self.is_trusted = true;
            self.commands = Default::default();
            self.reader = Reader::connected();
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
            .find(|peer| peer.port == port && peer.has_stood);
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

    /// Everything ends in its time (H3).
    fn watch_deadlines(&mut self) {
        let now = self.now;
        let patience = self.plan.patience();
        let (since, most, what) = match self.app.phase {
            Phase::Connecting(since, held) => {
                let most = patience.total + (self.app.held - held);
                (since, most, "a connect")
            }
            Phase::Closing(since) => (since, LONGEST_CLOSE + self.app.held, "a close"),
            Phase::Idle(since) => (since, LONGEST_BUSY, "a driver that is busy"),
            Phase::Connected => match self.app.sending {
                Some(since) => (since, 4 * patience.send + self.app.held, "a send"),
                None => return,
            },
        };
        if now.since(since) > most {
            self.find((
                "H3",
                format!("{what} since {} s", now.since(since).as_secs()),
            ));
        }
    }
}

/// A host whose name is well-formed.
fn host(name: &str) -> Host {
    Host::new(name).unwrap_or_else(|_| unreachable!("{name}"))
}
