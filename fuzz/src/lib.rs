//! What fuzzing throws at simless, and what must hold whatever it throws: the oracles panic.
//!
//! There is no fuzzer in here, so that a plain test can replay every input one has found:
//! `fuzz/README.md` says how to run one.

mod adapter;
mod answers;
mod decode;
mod driver;
mod dte;
mod ledger;
mod line;
mod metered;
mod session;
mod socket;
mod unit;

pub use decode::{ESCAPE, Event, Step, encode};
pub use driver::driver;
pub use line::line;
pub use session::{READS_ALONG, session};
