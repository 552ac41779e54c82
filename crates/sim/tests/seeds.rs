//! Seeds that found something once (`seeds.toml`), and what must hold for every seed.
//!
//! covers: H3 H5 H6 H7 H9 P3 P11 P13 P14 P28 P37 P39 P40

use std::time::Duration;

use serde::Deserialize;
use simless_module::{FaultKind, Gate, KINDS, Kind};
use simless_sim::{Plan, run, run_traced};
use simless_trace::{Line, Player};

#[derive(Deserialize)]
struct List {
    seed: Vec<Seed>,
}

#[derive(Deserialize)]
struct Seed {
    seed: u64,
    hours: f64,
    found: String,
}

fn hours(hours: f64) -> Duration {
    Duration::from_secs_f64(hours * 3600.0)
}

#[test]
fn seeds_that_found_something() {
    let list: List = toml::from_str(include_str!("../seeds.toml")).unwrap();
    for Seed {
        seed,
        hours: h,
        found,
    } in list.seed
    {
        let violation = run(Plan::new(seed, hours(h))).violation;
        assert!(violation.is_none(), "seed {seed} ({found}): {violation:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_session_and_another_one_another() {
    let of = |seed| run(Plan::new(seed, hours(0.5))).tally;
    for seed in 1..=5 {
        assert_eq!(of(seed), of(seed), "P37");
        assert_ne!(of(seed).hash, of(seed + 1).hash);
    }
}

/// Watching changes nothing, and what was written down comes out again step by step.
#[test]
fn a_session_can_be_played_again() {
    for seed in 1..=12 {
        let plan = Plan::new(seed, hours(0.2));
        let outcome = run_traced(plan);
        assert_eq!(outcome.tally, run(plan).tally, "seed {seed}");
        let mut player = None;
        for line in &outcome.trace {
            match line {
                Line::Header(header) => player = Some(Player::new(header).unwrap()),
                Line::Record(record) => {
                    let player = player.as_mut().expect("a header comes first");
                    if let Err(difference) = player.play(record) {
                        panic!("seed {seed}: {difference}");
                    }
                }
            }
        }
    }
}

#[test]
fn without_faults_everything_gets_through() {
    let outcome = run(Plan::new(1, hours(1.0)).calm());
    assert_eq!(outcome.violation, None);
    let tally = outcome.tally;
    assert!(tally.faults.is_empty(), "{:?}", tally.faults);
    assert!(tally.sends > 250, "{}", tally.sends);
    assert!(tally.connections > 3, "{}", tally.connections);
}

/// A class that never strikes would go unnoticed.
#[test]
fn every_class_of_faults_strikes() {
    let mut all = simless_sim::Tally::default();
    for seed in 1..=120 {
        let outcome = run(Plan::new(seed, hours(0.5)));
        assert_eq!(outcome.violation, None, "seed {seed}");
        all.add(&outcome.tally);
    }
    for class in simless_sim::CLASSES {
        assert!(all.drawn.contains_key(class.name), "{}", class.name);
    }
    // Of a state of the world, and of single bytes, the module does not say that they struck.
    use FaultKind::{CregDenied, Searching, SimAbsent};
    let is_silent = |kind: &Kind| {
        kind.gate == Gate::Wire || matches!(kind.kind, SimAbsent | CregDenied | Searching)
    };
    for kind in KINDS.iter().filter(|kind| !is_silent(kind)) {
        assert!(all.faults.contains_key(kind.name), "{}", kind.name);
    }
}
