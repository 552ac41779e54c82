//! What each fault does, how often, and that none shifts another.

use std::collections::BTreeSet;
use std::time::Duration;

use simless_at::Instant;
use simless_module::{Probability, SerialFaults, Slicer, Stall, Wire};

use crate::{at, carried, content, instant_line, line, pieces, ppm, take_all};

const NONE: SerialFaults = SerialFaults::NONE;
const ALWAYS: Probability = Probability::ALWAYS;

fn with(bits_per_second: u32, faults: SerialFaults) -> Wire {
    let mut wire = Wire::new(line(bits_per_second, 256), 42);
    wire.set_faults(faults, Instant::ZERO);
    wire
}

/// What arrives for each byte alone.
fn fates(faults: SerialFaults, seed: u64, sent: &[u8]) -> Vec<Vec<u8>> {
    let mut wire = Wire::new(instant_line(1), seed);
    wire.set_faults(faults, Instant::ZERO);
    let fate = |byte: &u8| {
        assert_eq!(wire.push(&[*byte], Instant::ZERO), 1);
        take_all(&mut wire, Instant::ZERO)
    };
    sent.iter().map(fate).collect()
}

/// A kind of fault with its probability, and what it makes of a byte.
type Kind = (fn(Probability) -> SerialFaults, fn(u8, &[u8]) -> bool);

const KINDS: [Kind; 4] = [
    (
        |drop| SerialFaults { drop, ..NONE },
        |_, fate| fate.is_empty(),
    ),
    (
        |flip| SerialFaults { flip, ..NONE },
        |sent, fate| fate.len() == 1 && (fate[0] ^ sent).is_power_of_two(),
    ),
    (
        |duplicate| SerialFaults { duplicate, ..NONE },
        |sent, fate| fate == [sent, sent],
    ),
    (
        |noise| SerialFaults { noise, ..NONE },
        |sent, fate| fate.len() == 2 && fate[0] == sent,
    ),
];

#[test]
fn each_strikes_as_often_as_it_says() {
    let sent = content(10_000);
    for (faults, is_struck) in KINDS {
        for share in [0, 100, 10_000, 250_000, 500_000, 990_000, 1_000_000] {
            let fates = fates(faults(ppm(share)), 9, &sent);
            let mut struck = 0_u32;
            for (sent, fate) in sent.iter().zip(&fates) {
                let is_struck = is_struck(*sent, fate);
                assert!(is_struck || fate == &[*sent]);
                struck += u32::from(is_struck);
            }
            let p = f64::from(share) / 1e6;
            let deviation = (10_000.0 * p * (1.0 - p)).sqrt();
            let off = (f64::from(struck) - 10_000.0 * p).abs();
            assert!(off <= 3.0 * deviation, "{struck} at {share}");
        }
    }
}

/// P37: these draws are the same on every machine.
#[test]
fn the_first_strikes_are_known() {
    let sent = [0; 5000];
    let first = |kind: usize| -> Vec<usize> {
        let (faults, is_struck) = KINDS[kind];
        let fates = fates(faults(ppm(2000)), 1, &sent);
        (0..sent.len())
            .filter(|i| is_struck(0, &fates[*i]))
            .take(4)
            .collect()
    };
    assert_eq!(first(0), [444, 1519, 2884, 3166]);
    assert_eq!(first(1), [1384, 1612, 2810, 2903]);
    assert_eq!(first(2), [503, 1089, 1189, 1319]);
    assert_eq!(first(3), [24, 1403, 2013, 4055]);
}

/// P40: together each does what it does alone.
#[test]
fn none_shifts_another() {
    let sent = content(20_000);
    let share = ppm(200_000);
    let [drop, flip, duplicate, noise] = KINDS.map(|(faults, _)| fates(faults(share), 7, &sent));
    let all = SerialFaults {
        drop: share,
        flip: share,
        duplicate: share,
        noise: share,
        stall: Stall {
            toxicity: share,
            duration: Duration::ZERO,
        },
        slicer: Slicer {
            toxicity: share,
            size: 1,
            ..Slicer::default()
        },
    };
    for (i, fate) in fates(all, 7, &sent).into_iter().enumerate() {
        let times = if drop[i].is_empty() {
            0
        } else {
            duplicate[i].len()
        };
        let mut expected = vec![flip[i][0]; times];
        expected.extend(&noise[i][1..]);
        assert_eq!(fate, expected, "byte {i}");
    }
}

#[test]
fn two_seeds_give_two_results() {
    let sent = content(1000);
    for (faults, _) in KINDS {
        let fates = |seed| fates(faults(ppm(100_000)), seed, &sent);
        assert_eq!(fates(1), fates(1));
        assert_ne!(fates(1), fates(2));
    }
}

