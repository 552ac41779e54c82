//! What the module has to say unasked, in the order it came up: URCs and received data. It waits
//! here while a response or data entry must not be split (guide F7, P20, P21).

use alloc::collections::VecDeque;
use alloc::string::String;

use simless_at::Urc;

/// URCs and received data that wait to be printed.
pub(crate) struct Backlog {
    waiting: VecDeque<Waiting>,
    urcs: usize,
    datagrams: usize,
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    Urc(Urc),
    /// A URC of which only the text is known.
    Text(String),
    /// Bytes of a link's ring; a datagram is one block, a stream is cut into blocks when printed.
    Data {
        slot: usize,
        length: usize,
        is_datagram: bool,
    },
}

impl Backlog {
    pub(crate) const fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            urcs: 0,
            datagrams: 0,
        }
    }

    /// Gives whether an older URC had to make room: beyond the limit what a newer one says again
    /// is dropped, and nothing else (P20, limits).
    pub(crate) fn push_urc(&mut self, urc: Urc, limit: usize) -> bool {
        let replaced = (self.urcs >= limit)
            .then(|| {
                self.waiting.iter().position(
                    |waiting| matches!(waiting, Waiting::Urc(old) if old.is_replaced_by(&urc)),
                )
            })
            .flatten();
        match replaced {
            Some(old) => drop(self.waiting.remove(old)),
            None => self.urcs += 1,
        }
        self.waiting.push_back(Waiting::Urc(urc));
        replaced.is_some()
    }

    /// Gives whether there was room: beyond the limit a URC that nothing rests on is dropped.
    pub(crate) fn push_text(&mut self, text: String, limit: usize) -> bool {
        let has_room = self.urcs < limit;
        if has_room {
            self.urcs += 1;
            self.waiting.push_back(Waiting::Text(text));
        }
        has_room
    }

    pub(crate) fn push_stream(&mut self, slot: usize, n: usize) {
        match self.waiting.back_mut() {
            Some(Waiting::Data {
                slot: last,
                length,
                is_datagram: false,
            }) if *last == slot => *length += n,
            _ => self.waiting.push_back(Waiting::Data {
                slot,
                length: n,
                is_datagram: false,
            }),
        }
    }

    /// Gives whether there was room for one more.
    pub(crate) fn push_datagram(&mut self, slot: usize, length: usize, limit: usize) -> bool {
        let has_room = self.datagrams < limit;
        if has_room {
            self.datagrams += 1;
            self.waiting.push_back(Waiting::Data {
                slot,
                length,
                is_datagram: true,
            });
        }
        has_room
    }

    /// The next thing to print; of a stream at most a block.
    pub(crate) fn pop(&mut self, block: usize) -> Option<Waiting> {
        let front = self.waiting.front_mut()?;
        if let Waiting::Data {
            slot,
            length,
            is_datagram: false,
        } = front
            && *length > block
        {
            *length -= block;
            return Some(Waiting::Data {
                slot: *slot,
                length: block,
                is_datagram: false,
            });
        }
        match front {
            Waiting::Urc(_) | Waiting::Text(_) => self.urcs -= 1,
            Waiting::Data { is_datagram, .. } => self.datagrams -= usize::from(*is_datagram),
        }
        self.waiting.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Gives memory back that only traffic needs.
    pub(crate) fn release(&mut self) {
        self.waiting.shrink_to(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simless_at::{Domain, Registration};

    fn registration(stat: u8) -> Urc {
        Urc::Registration(Domain::CircuitSwitched, Registration(stat), None)
    }

    #[test]
    fn beyond_the_limit_only_what_is_said_again_is_dropped() {
        let mut backlog = Backlog::new();
        assert!(!backlog.push_urc(registration(1), 2));
        assert!(!backlog.push_urc(Urc::Closed, 2));
        assert!(backlog.push_urc(registration(2), 2));
        // Nothing of its kind waits: it joins all the same.
        assert!(!backlog.push_urc(Urc::Closed, 2));
        let order: [_; 3] = core::array::from_fn(|_| backlog.pop(1));
        let expected = [Urc::Closed, registration(2), Urc::Closed];
        assert_eq!(order, expected.map(|urc| Some(Waiting::Urc(urc))));
        assert!(backlog.is_empty());
    }

    #[test]
    fn a_stream_grows_together_up_to_what_stands_between() {
        let mut backlog = Backlog::new();
        backlog.push_stream(0, 3);
        backlog.push_stream(0, 2);
        backlog.push_urc(Urc::Closed, 9);
        backlog.push_stream(0, 1);
        let data = |length| {
            Some(Waiting::Data {
                slot: 0,
                length,
                is_datagram: false,
            })
        };
        assert_eq!(backlog.pop(4), data(4));
        assert_eq!(backlog.pop(4), data(1));
        assert_eq!(backlog.pop(4), Some(Waiting::Urc(Urc::Closed)));
        assert_eq!(backlog.pop(4), data(1));
    }
}
