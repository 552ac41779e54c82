//! Bytes as a session, so that nearly every change of a byte is another session.
//!
//! Two bytes say how the module is built. Behind them everything is said by the DTE, but for steps,
//! which begin with [`ESCAPE`]; a letter tells which step it is, and bytes of its own follow.

use std::iter::Copied;
use std::slice::Iter;

/// What a step begins with. Two of them are one byte 0xFF that the DTE says.
pub const ESCAPE: u8 = 0xFF;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The DTE says something.
    Dte(Vec<u8>),
    /// `n`: what the DTE said so far and what comes were two chunks of one instant.
    Chunk,
    /// `t TABLE`: time passes.
    Time(u8),
    /// `p SOCKET HIGH LOW`: the peer sends so many bytes, or a datagram of them.
    Peer(u8, u16),
    /// `f SOCKET`: the peer's FIN.
    Fin(u8),
    /// `v ID EVENT`: the adapter reports something, of a socket that may not exist.
    Event(u8, Event),
    /// `k SOCKET`: the peer stops reading, or goes on.
    PeerReads(u8),
    /// `b TABLE`: how much goes through at once.
    Bite(u8),
    /// `d COUNT`: the DTE reads so many times 16 bytes and stops; 255: it reads on.
    DteReads(u8),
    /// `c WHICH ARGUMENT`: somebody outside acts.
    Control(u8, u8),
    /// `a WHICH`: how the world answers requests from now on.
    Answers(u8),
}

/// A reported event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of `SocketEvent`")]
pub enum Event {
    Resolved,
    Unresolved,
    Connected,
    Refused,
    Unreachable,
    Datagram,
    Unread,
    Ended,
    Reset,
}

const EVENTS: [Event; 9] = [
    Event::Resolved,
    Event::Unresolved,
    Event::Connected,
    Event::Refused,
    Event::Unreachable,
    Event::Datagram,
    Event::Unread,
    Event::Ended,
    Event::Reset,
];

/// The steps in `bytes`; what is cut short or unknown is left out.
pub(crate) fn decode(bytes: &[u8]) -> Vec<Step> {
    unescape(bytes, Step::Dte, read)
}

/// What was said in `bytes`, and the steps between it, as `read` knows them by their letters; what
/// is cut short or unknown is left out.
pub(crate) fn unescape<T>(
    bytes: &[u8],
    says: impl Fn(Vec<u8>) -> T,
    read: impl Fn(u8, &mut Bytes<'_>) -> Option<T>,
) -> Vec<T> {
    let mut steps = Vec::new();
    let mut said = Vec::new();
    let mut rest = bytes.iter().copied();
    while let Some(byte) = rest.next() {
        if byte != ESCAPE {
            said.push(byte);
            continue;
        }
        match rest.next() {
            Some(ESCAPE) => said.push(ESCAPE),
            letter => {
                let Some(step) = letter.and_then(|letter| read(letter, &mut rest)) else {
                    continue;
                };
                if !said.is_empty() {
                    steps.push(says(std::mem::take(&mut said)));
                }
                steps.push(step);
            }
        }
    }
    if !said.is_empty() {
        steps.push(says(said));
    }
    steps
}

/// The bytes behind a step's letter.
pub(crate) type Bytes<'a> = Copied<Iter<'a, u8>>;

fn read(letter: u8, rest: &mut Bytes<'_>) -> Option<Step> {
    let mut next = || rest.next();
    Some(match letter {
        b'n' => Step::Chunk,
        b't' => Step::Time(next()?),
        b'p' => Step::Peer(next()?, u16::from_be_bytes([next()?, next()?])),
        b'f' => Step::Fin(next()?),
        b'v' => Step::Event(next()?, EVENTS[usize::from(next()?) % EVENTS.len()]),
        b'k' => Step::PeerReads(next()?),
        b'b' => Step::Bite(next()?),
        b'd' => Step::DteReads(next()?),
        b'c' => Step::Control(next()?, next()?),
        b'a' => Step::Answers(next()?),
        _ => return None,
    })
}

/// Writes steps as [`session`](crate::session) reads them.
pub fn encode(steps: &[Step]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for step in steps {
        if let Step::Dte(said) = step {
            for &byte in said {
                bytes.push(byte);
                if byte == ESCAPE {
                    bytes.push(ESCAPE);
                }
            }
            continue;
        }
        bytes.push(ESCAPE);
        match *step {
            Step::Dte(_) => {}
            Step::Chunk => bytes.push(b'n'),
            Step::Time(which) => bytes.extend([b't', which]),
            Step::Peer(socket, n) => {
                let [high, low] = n.to_be_bytes();
                bytes.extend([b'p', socket, high, low]);
            }
            Step::Fin(socket) => bytes.extend([b'f', socket]),
            Step::Event(id, event) => {
                let index = EVENTS.iter().position(|e| *e == event).unwrap_or_default();
                bytes.extend([b'v', id, index as u8]);
            }
            Step::PeerReads(socket) => bytes.extend([b'k', socket]),
            Step::Bite(which) => bytes.extend([b'b', which]),
            Step::DteReads(count) => bytes.extend([b'd', count]),
            Step::Control(which, argument) => bytes.extend([b'c', which, argument]),
            Step::Answers(which) => bytes.extend([b'a', which]),
        }
    }
    bytes
}

#[test]
fn steps_are_read_as_they_are_written() {
    let steps = [
        Step::Dte(b"AT\xFF\r".to_vec()),
        Step::Chunk,
        Step::Time(3),
        Step::Peer(1, 0x1234),
        Step::Fin(1),
        Step::Event(9, Event::Reset),
        Step::PeerReads(0),
        Step::Bite(4),
        Step::DteReads(255),
        Step::Control(2, 7),
        Step::Answers(200),
        Step::Dte(b"A/".to_vec()),
    ];
    assert_eq!(decode(&encode(&steps)), steps);
}
