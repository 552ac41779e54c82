//! The fake network: names, connections and their servers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use simless_at::Instant;
use simless_module::{Chance, SocketEvent, SocketId};

use crate::modem::Ask;
use crate::oracle::Road;
use crate::peer::{Peer, Stage};
use crate::tape::Tape;
use crate::world::{Happens, World};

/// The network behind the module.
pub(crate) struct Net {
    pub(crate) peers: Vec<Peer>,
    /// What may happen to datagrams.
    pub(crate) road: Road,
    /// What becomes of the next attempts, until then.
    pub(crate) connects: Option<(Outcome, Instant)>,
    pub(crate) names: Option<(Outcome, Instant)>,
    /// Where the name leads until then: each look-up to the next one.
    pub(crate) leads: Option<(&'static [IpAddr], Instant)>,
    look_ups: usize,
    /// What the last look-up was told, and which one that was.
    pub(crate) told: Option<(SocketId, IpAddr)>,
    /// New connections are broken until then.
    pub(crate) breaks: Instant,
    /// Servers end their connections when the module begins to close them, until then.
    pub(crate) ends_under_a_close: Instant,
    chance: Chance,
    up: &'static Tape,
}

/// Where the server is that everybody knows.
pub(crate) const SERVER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
/// Others of its name.
pub(crate) const SECOND: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 8));
pub(crate) const THIRD: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 7));
/// Where nobody listens any more.
pub(crate) const LEFT: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 9));
/// Where the policy lets nobody go (P39).
pub(crate) const DENIED: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 7));

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stands,
    Refused,
    Unreachable,
    NoSocket,
    /// It stands, and is reset at once.
    Reset,
    /// No answer ever comes.
    Nothing,
    /// It stands so much later.
    Late(Duration),
}

impl Net {
    pub(crate) fn new(seed: u64, up: &'static Tape) -> Self {
        Self {
            peers: Vec::new(),
            road: Road {
                doubles: false,
                reorders: false,
            },
            connects: None,
            names: None,
            leads: None,
            look_ups: 0,
            told: None,
            breaks: Instant::ZERO,
            ends_under_a_close: Instant::ZERO,
            chance: Chance::of(seed, "servers"),
            up,
        }
    }

    pub(crate) fn peer(&mut self, id: SocketId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == id)
    }

    /// The newest connection that stands.
    pub(crate) fn standing(&mut self) -> Option<&mut Peer> {
        self.peers.iter_mut().rev().find(|peer| peer.stands())
    }

    /// From now on completeness can't be asked of what is there, nor of what comes until then.
    pub(crate) fn break_all(&mut self, until: Instant) {
        for peer in &mut self.peers {
            peer.is_broken = true;
        }
        self.breaks = self.breaks.max(until);
    }

    /// All is well from now on.
    pub(crate) fn mend(&mut self) {
        self.connects = None;
        self.names = None;
        self.leads = None;
        self.breaks = Instant::ZERO;
        self.ends_under_a_close = Instant::ZERO;
        for peer in &mut self.peers {
            peer.stalls = None;
            peer.piece = usize::MAX;
        }
    }

    /// Where the name leads this time.
    fn look_up(&mut self, id: SocketId, now: Instant) -> IpAddr {
        self.look_ups += 1;
        let address = match self.leads {
            Some((addresses, until)) if now < until => addresses[self.look_ups % addresses.len()],
            _ => SERVER,
        };
        self.told = Some((id, address));
        address
    }

    fn outcome(fault: Option<(Outcome, Instant)>, now: Instant) -> Outcome {
        match fault {
            Some((outcome, until)) if now < until => outcome,
            _ => Outcome::Stands,
        }
    }
}

impl World {
    /// Does what the module asks for, and moves bytes; gives whether anything happened.
    pub(crate) fn serve_network(&mut self) -> bool {
        let mut moved = false;
        while let Some(ask) = self.module.next_ask() {
            self.answer(ask);
            moved = true;
        }
        for index in 0..self.net.peers.len() {
            let (road, now) = (self.net.road, self.now);
            match self.net.peers[index].serve(&mut self.module, road, now) {
                Ok((has_moved, bytes)) => {
                    moved |= has_moved;
                    self.tally.bytes += bytes;
                }
                Err(finding) => {
                    let peer = &self.net.peers[index];
                    let id = peer.id;
                    if peer.is_trusted {
                        self.find(finding);
                    }
                    let n = self.module.socket_output(id).len();
                    self.module.socket_written(id, n, now);
                }
            }
        }
        moved
    }

