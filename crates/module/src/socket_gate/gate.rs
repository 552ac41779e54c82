//! What the faults of connections make of one of them.

use alloc::vec::Vec;
use core::time::Duration;

use simless_at::Instant;

use super::passage::{Course, Passage};
use crate::fault::{Active, Faults};
use crate::wire::Rate;
use crate::{Chance, Fault, FaultKind, Gate, Stream, Transport};

/// The gate between a connection and the network: both its directions, and its end.
pub(crate) struct SocketGate {
    pub(crate) uplink: Passage,
    pub(crate) downlink: Passage,
    /// The faults it has met.
    met: Vec<Met>,
    /// How much later the peer's FIN is seen.
    slow_close: Option<Duration>,
    /// Then the peer resets it.
    reset: Option<Instant>,
    /// Then it ends, because nothing has gone over it.
    timeout: Option<Instant>,
    /// Accepted bytes that have not arrived never will.
    is_cut: bool,
    /// Nobody hears of its end any more.
    is_closed: bool,
    /// Some fault may still do something.
    is_needed: bool,
}

/// A fault that a connection has met. Whether it strikes is decided once.
#[derive(Clone, Copy)]
struct Met {
    serial: u32,
    strikes: bool,
    since: Instant,
    /// How many bytes had set out by then, up and down.
    counts: [u64; 2],
}

/// How faults end a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer's FIN has arrived, or what stands for it.
    Fin,
    /// The peer resets it.
    Reset,
    /// So many bytes have gone over it.
    Limit,
}

impl SocketGate {
    /// The gate of a connection with so many accepted bytes that no fault concerns.
    pub(crate) fn new(seed: u64, unsent: usize) -> Self {
        Self {
            uplink: Passage::new(Chance::of(seed, "uplink"), unsent),
            downlink: Passage::new(Chance::of(seed, "downlink"), 0),
            met: Vec::new(),
            slow_close: None,
            reset: None,
            timeout: None,
            is_cut: false,
            is_closed: false,
            is_needed: true,
        }
    }

    /// The faults changed, or the connection meets them for the first time. Gives those that strike
    /// it from now on.
    pub(crate) fn set(
        &mut self,
        faults: &mut Faults,
        transport: Transport,
        now: Instant,
    ) -> Vec<FaultKind> {
        let mut struck = Vec::new();
        let mut courses = [Course::default(); 2];
        let mut still_met = Vec::new();
        (self.slow_close, self.reset, self.timeout) = (None, None, None);
        self.is_needed = false;
        for active in faults.begun_at(Gate::Socket) {
            self.is_needed = true;
            let kind = active.fault().kind;
            if !is_met(kind, transport) {
                continue;
            }
            let known = self.met.iter().find(|met| met.serial == active.serial());
            let met = known.copied().unwrap_or_else(|| {
                let met = self.meet(active, now);
                if met.strikes && !is_reported_later(kind) {
                    struck.push(kind);
                }
                met
            });
            still_met.push(met);
            if met.strikes {
                self.apply(active.fault(), met, &mut courses);
            }
        }
        self.met = still_met;
        let [uplink, downlink] = courses;
        self.uplink.set(uplink, now);
        self.downlink.set(downlink, now);
        if transport == Transport::Udp {
            // There is nobody who would send them again.
            for passage in [&mut self.uplink, &mut self.downlink] {
                if passage.is_held() {
                    passage.lose();
                }
            }
        }
        struck
    }

    fn meet(&self, active: &mut Active, now: Instant) -> Met {
        Met {
            serial: active.serial(),
            // A state has struck everybody when it began.
            strikes: active.fault().kind.is_state() || active.strikes(),
            since: now,
            counts: [self.uplink.count(), self.downlink.count()],
        }
    }