#[test]
fn noise_has_every_value_and_flips_every_bit() {
    let noise = carried(&mut with(0, KINDS[3].0(ALWAYS)), &[0; 4096]);
    let values: BTreeSet<u8> = noise.iter().skip(1).step_by(2).copied().collect();
    assert_eq!(values.len(), 256);
    let flipped = carried(&mut with(0, KINDS[1].0(ALWAYS)), &[0; 256]);
    let bits: BTreeSet<u8> = flipped.into_iter().collect();
    assert_eq!(Vec::from_iter(bits), [1, 2, 4, 8, 16, 32, 64, 128]);
}

/// A byte that is lost took its time, and one that is added takes it.
#[test]
fn faults_do_not_change_the_rate() {
    for ((faults, _), arriving) in KINDS.into_iter().zip([0, 1, 2, 2]) {
        let mut wire = with(9600, faults(ALWAYS));
        assert_eq!(wire.push(&[0; 300], at(0)), 256);
        let mut deadlines = 0;
        let mut arrived = 0;
        while let Some(now) = wire.poll_timeout() {
            deadlines += 1;
            assert_eq!(now, at((deadlines * 10_000_000_u64).div_ceil(9600)));
            arrived += take_all(&mut wire, now).len();
        }
        assert_eq!(arrived, 256 * arriving);
        assert_eq!(deadlines, 256 * arriving.max(1) as u64);
        assert_eq!(wire.room(), 256);
    }
}

#[test]
fn a_line_stalls_behind_a_byte() {
    let faults = SerialFaults {
        stall: Stall {
            toxicity: ALWAYS,
            duration: Duration::from_millis(5),
        },
        ..NONE
    };
    let arrivals: Vec<u64> = pieces(&mut with(9600, faults), b"abc")
        .into_iter()
        .map(|(time, _)| time.as_micros())
        .collect();
    assert_eq!(arrivals, [1042, 2084 + 5000, 3125 + 10_000]);

    // A late look finds what has arrived meanwhile; the rest is no later for it.
    let mut wire = with(0, faults);
    wire.push(b"abcdef", at(0));
    assert_eq!(take_all(&mut wire, at(12_000)), b"abc");
    assert_eq!(wire.poll_timeout(), Some(at(15_000)));

    // What is sent during a stall waits for its end.
    assert_eq!(take_all(&mut wire, at(25_000)), b"def");
    wire.push(b"g", at(26_000));
    assert_eq!(wire.poll_timeout(), Some(at(30_000)));
}

#[test]
fn stalls_are_as_many_as_it_says() {
    let faults = SerialFaults {
        stall: Stall {
            toxicity: ppm(100_000),
            duration: Duration::from_micros(1),
        },
        ..NONE
    };
    let arrivals = pieces(&mut with(0, faults), &[0; 10_000]);
    let (end, _) = arrivals.last().expect("bytes");
    assert!((900..=1100).contains(&end.as_micros()), "{end:?}");
}

#[test]
fn a_slicer_hands_out_pieces() {
    let sliced = |toxicity, size, variation, delay| {
        let slicer = Slicer {
            toxicity,
            size,
            variation,
            delay: Duration::from_micros(delay),
        };
        pieces(&mut with(0, SerialFaults { slicer, ..NONE }), &content(250))
    };
    let lengths = |pieces: &[(Instant, Vec<u8>)]| -> Vec<usize> {
        pieces.iter().map(|(_, piece)| piece.len()).collect()
    };

    let single = sliced(ALWAYS, 1, 0, 0);
    assert_eq!(lengths(&single), [1; 250]);
    assert!(single.iter().all(|(time, _)| *time == Instant::ZERO));

    let delayed = sliced(ALWAYS, 100, 0, 1000);
    assert_eq!(lengths(&delayed), [100, 100, 50]);
    let times: Vec<u64> = delayed.iter().map(|(time, _)| time.as_micros()).collect();
    assert_eq!(times, [0, 1000, 2000]);

    let varied = lengths(&sliced(ALWAYS, 5, 4, 10));
    let (_, whole) = varied.split_last().expect("pieces");
    assert_eq!(
        BTreeSet::from_iter(whole),
        (1..=9).collect::<Vec<_>>().iter().collect()
    );

    let half = lengths(&sliced(ppm(500_000), 5, 0, 10));
    assert!(half.iter().all(|length| length % 5 == 0));
    assert!((15..35).contains(&half.len()), "{half:?}");

    assert_eq!(lengths(&sliced(Probability::NEVER, 1, 0, 1000)), [250]);
}
