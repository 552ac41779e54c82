//! The faults that are set, and which of them strike.

use alloc::vec::Vec;

use simless_at::Instant;

use super::{Attributes, Fault, FaultKind, Gate, KINDS, Stream};
use crate::Chance;

/// The faults that are set. Every byte that comes asks for some kind of them, and whether it is
/// time for one: both are known without a look at the list.
pub(crate) struct Faults {
    list: Vec<Active>,
    /// The kinds of those that are not over, a bit each.
    kinds: u64,
    /// When one of them begins or ends.
    next: Option<Instant>,
    seed: u64,
    /// Counts the changes, for who keeps what follows from them.
    version: u32,
}

const _: () = assert!(KINDS.len() <= u64::BITS as usize);

/// A fault that is set.
pub(crate) struct Active {
    fault: Fault,
    /// The version that began with it: one that is set again is another one.
    serial: u32,
    phase: Phase,
    /// How often it may still strike.
    left: Option<u32>,
    chance: Chance,
}

/// How far a fault has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It begins then.
    Waiting(Instant),
    /// It strikes, until then.
    On(Option<Instant>),
    /// It begins no more.
    Over,
}

impl Faults {
    pub(crate) const fn new(seed: u64) -> Self {
        Self {
            list: Vec::new(),
            kinds: 0,
            next: None,
            seed,
            version: 0,
        }
    }

    /// Sets a fault. One of the same name makes room.
    pub(crate) fn set(&mut self, fault: Fault, now: Instant) {
        self.clear(fault.name());
        let sudden = fault.kind.about().is_sudden.then_some(1);
        self.version += 1;
        self.list.push(Active {
            serial: self.version,
            chance: Chance::of(self.seed, fault.name()),
            phase: Phase::Waiting(now + fault.after),
            left: fault.times.or(sudden),
            fault,
        });
        self.look_again();
    }

    /// Takes a fault away; whether there was one of this name.
    pub(crate) fn clear(&mut self, name: &str) -> bool {
        let count = self.list.len();
        self.list.retain(|active| active.fault.name() != name);
        self.version += u32::from(self.list.len() != count);
        self.look_again();
        self.list.len() != count
    }

    /// What is known of the list.
    fn look_again(&mut self) {
        let lives = |active: &&Active| active.phase != Phase::Over;
        let bits = self.list.iter().filter(lives).map(|a| bit(a.fault.kind));
        self.kinds = bits.fold(0, |kinds, bit| kinds | bit);
        self.next = self.list.iter().filter_map(Active::next).min();
    }

    fn has(&self, kind: FaultKind) -> bool {
        self.kinds & bit(kind) != 0
    }

    /// Lets faults begin and end; gives one that happens at this moment, if there is one.
    pub(crate) fn advance(&mut self, now: Instant) -> Option<FaultKind> {
        if self.next.is_none_or(|next| now < next) {
            return None;
        }
        let struck = self.pass(now);
        self.look_again();
        struck
    }

    fn pass(&mut self, now: Instant) -> Option<FaultKind> {
        for active in &mut self.list {
            if let Phase::Waiting(at) = active.phase
                && now >= at
            {
                active.phase = Phase::On(active.fault.lasts.map(|lasts| at + lasts));
                self.version += 1;
                if active.fault.kind.is_state() && !active.chance.hits(active.fault.toxicity) {
                    active.phase = Phase::Over;
                }
                if active.fault.kind.about().is_sudden {
                    let strikes = active.strikes();
                    // The next time is as far away as the first one was. One without a pause
                    // would never be over.
                    active.phase = match active.left {
                        Some(1..) if !active.fault.after.is_zero() => {
                            Phase::Waiting(at + active.fault.after)
                        }
                        _ => Phase::Over,
                    };
                    if strikes {
                        return Some(active.fault.kind);
                    }
                }
            }
            if let Phase::On(Some(until)) = active.phase
                && now >= until
            {
                active.phase = Phase::Over;
                self.version += 1;
            }
        }
        None
    }

    /// When a fault begins or ends.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.next
    }

    /// A fault of this kind that is on: one that is a state rather than something that happens.
    pub(crate) fn holds(&self, kind: FaultKind) -> bool {
        if !self.has(kind) {
            return false;
        }
        let mut on = self.list.iter().filter(|active| active.is_on());
        on.any(|active| active.fault.kind == kind)
    }

    /// An opportunity for this kind: the first fault of it that strikes and that `concerns` says is
    /// meant.
    pub(crate) fn strikes(
        &mut self,
        kind: FaultKind,
        concerns: impl Fn(&Fault) -> bool,
    ) -> Option<&Attributes> {
        if !self.has(kind) {
            return None;
        }
        let active = self.list.iter_mut().find_map(|active| {
            let is_meant = active.fault.kind == kind && active.is_on() && concerns(&active.fault);
            (is_meant && active.strikes()).then_some(active)
        })?;
        Some(&active.fault.attributes)
    }

    /// As [`Faults::strikes`], of those that concern bytes which go this way.
    pub(crate) fn strikes_on(&mut self, kind: FaultKind, way: Stream) -> Option<&Attributes> {
        self.strikes(kind, |fault| fault.stream.includes(way))
    }

    /// The faults that are on.
    pub(crate) fn on(&self) -> impl Iterator<Item = &Fault> {
        let on = self.list.iter().filter(|active| active.is_on());
        on.map(|active| &active.fault)
    }

    /// The faults of a gate that have begun and are not over, whether they may strike once more or
    /// not: what they struck stays struck.
    pub(crate) fn begun_at(&mut self, gate: Gate) -> impl Iterator<Item = &mut Active> {
        self.list.iter_mut().filter(move |active| {
            active.fault.kind.about().gate == gate && matches!(active.phase, Phase::On(_))
        })
    }

    /// Whether none is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Another number after each change of what is on.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// A seed for somebody who draws by himself.
    pub(crate) fn seed_of(&self, stream: &str) -> u64 {
        Chance::of(self.seed, stream).seed()
    }
}

