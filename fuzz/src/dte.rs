//! A DTE that remembers what it said, and so knows what the module may say now: one final result
//! for each line (P6), a prompt only over a connection (P17), nothing during data entry (P21), and
//! whole units alone (P20).
//!
//! It knows that only while the echo is off, results are words and errors are texts: it says so
//! first, and stops looking when the session may have changed it.

use simless_at::{Final, IpState};
use simless_module::Profile;

use crate::unit::{self, Unit};

/// What it says first. An error with a text can't be taken for the URC `+CME ERROR: 50`.
pub(crate) const FIRST: &[u8] = b"ATE0+CMEE=2\r";

pub(crate) struct Dte {
    profile: Profile,
    turn: Turn,
    /// The line as far as it was typed, or the last one.
    line: Vec<u8>,
    in_info: bool,
    was_connected: bool,
    /// `COMMAND NO RESPONSE!` came so often where it may have been a result or a URC.
    unclear: usize,
    /// The letters it said last, and what stood before them.
    word: Vec<u8>,
    before_word: u8,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// The DTE's, to type a line.
    Typing(Progress),
    /// The module's: a line ended and has no result yet.
    Running { is_too_long: bool },
    /// The DTE's, to enter a payload. `is_open`: it has not ended, as far as that can be told.
    Entering { is_open: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Nothing,
    A,
    Body,
    TooLong,
}

impl Dte {
    /// One that has said [`FIRST`] and read the answer.
    pub(crate) fn new(profile: Profile) -> Self {
        Self {
            profile,
            turn: Turn::Typing(Progress::Nothing),
            line: FIRST[2..].to_vec(),
            in_info: false,
            was_connected: false,
            unclear: 0,
            word: Vec::new(),
            before_word: b'\r',
        }
    }

    /// Whether it still knows how the module speaks, when it has said `byte`.
    pub(crate) fn understands(&mut self, byte: u8) -> bool {
        let byte = byte.to_ascii_uppercase();
        if !byte.is_ascii_alphabetic() {
            self.word.clear();
            self.before_word = byte;
            // What erases may make any word of any other; `&F` takes the echo back.
            return !matches!(byte, 0x08 | 0x7F | b'&');
        }
        self.word.push(byte);
        let word = self.word.as_slice();
        if word.ends_with(b"FUN") || word.ends_with(b"CMEE") {
            return false;
        }
        if !b"EVQZS".contains(&byte) || b"CIPSTATUS".starts_with(word) {
            return true;
        }
        let holds_at = word.windows(2).any(|pair| pair == b"AT");
        let may_follow = matches!(self.before_word, b' ' | b';' | b'?' | b'=' | b'0'..=b'9');
        !holds_at && !may_follow
    }

    /// The module took `byte`, and `said` came of it, of the line before it included.
    pub(crate) fn spoke(&mut self, byte: u8, said: &[u8], state: IpState) {
        let mut said = said;
        // What a CR ended runs at the next byte at the latest, and before that one counts.
        while matches!(self.turn, Turn::Running { .. }) && !said.is_empty() {
            said = self.unit(said, state);
        }
        self.turn = match self.turn {
            Turn::Typing(progress) => self.type_byte(progress, byte),
            Turn::Running { .. } => {
                assert_eq!(byte, b'\n', "F6: taken while a line runs");
                self.turn
            }
            Turn::Entering { is_open } => Turn::Entering {
                is_open: is_open && !matches!(byte, 0x1A | 0x1B),
            },
        };
        self.hears(said, state);
    }

    /// The module said something.
    pub(crate) fn hears(&mut self, mut said: &[u8], state: IpState) {
        while !said.is_empty() {
            said = self.unit(said, state);
        }
        self.was_connected = state == IpState::ConnectOk;
    }

    /// It hung up, and what came of that was heard.
    pub(crate) fn left(&mut self) {
        if let Turn::Typing(progress) = &mut self.turn {
            *progress = Progress::Nothing;
        }
    }

    /// The module is at rest.
    pub(crate) fn ends(&self) {
        let Turn::Typing(_) = self.turn else {
            panic!("P6: a line has no final result: {:?}", self.turn);
        };
    }

    fn type_byte(&mut self, progress: Progress, byte: u8) -> Turn {
        let limit = self.profile.limits.line;
        let progress = match (progress, byte.to_ascii_uppercase()) {
            (Progress::Body, b'\r') => return Turn::Running { is_too_long: false },
            (Progress::TooLong, b'\r') => return Turn::Running { is_too_long: true },
            (Progress::Nothing | Progress::A, b'A') => Progress::A,
            (Progress::A, b'T') => {
                self.line.clear();
                Progress::Body
            }
            (Progress::A, b'/') => return Turn::Running { is_too_long: false },
            (Progress::Body, _) if self.line.len() + 2 < limit => {
                self.line.push(byte);
                Progress::Body
            }
            (Progress::Body | Progress::TooLong, _) => Progress::TooLong,
            _ => Progress::Nothing,
        };
        Turn::Typing(progress)
    }

    /// Takes a unit off `said`; gives the rest.
    fn unit<'a>(&mut self, said: &'a [u8], state: IpState) -> &'a [u8] {
        let (unit, size) = match unit::first(said, self.in_info, &self.profile) {
            Ok(found) => found,
            Err(place) => panic!("P20: no unit begins with {place:?}"),
        };
        self.in_info = unit == Unit::Info;
        match (unit, self.turn) {
            (Unit::Final(result), turn) => self.result(result, turn),
            (Unit::Prompt, Turn::Running { .. } | Turn::Entering { is_open: false }) => {
                let is_connected = self.was_connected || state == IpState::ConnectOk;
                assert!(is_connected, "P17: a prompt in {state}");
                // How many bytes a payload has stands behind `=`; it ends unseen.
                self.turn = Turn::Entering {
                    is_open: !self.line.contains(&b'='),
                };
            }
            (Unit::Info, Turn::Running { .. } | Turn::Entering { is_open: false }) => {}
            (Unit::Urc | Unit::Data, Turn::Typing(_) | Turn::Running { .. }) => {}
            (Unit::Urc | Unit::Data, Turn::Entering { is_open: false }) => {}
            (Unit::Info, Turn::Typing(_)) if self.unclear > 0 => {}
            (Unit::Prompt, Turn::Typing(_)) if self.unclear > 0 => {
                self.unclear -= 1;
                self.turn = Turn::Entering { is_open: false };
            }
            _ => panic!("P6, P21: {unit:?} in {:?}", self.turn),
        }
        &said[size..]
    }

    fn result(&mut self, result: Final, turn: Turn) {
        match turn {
            // Of a connect: the URC.
            Turn::Typing(_) if result == Final::NoResponse => {}
            Turn::Typing(_) => {
                assert!(self.unclear > 0, "P6: {result:?}, and no line ended");
                self.unclear -= 1;
            }
            Turn::Running { is_too_long } => {
                assert!(!is_too_long || result == Final::Error, "P8: {result:?}");
                self.unclear += usize::from(result == Final::NoResponse);
                self.turn = Turn::Typing(Progress::Nothing);
            }
            Turn::Entering { .. } => self.turn = Turn::Typing(Progress::Nothing),
        }
    }
}
