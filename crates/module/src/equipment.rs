//! Everything a command can touch: the mobile equipment without its command line.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::net::IpAddr;

use simless_at::{Cme, Dialect, Final, Instant, IpState, Registration, Urc};

use crate::backlog::Backlog;
use crate::bearer::Bearer;
use crate::fault::Faults;
use crate::happen::Restart;
use crate::link::{self, Link};
use crate::reply::Reply;
use crate::scenario::Cast;
use crate::settings::Settings;
use crate::sockets::Sockets;
use crate::{
    Cause, Config, Counters, Dropped, Event, Network, Profile, SimState, SocketId, Transport,
};

/// Events that wait for an observer; one that does not look misses the oldest.
const EVENT_LIMIT: usize = 64;
/// Requests that wait for the adapter before no more input is taken.
const ASK_LIMIT: usize = 16;

pub(crate) struct Equipment {
    pub(crate) config: Arc<Config>,
    /// Which of several modules of this configuration it is.
    pub(crate) number: u32,
    pub(crate) network: Network,
    pub(crate) settings: Settings,
    /// What `AT&W` kept.
    pub(crate) saved: Settings,
    pub(crate) pin_tries: u8,
    /// The SIM asks for its PIN at power-up.
    is_pin_set: bool,
    pub(crate) radio: Radio,
    pub(crate) bearer: Bearer,
    pub(crate) links: Vec<Link>,
    pub(crate) sockets: Sockets,
    pub(crate) reply: Reply,
    pub(crate) backlog: Backlog,
    pub(crate) query: Option<Query>,
    pub(crate) asks: VecDeque<Ask>,
    pub(crate) counters: Counters,
    /// The module starts again, when that may be.
    pub(crate) wants_restart: Option<Restart>,
    pub(crate) faults: Faults,
    /// The steps of the scenario that are still to come.
    pub(crate) cast: Cast,
    events: VecDeque<Event>,
    reported_state: IpState,
    pub(crate) reported_registration: Registration,
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
    /// The answer is not taken before.
    pub(crate) due: Instant,
}

