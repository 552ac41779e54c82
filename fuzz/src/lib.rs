//! What fuzzing throws at simless, and what must hold whatever it throws: the oracles panic.
//!
//! There is no fuzzer in here, so that a plain test can replay every input one has found:
//! `fuzz/README.md` says how to run one.

mod adapter;
mod answers;
mod decode;
mod ledger;
mod line;
mod session;
mod socket;

pub use decode::{ESCAPE, Event, Step, encode};
pub use line::line;
pub use session::session;