    fn answer(&mut self, ask: Ask) {
        let now = self.now;
        match ask {
            Ask::Resolve(id) => match Net::outcome(self.net.names, now) {
                Outcome::Late(delay) => self.agenda.plan(now + delay, Happens::Resolved(id, true)),
                Outcome::Nothing => {}
                outcome => {
                    let is_known = outcome == Outcome::Stands;
                    self.agenda.plan(now, Happens::Resolved(id, is_known));
                }
            },
            Ask::Connect(id, is_udp, address) => {
                self.went_where_it_leads(id, address.ip());
                let mut peer = Peer::new(id, address, is_udp, self.net.up);
                peer.echoes = self.net.chance.below(4) > 0;
                peer.is_broken = now < self.net.breaks;
                peer.is_trusted = self.is_trusted;
                self.net.peers.push(peer);
                let fastest = Duration::from_millis(self.net.chance.below(200));
                let delay = match Net::outcome(self.net.connects, now) {
                    Outcome::Late(delay) => delay,
                    Outcome::Nothing => return,
                    _ => fastest,
                };
                self.agenda.plan(now + delay, Happens::Connects(id));
            }
            Ask::Count(id) => {
                if now < self.net.ends_under_a_close {
                    self.ends_under_a_close(id);
                }
                let unread = self.net.peer(id).map_or(0, |peer| peer.wants - peer.sent);
                let unread = usize::try_from(unread).unwrap_or(usize::MAX);
                self.module
                    .handle_socket(id, SocketEvent::Unread(unread), now);
            }
            Ask::Shutdown(id) => self.shut(id),
            Ask::Abort(id) => {
                if let Some(peer) = self.net.peer(id) {
                    peer.stage = Stage::Gone;
                }
            }
        }
    }

    /// An attempt goes where its look-up led, or to the address that was asked for.
    fn went_where_it_leads(&mut self, id: SocketId, address: IpAddr) {
        let known = self.net.told.filter(|(of, _)| *of == id);
        let expected = known.map_or(SERVER, |(_, address)| address);
        if address != expected {
            let seen = format!("socket {id} goes to {address} instead of {expected}");
            self.find_if_trusted(("G4.10", seen));
        }
    }

    /// The module sent its FIN: everything it accepted is there (L1, L4).
    fn shut(&mut self, id: SocketId) {
        let now = self.now;
        let Some(peer) = self.net.peer(id) else {
            return;
        };
        peer.stage = Stage::Shut;
        let is_whole = peer.is_udp || !peer.is_trusted || peer.is_broken || peer.up.is_complete();
        if !is_whole {
            let accepted = peer.up.accepted;
            let seen = format!("FIN of socket {id}, and not all of {accepted} accepted bytes came");
            self.find(("L4", seen));
        }
        let delay = Duration::from_millis(self.net.chance.below(300));
        self.agenda.plan(now + delay, Happens::Ends(id));
    }

    /// A server ends its connection, or breaks it where bytes are still to come.
    fn ends_under_a_close(&mut self, id: SocketId) {
        let Some(peer) = self.net.peer(id).filter(|peer| peer.may_end()) else {
            return;
        };
        if peer.sent == peer.wants {
            peer.has_ended = true;
            self.module.handle_socket(id, SocketEvent::Ended, self.now);
        } else {
            self.reset(id);
        }
    }

    /// A server's own FIN answers the module's.
    pub(crate) fn ends(&mut self, id: SocketId) {
        if let Some(peer) = self.net.peer(id).filter(|peer| peer.stage == Stage::Shut) {
            peer.stage = Stage::Gone;
            self.module.handle_socket(id, SocketEvent::Ended, self.now);
        }
    }

    pub(crate) fn resolved(&mut self, id: SocketId, is_known: bool) {
        let event = match is_known {
            true => SocketEvent::Resolved(self.net.look_up(id, self.now)),
            false => SocketEvent::Unresolved,
        };
        self.module.handle_socket(id, event, self.now);
    }

    /// An attempt comes to its end.
    pub(crate) fn connects(&mut self, id: SocketId) {
        let now = self.now;
        let outcome = Net::outcome(self.net.connects, now);
        let Some(peer) = self
            .net
            .peer(id)
            .filter(|peer| peer.stage == Stage::Opening)
        else {
            return;
        };
        let event = match outcome {
            // Before anything else: it is not even tried.
            _ if peer.address.ip() == DENIED => SocketEvent::Denied,
            _ if peer.address.ip() == LEFT => SocketEvent::Refused,
            Outcome::Refused => SocketEvent::Refused,
            Outcome::Unreachable => SocketEvent::Unreachable,
            Outcome::NoSocket => SocketEvent::NoSocket,
            _ => SocketEvent::Connected,
        };
        peer.stage = match event {
            SocketEvent::Connected => Stage::Standing,
            _ => Stage::Gone,
        };
        peer.has_stood = peer.stands();
        self.module.handle_socket(id, event, now);
        if outcome == Outcome::Reset && event == SocketEvent::Connected {
            self.reset(id);
        }
    }

    /// A server resets its connection.
    pub(crate) fn reset(&mut self, id: SocketId) {
        if let Some(peer) = self.net.peer(id).filter(|peer| !peer.is_udp) {
            peer.is_broken = true;
            peer.stage = Stage::Gone;
            self.module.handle_socket(id, SocketEvent::Reset, self.now);
        }
    }

    /// Connections that nobody knows any more are forgotten.
    pub(crate) fn tidy(&mut self) {
        let bound = self.app.bound;
        let surplus = self.net.peers.len().saturating_sub(4);
        if surplus > 0 {
            let mut left = surplus;
            self.net.peers.retain(|peer| {
                let goes = left > 0 && peer.stage == Stage::Gone && Some(peer.id) != bound;
                left -= usize::from(goes);
                !goes
            });
        }
    }
}
