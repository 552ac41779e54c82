//! An application that connects, sends and receives at the same time, closes, and connects again;
//! and what came of it, typed.

mod check;

use std::time::Duration;

use simless_at::Instant;
use simless_driver::{
    Closed, ConnectError, Ended, Event, Host, SendFailed, SendForm, Settings, Target,
};
use simless_module::{Config, Control, SimState, Transport};

use crate::pair::{Pair, seconds};
use check::Fate;

/// How many payloads go each way before the application closes, and how often one does.
pub const ROUNDS: usize = 12;
pub const EVERY: Duration = seconds(5);

/// Bytes of a payload.
pub const LENGTH: usize = 250;

/// The longest a connect may take (H3), with default settings.
pub const TOTAL: Duration = seconds(600);

/// The longest a send or a close may take, its doubts included: four times the longest wait of one.
const LONGEST: Duration = seconds(4 * 130);

/// How long an end is waited for that may have been lost on the line.
const END: Duration = seconds(60);

/// What came of it.
#[derive(Debug, Default)]
pub struct Story {
    pub connects: Vec<Connect>,
    /// Each send: how long it took, and what came of it.
    pub sends: Vec<(Duration, Result<(), SendFailed>)>,
    /// Ends that the application did not want.
    pub ends: Vec<Closed>,
    /// Bytes under `OK` that did not reach the peer, or bytes of the peer that were not read.
    pub missing: usize,
    /// What is not as it was written.
    pub wrong: Vec<String>,
}

/// A connect that ended.
#[derive(Debug)]
pub struct Connect {
    pub took: Duration,
    pub result: Result<(), ConnectError>,
    /// The driver made it anew without being asked.
    pub is_by_itself: bool,
}

/// An application.
pub struct Session {
    pair: Pair,
    over: Transport,
    settings: Settings,
    faults: Vec<String>,
    story: Story,
    /// Since when a connection is being made, and whether anybody asked for it.
    began: (Instant, bool),
    /// A connection stood, and its end was not told yet.
    stood: bool,
    /// What was sent on the connection, and what became of it.
    up: Vec<(Vec<u8>, Fate)>,
    /// What its peer sent.
    down: Vec<Vec<u8>>,
    payloads: u8,
    /// The application wants the connection to end, or its peer ended it.
    is_ending: bool,
    /// Events that were looked at.
    seen: usize,
}

impl Session {
    pub fn new(settings: Settings, config: Config, over: Transport) -> Self {
        let faults = config.scenario.faults.iter();
        let faults = faults.map(|fault| fault.name().into()).collect();
        Self {
            pair: Pair::of(settings.clone(), config),
            over,
            settings,
            faults,
            story: Story::default(),
            began: (Instant::ZERO, true),
            stood: false,
            up: Vec::new(),
            down: Vec::new(),
            payloads: 0,
            is_ending: false,
            seen: 0,
        }
    }

    /// All of it. A connection that ends in the middle is made again; one that can't be made is
    /// tried once more.
    pub fn run(&mut self) -> Story {
        let mut left = ROUNDS;
        while left > 0 && self.connect() {
            while left > 0 && self.stands() {
                left -= usize::from(self.round());
            }
        }
        // What is under way arrives.
        self.pass(EVERY);
        self.close();
        if self.connect() {
            self.round();
            self.peer_ends();
        }
        std::mem::take(&mut self.story)
    }

    /// The same again, after nothing is wrong any more.
    pub fn mended(&mut self) -> Story {
        self.close();
        for fault in std::mem::take(&mut self.faults) {
            self.pair.control(Control::Clear(fault));
        }
        self.pair.control(Control::sim(SimState::Ready));
        self.story = Story::default();
        self.up.clear();
        self.down.clear();
        self.pair.received.clear();
        self.run()
    }

    fn stands(&self) -> bool {
        self.pair.driver.is_connected()
    }

    /// Connects; gives whether it stands.
    fn connect(&mut self) -> bool {
        let host = Host::new("server.example").unwrap();
        let target = match self.over {
            Transport::Tcp => Target::tcp(host, 80),
            Transport::Udp => Target::udp(host, 80),
        };
        // What the last connection left behind.
        self.wait(LONGEST, |session| session.pair.driver.is_idle());
        self.began = (self.pair.now, true);
        let begun = self.pair.driver.connect(target, self.pair.now);
        begun.expect("nothing is under way");
        self.comes_to_its_end()
    }

    /// A connection that is being made stands, or is given up.
    fn comes_to_its_end(&mut self) -> bool {
        let count = self.story.connects.len();
        self.wait(TOTAL, |session| session.story.connects.len() > count);
        self.stands()
    }

    /// The application sends a payload, and so does its peer; then nothing for a while, or of
    /// datagrams the next ones. Gives whether the connection still stood.
    fn round(&mut self) -> bool {
        let began = self.pair.now;
        let payload = self.next_payload();
        self.down.push(payload.clone());
        match self.over {
            Transport::Tcp => self.pair.peer_sends(&payload),
            Transport::Udp => self.pair.peer_sends_datagram(&payload),
        }
        self.look();
        let payload = self.next_payload();
        let count = self.story.sends.len();
        let stands = self.pair.driver.send(&payload, self.pair.now).is_ok();
        if stands {
            self.up.push((payload.clone(), Fate::InDoubt));
            self.pair.payload = payload;
            self.wait(LONGEST, |session| session.story.sends.len() > count);
            if let Some((took, _)) = self.story.sends.last_mut() {
                *took = self.pair.now.since(began);
            }
        }
        if self.over == Transport::Tcp {
            self.pass(EVERY.saturating_sub(self.pair.now.since(began)));
        }
        if !self.began.1 {
            self.comes_to_its_end();
        }
        self.wait(LONGEST, |session| session.pair.driver.is_idle());
        stands
    }

