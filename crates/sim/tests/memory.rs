//! Memory over whole sessions: a module never holds more than its ceiling, and nothing grows.
//!
//! covers: P4 P5 H4

use std::cell::Cell;
use std::time::Duration;

use allocation_counter::measure;
use simless_sim::{Plan, run, run_around};

/// What any module may hold, whatever comes (P5).
const CEILING: i64 = 128 * 1024;

/// What a module that was just switched on holds at the most, which is not counted here (P5).
const IDLE: i64 = 4 * 1024;

/// What driver, module, servers, application and all that watches them hold.
const WORLD: u64 = 512 * 1024;

thread_local! {
    /// What the module holds, and the most it ever held.
    static HELD: Cell<(i64, i64)> = const { Cell::new((0, 0)) };
}

/// Counts what the module takes and gives back meanwhile.
fn count(verb: &mut dyn FnMut()) {
    let info = measure(verb);
    let (held, most) = HELD.get();
    let peak = held + i64::try_from(info.bytes_max).unwrap();
    HELD.set((held + info.bytes_current, most.max(peak)));
}

fn plan(seed: u64, hours: u64) -> Plan {
    Plan::new(seed, Duration::from_secs(hours * 3600))
}

/// Simulates a seed; gives what its module held at its end, and at the most.
fn held(seed: u64, hours: u64) -> (i64, i64) {
    HELD.set((0, 0));
    let outcome = run_around(plan(seed, hours), count);
    assert_eq!(outcome.violation, None);
    HELD.get()
}

#[test]
fn no_module_holds_more_than_the_ceiling() {
    for seed in 1..=40 {
        let (_, most) = held(seed, 1);
        assert!(most <= CEILING - IDLE, "seed {seed}: {most} bytes");
    }
}

/// At its end every session stands at the same place: a connection, and no faults.
#[test]
fn nothing_grows() {
    for seed in 1..=4 {
        let (once, _) = held(seed, 1);
        let (later, _) = held(seed, 6);
        let more = later - once;
        assert!(more <= 1024, "seed {seed}: {more} bytes more after 6 hours");
        let world = measure(|| drop(run(plan(seed, 6))));
        assert!(world.bytes_max <= WORLD, "seed {seed}: {world:?}");
        assert_eq!(world.bytes_current, 0, "seed {seed}");
    }
}
