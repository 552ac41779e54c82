//! Deterministic simulation: driver, module, serial line, network, application and servers on one
//! virtual clock, with faults that are drawn from a seed and oracles that are always on.
//!
//! One thread, one heap of what is to come on (virtual time, sequence), and a jump to the next of
//! it. Everybody who draws has a stream of draws of his own under the seed, so that the same seed
//! gives the same session on any machine (P37), and a class of faults that is switched on moves
//! none of the others. `docs/simulation.md` says what is simulated and what must hold.
//!
//! ```
//! use std::time::Duration;
//! use simless_sim::{Plan, run};
//!
//! let plan = Plan::new(7, Duration::from_secs(600));
//! let once = run(plan);
//! assert_eq!(once.violation, None);
//! assert_eq!(once.tally.hash, run(plan).tally.hash);
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod agenda;
mod app;
mod faults;
mod modem;
mod net;
mod oracle;
mod peer;
mod plan;
mod serial;
mod tally;
mod tape;
mod world;

use std::time::Duration;

use simless_at::Instant;
use simless_trace::Line;

pub use faults::{CLASSES, Class, Group};
pub use modem::Around;
pub use oracle::Violation;
pub use plan::Plan;
pub use tally::Tally;

use world::World;

/// What came of a seed.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was counted.
    pub tally: Tally,
    /// How long it was, in virtual time.
    pub simulated: Duration,
    /// The first thing that did not hold.
    pub violation: Option<Violation>,
    /// The module's session, when it was asked for.
    pub trace: Vec<Line>,
}

/// Simulates a seed.
pub fn run(plan: Plan) -> Outcome {
    simulate(plan, false, None)
}

/// Simulates a seed, and writes the module's session down.
pub fn run_traced(plan: Plan) -> Outcome {
    simulate(plan, true, None)
}

/// Simulates a seed, and lets somebody measure each verb of the module's.
pub fn run_around(plan: Plan, around: Around) -> Outcome {
    simulate(plan, false, Some(around))
}

fn simulate(plan: Plan, traces: bool, around: Option<Around>) -> Outcome {
    let mut world = World::new(plan, traces, around);
    world.run();
    let now = world.now;
    world.module.end(now);
    Outcome {
        simulated: now.since(Instant::ZERO),
        violation: world.violation,
        trace: world.module.watch().trace.take().unwrap_or_default(),
        tally: world.tally,
    }
}
