//! Everything a command can touch: the mobile equipment without its command line.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;

use simless_at::{Cme, Dialect, Domain, Final, Instant, IpState, Registration, Urc};

use crate::backlog::{Backlog, Waiting};
use crate::bearer::Bearer;
use crate::link::{self, Link};
use crate::reply::Reply;
use crate::settings::Settings;
use crate::sockets::Sockets;
use crate::{
    Cause, Config, Counters, Dropped, Event, Network, Profile, SimState, SocketId, Transport,
};

/// Events that wait for an observer; one that does not look misses the newest.
const EVENT_LIMIT: usize = 64;
/// Datagrams that wait for the DTE, however small: each costs a mark and a header.
const DATAGRAM_LIMIT: usize = 256;

pub(crate) struct Equipment {
    pub(crate) config: Arc<Config>,
    pub(crate) network: Network,
    pub(crate) settings: Settings,
    /// What `AT&W` kept.
    pub(crate) saved: Settings,
    pub(crate) pin_tries: u8,
    pub(crate) radio: Radio,
    pub(crate) bearer: Bearer,
    pub(crate) links: Vec<Link>,
    pub(crate) sockets: Sockets,
    pub(crate) reply: Reply,
    pub(crate) backlog: Backlog,
    pub(crate) query: Option<Query>,
    pub(crate) asks: VecDeque<Ask>,
    pub(crate) counters: Counters,
    /// `AT+CFUN=1,1`: the module restarts when the line is done.
    pub(crate) wants_restart: bool,
    events: VecDeque<Event>,
    reported_state: IpState,
    reported_registration: Registration,
}

/// A request to the adapter, before it is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Resolve(SocketId),
    Connect(SocketId, Transport, core::net::SocketAddr),
    CountUnread(SocketId),
    Shutdown(SocketId),
    Abort(SocketId),
}

/// `AT+CDNSGIP`: a look-up, and its answer when it came.
pub(crate) struct Query {
    pub(crate) socket: SocketId,
    pub(crate) name: String,
    pub(crate) answer: Option<Option<IpAddr>>,
}

/// What the radio does (`AT+CFUN`, `AT+COPS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Radio {
    /// `AT+CFUN`: 0 minimum, 1 full, 4 flight mode.
    pub(crate) functionality: u8,
    /// `AT+COPS`: 0 automatic, 1 manual, 2 deregistered.
    pub(crate) operator_mode: u8,
    /// `AT+COPS=3`: 0 and 1 names, 2 numeric.
    pub(crate) operator_format: u8,
}

/// Why a command failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: Cme,
    pub(crate) cause: Option<Cause>,
}

impl From<Cme> for Failure {
    fn from(code: Cme) -> Self {
        Self { code, cause: None }
    }
}

impl From<Cause> for Failure {
    /// The generic failure, whose cause only an observer learns (guide G9.2).
    fn from(cause: Cause) -> Self {
        Self {
            code: Cme::FAILED,
            cause: Some(cause),
        }
    }
}

