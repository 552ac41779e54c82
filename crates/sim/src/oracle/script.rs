//! What a peer must get: the payloads that were sent, in order, exactly once (L1, L2, H16).

use std::collections::VecDeque;

use crate::tape::Tape;

/// What became of a payload, as far as the driver said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is on its way.
    Pending,
    /// The module said OK: all of it goes to the peer.
    Accepted,
    /// Nobody knows: all of it, or nothing.
    InDoubt,
    /// None of it goes to the peer.
    Refused,
}

/// The payloads of a connection, and how far the peer has come with them.
pub(crate) struct Script {
    tape: &'static Tape,
    salt: u64,
    payloads: VecDeque<Payload>,
    /// How many were forgotten, because the peer has them.
    forgotten: u64,
    /// Where the peer may be: one place, unless payloads are in doubt.
    places: Vec<Place>,
    next: u64,
    /// Bytes under OK.
    pub(crate) accepted: u64,
}

struct Payload {
    start: u64,
    length: usize,
    fate: Fate,
}

/// A payload, and how much of it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place(u64, usize);

/// Places that are kept: each payload in doubt may double them, until the bytes tell.
const MOST_PLACES: usize = 64;

impl Script {
    pub(crate) fn new(tape: &'static Tape, salt: u64) -> Self {
        Self {
            tape,
            salt,
            payloads: VecDeque::new(),
            forgotten: 0,
            places: vec![Place(0, 0)],
            next: 0,
            accepted: 0,
        }
    }

    /// The next payload of this length: it is being sent from now on.
    pub(crate) fn payload(&mut self, length: usize) -> &'static [u8] {
        let start = self.salt + self.next;
        self.next += length as u64;
        self.payloads.push_back(Payload {
            start,
            length,
            fate: Fate::Pending,
        });
        self.tape.at(start, length)
    }

    /// What became of the last payload; gives whether the peer's bytes agree.
    pub(crate) fn ends(&mut self, fate: Fate) -> bool {
        let last = (self.forgotten + self.payloads.len() as u64).saturating_sub(1);
        let Some(payload) = self.payloads.back_mut() else {
            return true;
        };
        payload.fate = fate;
        match fate {
            Fate::Accepted => self.accepted += payload.length as u64,
            Fate::Refused => self
                .places
                .retain(|place| place.0 < last || *place == Place(last, 0)),
            Fate::Pending | Fate::InDoubt => {}
        }
        !self.places.is_empty()
    }

    /// The peer got these bytes; gives whether they are what must come next.
    pub(crate) fn takes(&mut self, bytes: &[u8]) -> bool {
        let mut reached = Vec::with_capacity(1);
        for place in std::mem::take(&mut self.places) {
            self.follow(place, bytes, &mut reached);
        }
        reached.truncate(MOST_PLACES);
        self.places = reached;
        while let Some(first) = self.places.iter().map(|place| place.0).min()
            && self.forgotten < first
            && self.payloads.len() > 1
        {
            // The last one is kept: what became of it may not be known yet.
            self.payloads.pop_front();
            self.forgotten += 1;
        }
        !self.places.is_empty()
    }

    /// Whether the peer has everything that was accepted.
    pub(crate) fn is_complete(&self) -> bool {
        self.places.iter().any(|Place(index, taken)| {
            let skip = (index - self.forgotten) as usize;
            let mut rest = self.payloads.iter().skip(skip);
            let is_whole = *taken == 0 || rest.next().is_none();
            is_whole && rest.all(|payload| payload.fate != Fate::Accepted)
        })
    }

    fn follow(&self, place: Place, bytes: &[u8], reached: &mut Vec<Place>) {
        if bytes.is_empty() {
            if !reached.contains(&place) {
                reached.push(place);
            }
            return;
        }
        let Place(index, taken) = place;
        let Some(payload) = self.payloads.get((index - self.forgotten) as usize) else {
            return;
        };
        let behind = Place(index + 1, 0);
        if payload.fate != Fate::Refused {
            let n = bytes.len().min(payload.length - taken);
            if self.tape.at(payload.start + taken as u64, n) == &bytes[..n] {
                let to = match taken + n == payload.length {
                    true => behind,
                    false => Place(index, taken + n),
                };
                self.follow(to, &bytes[n..], reached);
            }
        }
        if taken == 0 && matches!(payload.fate, Fate::Refused | Fate::InDoubt) {
            self.follow(behind, bytes, reached);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script() -> Script {
        Script::new(Tape::all(), 7)
    }

    #[test]
    fn what_is_accepted_comes_in_order_and_once() {
        let mut script = script();
        let one = script.payload(100);
        assert!(script.takes(&one[..40]), "also before its OK");
        assert!(script.ends(Fate::Accepted));
        assert!(!script.is_complete());
        assert!(script.takes(&one[40..]));
        assert!(script.is_complete());
        assert!(!script.takes(&one[..1]), "once");
    }

    #[test]
    fn what_is_refused_does_not_come() {
        let mut script = script();
        let all = script.payload(20);
        assert!(script.takes(all));
        assert!(!script.ends(Fate::Refused), "all of it did");
        let mut script = self::script();
        let one = script.payload(100);
        assert!(script.ends(Fate::Refused));
        let two = script.payload(50);
        assert!(script.takes(two));
        let mut other = self::script();
        other.payload(100);
        assert!(other.takes(&one[..1]));
        assert!(!other.ends(Fate::Refused), "a byte of it did");
    }

    #[test]
    fn what_is_in_doubt_comes_whole_or_not_at_all() {
        for comes in [true, false] {
            let mut script = script();
            let one = script.payload(100);
            script.ends(Fate::InDoubt);
            let two = script.payload(50);
            script.ends(Fate::Accepted);
            assert!(!comes || script.takes(one));
            assert!(script.takes(two));
            assert!(script.is_complete());
        }
        let mut script = script();
        let one = script.payload(100);
        script.ends(Fate::InDoubt);
        let two = script.payload(50);
        assert!(script.takes(&one[..10]));
        assert!(!script.takes(two));
    }
}