    /// Also one that the driver is making by itself.
    fn close(&mut self) {
        self.is_ending = true;
        self.pair.driver.close(self.pair.now);
        self.wait(LONGEST, |session| session.pair.driver.is_idle());
    }

    /// The other end closes, where it can say so.
    fn peer_ends(&mut self) {
        if self.stands() && self.over == Transport::Tcp {
            self.is_ending = true;
            self.pair.peer_ends();
            self.pass(END);
        }
        // `CLOSED` may be lost on the line.
        self.close();
    }

    /// What looks like answers, and every byte that can be sent; no two are the same.
    fn next_payload(&mut self) -> Vec<u8> {
        self.payloads += 1;
        let mut payload = vec![self.payloads; LENGTH];
        let text = b"\r\nOK\r\n\r\nCLOSED\r\n\r\n> \r\n+IPD:11\r\nAT+CIPCLOSE\r";
        payload[1..=text.len()].copy_from_slice(text);
        for (byte, value) in payload[text.len() + 1..].iter_mut().zip(0..) {
            *byte = self.payloads.wrapping_mul(31).wrapping_add(value);
        }
        if let SendForm::CtrlZ { .. } = self.settings.send_form {
            for byte in payload
                .iter_mut()
                .filter(|byte| matches!(**byte, 0x1A | 0x1B))
            {
                *byte = b'x';
            }
        }
        payload
    }

    fn pass(&mut self, duration: Duration) {
        let until = self.pair.now + duration;
        self.pair.settle();
        self.look();
        while let Some(at) = self.pair.next().filter(|at| *at <= until) {
            self.pair.go_to(at);
            self.look();
        }
        self.pair.now = until;
    }

    /// Until it is so; it must be within this time.
    fn wait(&mut self, most: Duration, is_so: impl Fn(&Self) -> bool) {
        let until = self.pair.now + most;
        self.pair.settle();
        self.look();
        while !is_so(self) {
            let next = self.pair.next().filter(|at| *at <= until);
            let Some(at) = next else {
                panic!("it hangs: {:?}\n{:?}", self.pair.events, self.story);
            };
            self.pair.go_to(at);
            self.look();
        }
    }

    /// What happened since the last look.
    fn look(&mut self) {
        while let Some(&(at, event)) = self.pair.events.get(self.seen) {
            self.seen += 1;
            match event {
                Event::Connected => self.connected(at, Ok(())),
                Event::Failed(error) => self.connected(at, Err(error)),
                Event::Sent(_) => self.sent(Ok(())),
                Event::SendFailed(failed) => self.sent(Err(failed)),
                Event::Closed(closed) => self.closed(at, closed),
                _ => {}
            }
        }
    }

    fn connected(&mut self, at: Instant, result: Result<(), ConnectError>) {
        let (since, is_asked) = self.began;
        self.story.connects.push(Connect {
            took: at.since(since),
            result,
            is_by_itself: !is_asked,
        });
        self.began.1 = true;
        self.stood = result.is_ok();
        self.is_ending = false;
    }

    fn sent(&mut self, result: Result<(), SendFailed>) {
        self.story.sends.push((Duration::ZERO, result));
        if let Some((_, fate)) = self.up.last_mut() {
            *fate = match result {
                Ok(()) => Fate::Accepted,
                Err(failed) if failed.in_doubt > 0 => Fate::InDoubt,
                Err(_) => Fate::Refused,
            };
        }
    }

    /// A connection is over.
    fn closed(&mut self, at: Instant, closed: Closed) {
        if !std::mem::take(&mut self.stood) {
            // It was still being made.
            return;
        }
        let is_wanted = self.is_ending && matches!(closed.how, Ended::ByUs | Ended::ByPeer);
        if !is_wanted {
            self.story.ends.push(closed);
        }
        if closed.how == Ended::Rebooted {
            self.began = (at, false);
        }
        let peer = self.pair.net.peers.values().next_back();
        let got = peer.map(|peer| peer.got.clone()).unwrap_or_default();
        let read = std::mem::take(&mut self.pair.received);
        let up = std::mem::take(&mut self.up);
        let down = std::mem::take(&mut self.down);
        let accepted = up.iter().filter(|(_, fate)| *fate == Fate::Accepted);
        let accepted = (accepted.count() * LENGTH) as u64;
        // Whatever a line does: it is what was under `OK` (H15).
        assert_eq!(closed.accepted, accepted, "{:?}", self.story);
        match self.over {
            Transport::Tcp => {
                self.check_up(&up, &got, !is_wanted);
                self.check_down(&down.concat(), &read);
            }
            Transport::Udp => {
                let up: Vec<_> = up.into_iter().map(|(payload, _)| payload).collect();
                self.check_datagrams(&up, &got);
                self.check_datagrams(&down, &read);
            }
        }
    }
}
