//! Draws that are the same on every machine, and fair.
//!
//! covers: P37 P40

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;
use simless_module::{Chance, Probability};

/// If this fails, a seed no longer means what it meant: no transcript can be replayed.
#[test]
fn the_first_draws_are_known() {
    let mut chance = Chance::of(42, "serial drop");
    let draws: Vec<u64> = (0..4).map(|_| chance.within(0..=u64::MAX)).collect();
    assert_eq!(
        draws,
        [
            2_126_943_839_722_710_471,
            14_333_324_564_424_052_356,
            11_812_428_029_717_010_722,
            108_143_451_409_670_729
        ]
    );
    let draws: Vec<u64> = (0..8).map(|_| chance.below(6)).collect();
    assert_eq!(draws, [4, 2, 0, 3, 2, 1, 5, 5]);
    let draws: Vec<u64> = (0..4)
        .map(|_| chance.misses(Probability::from_ppm(1000)))
        .collect();
    assert_eq!(draws, [1032, 649, 178, 475]);
    let (middle, jitter) = (Duration::from_millis(100), Duration::from_millis(20));
    assert_eq!(chance.around(middle, jitter), Duration::from_micros(85_010));
    assert_eq!(chance.seed(), 1_395_076_605_294_052_191);
}

#[test]
fn streams_and_seeds_have_nothing_in_common() {
    let mut seen = BTreeSet::new();
    for seed in [0, 1, 2, u64::MAX] {
        for stream in ["", "a", "b", "serial drop", "serial flip"] {
            let mut chance = Chance::of(seed, stream);
            for _ in 0..1000 {
                assert!(seen.insert(chance.seed()), "{seed} {stream}");
            }
        }
    }
}

#[test]
fn certainties_are_certain() {
    let mut chance = Chance::of(0, "");
    for _ in 0..1000 {
        assert!(chance.hits(Probability::ALWAYS));
        assert!(!chance.hits(Probability::NEVER));
        assert_eq!(chance.misses(Probability::ALWAYS), 0);
        assert_eq!(chance.misses(Probability::NEVER), u64::MAX);
    }
    assert_eq!(Probability::from_ppm(u32::MAX), Probability::ALWAYS);
}

/// The geometric draw against its distribution: P(n) = (1 - q) qⁿ, its mean q / (1 - q).
#[test]
fn misses_are_geometric() {
    const DRAWS: u32 = 100_000;
    for ppm in [10, 1000, 100_000, 300_000, 500_000, 900_000] {
        let mut chance = Chance::of(3, "misses");
        let (mut sum, mut counts) = (0, [0_u32; 4]);
        for _ in 0..DRAWS {
            let misses = chance.misses(Probability::from_ppm(ppm));
            sum += misses;
            if let Some(count) = counts.get_mut(misses as usize) {
                *count += 1;
            }
        }
        let p = f64::from(ppm) / 1e6;
        let draws = f64::from(DRAWS);
        let mean = sum as f64 / draws;
        let deviation = ((1.0 - p) / (p * p) / draws).sqrt();
        assert!(
            (mean - (1.0 - p) / p).abs() <= 3.0 * deviation,
            "{mean} at {ppm}"
        );
        for (n, count) in (0..).zip(counts) {
            let share = p * (1.0 - p).powi(n);
            let deviation = (draws * share * (1.0 - share)).sqrt();
            let off = (f64::from(count) - draws * share).abs();
            assert!(off <= 4.0 * deviation, "{n}: {count} at {ppm}");
        }
    }
}

#[test]
fn numbers_are_fair() {
    let mut chance = Chance::of(5, "numbers");
    // Three quarters of all that a draw can be: the worst that a remainder would do to it.
    let bound = 3 << 62;
    let low = (0..100_000)
        .filter(|_| chance.below(bound) < bound / 2)
        .count();
    assert!((49_500..50_500).contains(&low), "{low}");
    let mut counts = [0; 6];
    (0..60_000).for_each(|_| counts[chance.below(6) as usize] += 1);
    assert!(
        counts.iter().all(|count| (9700..10_300).contains(count)),
        "{counts:?}"
    );
}

proptest! {
    #[test]
    fn numbers_keep_to_their_range(seed: u64, start: u64, end: u64, bound: u64) {
        let mut chance = Chance::of(seed, "range");
        prop_assert!(chance.below(bound) < bound.max(1));
        let (start, end) = (start.min(end), start.max(end));
        prop_assert!((start..=end).contains(&chance.within(start..=end)));
        prop_assert_eq!(chance.within(start..=start), start);
        let (middle, jitter) = (Duration::from_micros(start / 2), Duration::from_micros(end / 2));
        let around = chance.around(middle, jitter);
        prop_assert!(around >= middle.saturating_sub(jitter) && around <= middle + jitter);
    }
}

#[test]
#[allow(clippy::reversed_empty_ranges)]
fn an_empty_range_gives_its_start() {
    assert_eq!(Chance::of(0, "").within(5..=4), 5);
    assert_eq!(Chance::of(0, "").below(0), 0);
}
