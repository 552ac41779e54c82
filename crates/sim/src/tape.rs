//! What is sent: hostile bytes whose place in a stream can be told from the stream alone.
//!
//! Both ends know the tape, so that a byte is checked by a comparison with it, and nothing that was
//! sent has to be kept.

use std::sync::LazyLock;

use simless_module::Chance;

/// The tape begins again after so many bytes: a prime, so that no size of payload divides it and
/// no block can stand in another one's place.
const PERIOD: usize = 65_521;

/// The most bytes that are asked for at once.
pub(crate) const MOST: usize = 2048;

/// What a reader that looks at data would take for something else.
const HOSTILE: &[&[u8]] = &[
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\nCLOSED\r\n",
    b"\r\nCONNECT OK\r\n",
    b"\r\n> ",
    b"\r\n+IPD:11\r\n",
    b"\r\n+IPD:65536\r\n",
    b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
    b"\r\n+CME ERROR: 50\r\n",
    b"\r\nCOMMAND NO RESPONSE!\r\n",
    b"^CINIT: 1, 0, 0\r\n",
    b"AT+CIPCLOSE\r",
    b"AT+CIPSHUT\r\n",
    b"A/",
    b"+++",
    b"\x1a",
    b"\x1b",
    b"\x08\x7f",
    b"\0\0\0",
    b"\xff\xfe",
    b"\r",
    b"\n",
];

/// A tape.
pub(crate) struct Tape(Vec<u8>);

impl Tape {
    /// Every byte value.
    pub(crate) fn all() -> &'static Self {
        static ALL: LazyLock<Tape> = LazyLock::new(|| Tape::record(|_| true));
        &ALL
    }

    /// Without the bytes that end the Ctrl+Z form (L6).
    pub(crate) fn without_ends() -> &'static Self {
        static SOME: LazyLock<Tape> =
            LazyLock::new(|| Tape::record(|byte| !matches!(byte, 0x1A | 0x1B)));
        &SOME
    }

    /// So many bytes from a place on.
    pub(crate) fn at(&self, place: u64, length: usize) -> &[u8] {
        let start = (place % PERIOD as u64) as usize;
        &self.0[start..start + length]
    }

    /// Whether these bytes stand at this place.
    pub(crate) fn has(&self, mut place: u64, bytes: &[u8]) -> bool {
        bytes.chunks(MOST).all(|chunk| {
            let is_there = self.at(place, chunk.len()) == chunk;
            place += chunk.len() as u64;
            is_there
        })
    }

    fn record(may_hold: impl Fn(u8) -> bool) -> Self {
        let mut chance = Chance::of(0, "tape");
        let mut bytes = Vec::with_capacity(PERIOD + MOST);
        while bytes.len() < PERIOD {
            if chance.below(3) == 0 {
                let word = HOSTILE[chance.below(HOSTILE.len() as u64) as usize];
                bytes.extend(word.iter().copied().filter(|byte| may_hold(*byte)));
            } else {
                let byte = chance.below(256) as u8;
                bytes.extend(Some(byte).filter(|byte| may_hold(*byte)));
            }
        }
        bytes.truncate(PERIOD);
        bytes.extend_from_within(..MOST);
        Self(bytes)
    }
}

#[test]
fn the_tape_holds_every_byte_and_begins_again() {
    let tape = Tape::all();
    assert!((0..=255).all(|byte| tape.0.contains(&byte)));
    assert_eq!(tape.at(3, 100), tape.at(PERIOD as u64 + 3, 100));
    assert!(!Tape::without_ends().0.contains(&0x1A));
}
