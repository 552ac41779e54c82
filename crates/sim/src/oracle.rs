//! What must hold, always: a small model of the byte streams, a reader of its own at the serial
//! line, and clocks.

mod commands;
mod datagrams;
mod line;
mod listener;
mod script;
mod states;

use std::fmt;

use simless_at::Instant;

pub(crate) use commands::Commands;
pub(crate) use datagrams::{HEADER, Ledger, Road};
pub(crate) use line::{Line, Reader};
pub(crate) use listener::Listener;
pub(crate) use script::{Fate, Script};
pub(crate) use states::Effect;

/// Something did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// When, in virtual time.
    pub at: Instant,
    /// The property's number (`L1`, `H7`, `P28`).
    pub property: &'static str,
    /// What was seen.
    pub seen: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.at.as_micros();
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        write!(
            f,
            "{} at {seconds}.{fraction:06} s: {}",
            self.property, self.seen
        )
    }
}

/// What did not hold, once it is known when.
pub(crate) type Finding = (&'static str, String);