impl Active {
    pub(crate) fn fault(&self) -> &Fault {
        &self.fault
    }

    pub(crate) fn serial(&self) -> u32 {
        self.serial
    }

    /// When it begins or ends.
    fn next(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(at) => Some(at),
            Phase::On(until) => until,
            Phase::Over => None,
        }
    }

    fn is_on(&self) -> bool {
        matches!(self.phase, Phase::On(_)) && self.left != Some(0)
    }

    /// An opportunity: whether it strikes.
    pub(crate) fn strikes(&mut self) -> bool {
        if self.left == Some(0) || !self.chance.hits(self.fault.toxicity) {
            return false;
        }
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        true
    }
}

const fn bit(kind: FaultKind) -> u64 {
    1 << kind as u32
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::Probability;

    const KIND: FaultKind = FaultKind::CmeError;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Duration::from_secs(seconds)
    }

    fn set(fault: Fault) -> Faults {
        let mut faults = Faults::new(7);
        faults.set(fault, Instant::ZERO);
        faults
    }

    fn strikes(faults: &mut Faults, now: Instant) -> bool {
        assert_eq!(faults.advance(now), None);
        faults.strikes(KIND, |_| true).is_some()
    }

    #[test]
    fn it_begins_and_ends_when_it_says() {
        let mut faults = set(Fault {
            after: Duration::from_secs(2),
            lasts: Some(Duration::from_secs(3)),
            ..Fault::new(KIND)
        });
        assert_eq!(faults.deadline(), Some(at(2)));
        assert!(!strikes(&mut faults, at(1)));
        assert!(strikes(&mut faults, at(2)));
        assert_eq!(faults.deadline(), Some(at(5)));
        assert!(strikes(&mut faults, at(4)));
        assert!(!strikes(&mut faults, at(5)));
        assert_eq!(faults.deadline(), None);
    }

    #[test]
    fn it_strikes_as_often_as_it_says() {
        let mut faults = set(Fault {
            times: Some(2),
            ..Fault::new(KIND)
        });
        let count = (0..9).filter(|_| strikes(&mut faults, at(0))).count();
        assert_eq!(count, 2);
    }

    #[test]
    fn it_strikes_as_likely_as_it_says() {
        for (ppm, expected) in [(0, 0..=0), (1_000_000, 1000..=1000), (250_000, 200..=300)] {
            let mut faults = set(Fault {
                toxicity: Probability::from_ppm(ppm),
                ..Fault::new(KIND)
            });
            let count = (0..1000).filter(|_| strikes(&mut faults, at(0))).count();
            assert!(expected.contains(&count), "{count} of 1000 at {ppm} ppm");
        }
    }

    #[test]
    fn another_fault_changes_nothing_of_what_one_draws() {
        let half = Fault {
            toxicity: Probability::from_ppm(500_000),
            ..Fault::new(KIND)
        };
        let mut alone = set(half.clone());
        let mut faults = set(half);
        faults.set(
            Fault {
                toxicity: Probability::from_ppm(500_000),
                ..Fault::new(FaultKind::NoFinal)
            },
            at(0),
        );
        for _ in 0..100 {
            faults.strikes(FaultKind::NoFinal, |_| true);
            assert_eq!(strikes(&mut faults, at(0)), strikes(&mut alone, at(0)));
        }
    }

    #[test]
    fn one_of_the_same_name_makes_room() {
        let mut faults = set(Fault::new(KIND));
        let version = faults.version();
        faults.set(
            Fault {
                times: Some(0),
                ..Fault::new(KIND)
            },
            at(0),
        );
        assert!(!strikes(&mut faults, at(0)));
        assert!(faults.version() > version);
        assert!(faults.clear("cme_error"));
        assert!(!faults.clear("cme_error"));
    }

    #[test]
    fn what_happens_at_a_moment_happens_once_or_as_often_as_it_says() {
        let sudden = Fault {
            after: Duration::from_secs(5),
            ..Fault::new(FaultKind::PdpDeact)
        };
        let mut once = set(sudden.clone());
        assert_eq!(once.advance(at(4)), None);
        assert_eq!(once.advance(at(5)), Some(FaultKind::PdpDeact));
        assert_eq!(once.advance(at(99)), None);
        assert_eq!(once.deadline(), None);

        let mut twice = set(Fault {
            times: Some(2),
            ..sudden
        });
        assert_eq!(twice.advance(at(5)), Some(FaultKind::PdpDeact));
        assert_eq!(twice.deadline(), Some(at(10)));
        assert_eq!(twice.advance(at(10)), Some(FaultKind::PdpDeact));
        assert_eq!(twice.deadline(), None);
    }
}