impl Query {
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.answer.map(|_| self.due)
    }
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
    pub(crate) fn new(config: Arc<Config>, number: u32) -> Self {
        let settings = Settings::of(&config.profile);
        let mut equipment = Self {
            number,
            network: config.network,
            settings,
            saved: settings,
            pin_tries: 0,
            is_pin_set: matches!(config.network.sim, SimState::Pin | SimState::Puk),
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
            wants_restart: None,
            faults: Faults::new(seed_of(config.scenario.seed, number)),
            cast: Cast::new(&config),
            events: VecDeque::new(),
            reported_state: IpState::Initial,
            reported_registration: Registration::IDLE,
            config: Arc::clone(&config),
        };
        // What a scenario begins with is so from the first moment on, and nothing is said of it.
        for fault in config.scenario.faults.iter().cloned() {
            equipment.faults.set(fault, Instant::ZERO);
        }
        equipment.cast.boot(&config, Instant::ZERO);
        equipment.play(Instant::ZERO);
        equipment.reported_registration = equipment.registration();
        equipment
    }

    /// What outlives a restart: the settings that were kept, the world outside, and what observers
    /// were told. The sockets do not.
    pub(crate) fn carry_over(&mut self, mut old: Self, keeps_output: bool, now: Instant) {
        self.network = old.network;
        self.pin_tries = old.pin_tries;
        self.is_pin_set = old.is_pin_set;
        if self.is_pin_set && self.network.sim == SimState::Ready {
            self.network.sim = SimState::Pin;
        }
        self.saved = old.saved;
        self.settings = old.saved;
        self.faults = core::mem::replace(&mut old.faults, Faults::new(0));
        self.cast = core::mem::take(&mut old.cast);
        self.cast.boot(&self.config, now);
        for id in old.sockets.ids().collect::<Vec<_>>() {
            old.lose_unsent(id);
            old.abort(id);
        }
        self.counters = old.counters;
        self.reported_state = old.reported_state;
        self.reported_registration = self.registration();
        self.sockets.continue_after(&old.sockets);
        self.asks = core::mem::take(&mut old.asks);
        self.asks.retain(|ask| matches!(ask, Ask::Abort(_)));
        self.events = core::mem::take(&mut old.events);
        if keeps_output {
            for (slot, (link, old_link)) in self.links.iter_mut().zip(&mut old.links).enumerate() {
                link.received = old_link.received.take();
                if let Some(ring) = &mut link.received {
                    // What was not printed must not be taken for a later connection's.
                    ring.truncate(old.reply.printed_of(slot));
                }
            }
            self.reply = old.reply;
        }
    }

    /// Lets network, attempts and closed sockets move on; gives whether anything did.
    pub(crate) fn advance(&mut self, now: Instant) -> bool {
        let mut moved = self.play(now);
        moved |= self.report_registration();
        moved |= self.advance_bearer(now);
        for slot in 0..self.links.len() {
            moved |= self.advance_link(slot, now);
        }
        moved |= self.advance_gates(now);
        moved | self.expire_sockets(now)
    }

    /// The link of a connection or an attempt.
    pub(crate) fn slot_of(&self, id: SocketId) -> Option<usize> {
        let is_its = |link: &Link| {
            link.socket() == Some(id) || link.late.is_some_and(|late| late.socket == id)
        };
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

    pub(crate) fn urc(&mut self, urc: Urc) {
        if self.backlog.push_urc(urc, self.config.profile.limits.urcs) {
            self.counters.dropped_urcs += 1;
            self.event(Event::Dropped(Dropped::Urc));
        }
    }

    /// A URC of which nothing is known but its text.
    pub(crate) fn urc_text(&mut self, text: String) {
        if !self
            .backlog
            .push_text(text, self.config.profile.limits.urcs)
        {
            self.counters.dropped_urcs += 1;
            self.event(Event::Dropped(Dropped::Urc));
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        if self.events.len() >= EVENT_LIMIT {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        if event.is_none() {
            self.events.shrink_to(0);
        }
        event
    }

    pub(crate) fn next_ask(&mut self) -> Option<Ask> {
        let ask = self.asks.pop_front();
        if ask.is_none() {
            self.asks.shrink_to(0);
        }
        ask
    }

    /// An attempt or a socket is to be forgotten. What the adapter has not begun it is not asked.
    pub(crate) fn abort(&mut self, id: SocketId) {
        let count = self.asks.len();
        self.asks
            .retain(|ask| !matches!(ask, Ask::Resolve(i) | Ask::Connect(i, ..) if *i == id));
        if self.asks.len() == count {
            self.asks.push_back(Ask::Abort(id));
        }
    }

    /// How many bytes of input may be taken now: none while the adapter has much to do.
    pub(crate) fn room_for_input(&self) -> usize {
        match self.asks.len() < ASK_LIMIT {
            true => self.reply.room_for_input(),
            false => 0,
        }
    }

    /// Gives memory back that only a connection needs.
    pub(crate) fn release(&mut self) {
        if !self.reply.is_empty() || !self.backlog.is_empty() {
            return;
        }
        let mut holds_none = true;
        for link in &mut self.links {
            link.release();
            holds_none &= link.received.is_none();
        }
        if holds_none {
            self.reply.release();
            self.backlog.release();
        }
    }

    /// The SIM is in this state from now on.
    pub(crate) fn set_sim(&mut self, sim: SimState) {
        self.network.sim = sim;
        self.pin_tries = 0;
        self.is_pin_set = matches!(sim, SimState::Pin | SimState::Puk);
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

    /// Tells observers and the scenario when the service came into another state; whether it did.
    pub(crate) fn report_state(&mut self, now: Instant) -> bool {
        let state = self.ip_state();
        let is_new = state != self.reported_state;
        if is_new {
            self.reported_state = state;
            self.event(Event::State(state));
            self.cast.state(&self.config, state, now);
        }
        is_new
    }
}

/// The seed of one of several modules: no two of them draw alike (P40).
fn seed_of(seed: u64, number: u32) -> u64 {
    // The golden ratio's fraction, which spreads what counts up by one.
    seed.wrapping_add(u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}