impl Equipment {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        let settings = Settings::of(&config.profile);
        let mut equipment = Self {
            network: config.network,
            settings,
            saved: settings,
            pin_tries: 0,
            radio: Radio {
                functionality: 1,
                operator_mode: 0,
                operator_format: 2,
            },
            bearer: Bearer::new(),
            links: (0..config.profile.limits.links)
                .map(|_| Link::new())
                .collect(),
            sockets: Sockets::new(),
            reply: Reply::new(),
            backlog: Backlog::new(),
            query: None,
            asks: VecDeque::new(),
            counters: Counters::default(),
            wants_restart: false,
            events: VecDeque::new(),
            reported_state: IpState::Initial,
            reported_registration: Registration::IDLE,
            config,
        };
        equipment.reported_registration = equipment.registration();
        equipment
    }

    /// What outlives a restart: the settings that were kept, the world outside, and what observers
    /// were told. The sockets do not.
    pub(crate) fn carry_over(&mut self, mut old: Self, keeps_output: bool) {
        self.network = old.network;
        self.saved = old.saved;
        self.settings = old.saved;
        self.counters = old.counters;
        self.reported_state = old.reported_state;
        self.reported_registration = self.registration();
        self.sockets.continue_after(&old.sockets);
        self.asks = core::mem::take(&mut old.asks);
        self.asks.retain(|ask| matches!(ask, Ask::Abort(_)));
        self.asks.extend(old.sockets.ids().map(Ask::Abort));
        self.events = core::mem::take(&mut old.events);
        if keeps_output {
            for (link, old) in self.links.iter_mut().zip(&mut old.links) {
                link.received = old.received.take();
            }
            self.reply = old.reply;
        }
    }

    /// Lets network, attempts and closed sockets move on; gives whether anything did.
    pub(crate) fn advance(&mut self, now: Instant) -> bool {
        let mut moved = self.bearer.advance(now, &self.network, &self.config.timing);
        for slot in 0..self.links.len() {
            moved |= self.advance_link(slot, now);
        }
        moved | self.expire_sockets(now)
    }

    /// The link of a connection or an attempt.
    pub(crate) fn slot_of(&self, id: SocketId) -> Option<usize> {
        let is_its = |link: &Link| link.socket() == Some(id) || link.late == Some(id);
        self.links.iter().position(is_its)
    }

    /// The name an attempt or a query wants looked up.
    pub(crate) fn name_of(&self, id: SocketId) -> Option<&str> {
        if let Some(query) = self.query.as_ref().filter(|query| query.socket == id) {
            return Some(&query.name);
        }
        let link = &self.links[self.slot_of(id)?];
        link.target.as_ref().map(|target| target.host.as_str())
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.config.profile
    }

    pub(crate) fn dialect(&self) -> &Dialect {
        &self.config.profile.dialect
    }

    /// The state of the service, in the guide's words. With several links, the first one's.
    pub(crate) fn ip_state(&self) -> IpState {
        link::ip_state(&self.bearer, &self.links[0])
    }

    /// How the module is registered: what the network says, when SIM and radio allow it.
    pub(crate) fn registration(&self) -> Registration {
        let may_register = self.network.sim == SimState::Ready
            && self.radio.functionality == 1
            && self.radio.operator_mode != 2;
        if may_register {
            self.network.registration
        } else {
            Registration::IDLE
        }
    }

    /// What keeps the module from attaching, if anything does.
    pub(crate) fn obstacle(&self) -> Option<(Cme, Cause)> {
        match self.network.sim {
            SimState::Absent => Some((Cme::NO_SIM, Cause::SimNotReady)),
            SimState::Pin => Some((Cme::PIN_REQUIRED, Cause::SimNotReady)),
            SimState::Puk => Some((Cme::PUK_REQUIRED, Cause::SimNotReady)),
            SimState::Ready if self.registration().is_registered() => None,
            SimState::Ready => Some((Cme::NO_NETWORK, Cause::NotRegistered)),
        }
    }

    pub(crate) fn urc(&mut self, urc: Urc) {
        if self.backlog.push_urc(urc, self.config.profile.limits.urcs) {
            self.counters.dropped_urcs += 1;
            self.event(Event::Dropped(Dropped::Urc));
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        if self.events.len() < EVENT_LIMIT {
            self.events.push_back(event);
        }
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(crate) fn final_result(&mut self, result: Final) {
        let Self {
            reply,
            config,
            settings,
            ..
        } = self;
        reply.final_result(result, &config.profile.dialect, settings);
    }

    /// Notices what changed and says it: the state to observers, the registration to the DTE.
    pub(crate) fn report_changes(&mut self) {
        let registration = self.registration();
        if registration != self.reported_registration {
            self.reported_registration = registration;
            if !registration.is_registered() && self.bearer.attachment_exists() {
                self.detach(Some(Cause::NotRegistered));
            }
            self.report_registration(registration);
        }
        let state = self.ip_state();
        if state != self.reported_state {
            self.reported_state = state;
            self.event(Event::State(state));
        }
    }

    fn report_registration(&mut self, registration: Registration) {
        let cell = registration.is_registered().then_some(self.network.cell);
        let reports = [
            (Domain::CircuitSwitched, self.settings.registration_reports),
            (
                Domain::PacketSwitched,
                self.settings.packet_registration_reports,
            ),
        ];
        for (domain, n) in reports {
            match n {
                0 => {}
                1 => self.urc(Urc::Registration(domain, registration, None)),
                _ => self.urc(Urc::Registration(domain, registration, cell)),
            }
        }
    }

    /// Bytes were read into a link's ring: they wait for their moment.
    pub(crate) fn received(&mut self, slot: usize, n: usize) {
        self.counters.received += n as u64;
        self.backlog.push_stream(slot, n);
    }

    /// A datagram is one block, or it is dropped whole (guide G6.5).
    pub(crate) fn received_datagram(&mut self, slot: usize, datagram: &[u8]) {
        let limits = self.config.profile.limits;
        let is_welcome = !datagram.is_empty() && datagram.len() <= limits.datagram;
        let found_room = is_welcome
            && self.links[slot]
                .received
                .as_ref()
                .is_some_and(|ring| ring.len() + datagram.len() <= limits.received)
            && self
                .backlog
                .push_datagram(slot, datagram.len(), DATAGRAM_LIMIT);
        if !found_room {
            self.counters.dropped_datagrams += 1;
            self.event(Event::Dropped(Dropped::Datagram));
            return;
        }
        self.counters.received += datagram.len() as u64;
        if let Some(ring) = &mut self.links[slot].received {
            ring.push(datagram);
        }
    }

    /// Prints what waits. `limited`: only as far as the DTE keeps reading.
    pub(crate) fn publish(&mut self, limited: bool) {
        while !limited || self.reply.has_room() {
            let profile = &self.config.profile;
            match self.backlog.pop(profile.limits.block) {
                Some(Waiting::Urc(_)) if self.settings.quiet => {}
                Some(Waiting::Urc(urc)) => self.reply.urc(&urc, &profile.dialect),
                Some(Waiting::Data { slot, length, .. }) => {
                    self.reply
                        .block(slot, length, self.settings.headers, &profile.dialect);
                }
                None => break,
            }
        }
    }
}