    fn apply(&mut self, fault: &Fault, met: Met, courses: &mut [Course; 2]) {
        let attributes = &fault.attributes;
        let timeout = attributes.timeout.unwrap_or_default();
        let ways = [Stream::Uplink, Stream::Downlink];
        for ((course, way), count) in courses.iter_mut().zip(ways).zip(met.counts) {
            if !fault.stream.includes(way) {
                continue;
            }
            match fault.kind {
                FaultKind::Latency => {
                    let add = |to: Duration, more: Option<Duration>| {
                        to.saturating_add(more.unwrap_or_default())
                    };
                    course.latency = add(course.latency, attributes.latency);
                    course.jitter = add(course.jitter, attributes.jitter);
                }
                FaultKind::Bandwidth => match attributes.rate {
                    Some(0) => course.is_held = true,
                    rate => {
                        let rate = rate.and_then(Rate::of_bytes);
                        course.rate = course.rate.into_iter().chain(rate).min();
                    }
                },
                FaultKind::Down | FaultKind::Timeout => course.is_held = true,
                FaultKind::LimitData => {
                    let limit = attributes.bytes.map(|bytes| count.saturating_add(bytes));
                    course.limit = course.limit.into_iter().chain(limit).min();
                }
                _ => {}
            }
        }
        let earlier = |one: Option<Instant>, other| one.into_iter().chain([other]).min();
        match fault.kind {
            FaultKind::ResetPeer => self.reset = earlier(self.reset, met.since + timeout),
            FaultKind::Timeout if !timeout.is_zero() => {
                self.timeout = earlier(self.timeout, met.since + timeout);
            }
            FaultKind::SlowClose => {
                let delay = attributes.delay.unwrap_or_default();
                self.slow_close = Some(self.slow_close.unwrap_or_default().saturating_add(delay));
            }
            _ => {}
        }
    }

    /// The peer's FIN comes; whether a fault makes it late.
    pub(crate) fn enter_end(&mut self, now: Instant) -> Option<FaultKind> {
        let slow_close = self.slow_close.take();
        self.downlink.enter_end(slow_close.unwrap_or_default(), now);
        slow_close.map(|_| FaultKind::SlowClose)
    }

    /// How the connection ends by now, if it does. `unsent`: accepted bytes that did not leave.
    pub(crate) fn end(&mut self, unsent: usize, now: Instant) -> Option<End> {
        let has_come = |at: Option<Instant>| at.is_some_and(|at| now >= at);
        let is_at_limit = self.downlink.is_at_limit() || (self.uplink.is_at_limit() && unsent == 0);
        if has_come(self.reset) {
            return Some(End::Reset);
        }
        if has_come(self.timeout) {
            self.timeout = None;
            self.is_cut |= self.uplink.is_held();
            if self.downlink.is_held() {
                return Some(End::Fin);
            }
            self.downlink.cut(now);
        }
        if self.downlink.is_over(now) {
            Some(End::Fin)
        } else if is_at_limit && self.downlink.cut(now) {
            Some(End::Limit)
        } else {
            None
        }
    }

    /// The DTE's side of the connection is gone: what still goes up goes up.
    pub(crate) fn close(&mut self) {
        self.downlink.lose();
        self.is_closed = true;
    }

    /// Whether accepted bytes that have not arrived never will.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether it may go away.
    pub(crate) fn is_idle(&self) -> bool {
        !self.is_needed && self.uplink.is_idle() && self.downlink.is_idle()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let passages = [self.uplink.deadline(), self.downlink.deadline()];
        let ends = [self.reset, self.timeout].into_iter();
        let ends = ends.filter(|_| !self.is_closed);
        passages.into_iter().chain(ends).flatten().min()
    }
}

/// Whether a whole connection meets a fault, or each of its datagrams by itself. What a UDP port
/// does not have cannot be struck: it stands for itself, and has no end.
fn is_met(kind: FaultKind, transport: Transport) -> bool {
    match kind {
        FaultKind::Bandwidth | FaultKind::Down => true,
        FaultKind::Latency
        | FaultKind::Timeout
        | FaultKind::ResetPeer
        | FaultKind::SlowClose
        | FaultKind::LimitData => transport == Transport::Tcp,
        _ => false,
    }
}

/// Whether a fault is said to strike when it ends the connection, rather than from the beginning.
fn is_reported_later(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::ResetPeer | FaultKind::SlowClose | FaultKind::LimitData
    )
}
