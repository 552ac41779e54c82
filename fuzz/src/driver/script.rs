//! Bytes as what happens to a driver. All of them are said by the module, but for acts, which begin
//! with [`ESCAPE`] and a letter.

use core::time::Duration;

use crate::decode::{Bytes, unescape};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// The module says something.
    Says(Vec<u8>),
    /// `y`: it answers what it was told last, as a module that is well does.
    Answers,
    /// `Y`: it goes on answering until it is told nothing more.
    IsWell,
    /// `t TABLE`: time passes.
    Time(u8),
    /// `h`: the application holds data, and time stands still until the module says more.
    Holds,
    /// `o`: a TCP connection is wanted.
    Connect,
    /// `u`: a UDP peer is.
    ConnectUdp,
    /// `s HIGH LOW`: so many bytes of all values are to be sent.
    Send(u16),
    /// `a`: the payload is gone.
    Abandon,
    /// `c`: the connection is to be closed.
    Close,
    /// `r`: a name is to be looked up.
    Resolve,
}

/// What passes, in milliseconds: around the guide's 30 s, the module's 45 s, and what a driver waits
/// for otherwise.
const TIMES: [u64; 16] = [
    1, 20, 100, 250, 1000, 2000, 5000, 9999, 10_000, 29_999, 30_000, 30_001, 45_000, 60_000,
    130_000, 600_000,
];

impl Act {
    /// How long, if it is time that passes.
    pub(super) fn passes(table: u8) -> Duration {
        Duration::from_millis(TIMES[usize::from(table) % TIMES.len()])
    }
}

/// The acts in `bytes`; what is cut short or unknown is left out.
pub(super) fn acts(bytes: &[u8]) -> Vec<Act> {
    unescape(bytes, Act::Says, read)
}

fn read(letter: u8, rest: &mut Bytes<'_>) -> Option<Act> {
    let mut next = || rest.next();
    Some(match letter {
        b'y' => Act::Answers,
        b'Y' => Act::IsWell,
        b't' => Act::Time(next()?),
        b'h' => Act::Holds,
        b'o' => Act::Connect,
        b'u' => Act::ConnectUdp,
        b's' => Act::Send(u16::from_be_bytes([next()?, next()?])),
        b'a' => Act::Abandon,
        b'c' => Act::Close,
        b'r' => Act::Resolve,
        _ => return None,
    })
}
