//! Whatever is done to a line, it comes to rest, and how it is cut doesn't show.

use std::time::Duration;

use proptest::prelude::*;
use simless_at::Instant;
use simless_module::{Probability, Rate, SerialFaults, Slicer, Stall, Wire};

use crate::{RATES, at, carried, content, line, take_all};

fn probability() -> impl Strategy<Value = Probability> {
    prop_oneof![
        Just(Probability::NEVER),
        Just(Probability::ALWAYS),
        (0_u32..1_000_000).prop_map(Probability::from_ppm),
        (0_u32..100).prop_map(Probability::from_ppm),
    ]
}

fn duration() -> impl Strategy<Value = Duration> {
    (0_u64..5000).prop_map(Duration::from_micros)
}

prop_compose! {
    fn faults()(
        [drop, flip, duplicate, noise, stalled, sliced] in prop::array::uniform6(probability()),
        [duration, delay] in prop::array::uniform2(duration()),
        size in 0_usize..20,
        variation in 0_usize..20,
    ) -> SerialFaults {
        SerialFaults {
            drop,
            flip,
            duplicate,
            noise,
            stall: Stall { toxicity: stalled, duration },
            slicer: Slicer { toxicity: sliced, size, variation, delay },
        }
    }
}

fn rate() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(u32::MAX), prop::sample::select(&RATES[..])]
}

#[derive(Clone, Debug)]
enum Step {
    Push(usize),
    Take(usize),
    Wait(u64),
    SleepToDeadline,
    Rate(u32),
    Faults(SerialFaults),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0_usize..100).prop_map(Step::Push),
        4 => (0_usize..100).prop_map(Step::Take),
        2 => (0_u64..20_000).prop_map(Step::Wait),
        4 => Just(Step::SleepToDeadline),
        1 => rate().prop_map(Step::Rate),
        1 => faults().prop_map(Step::Faults),
    ]
}

proptest! {
    /// P3, P4: a deadline is never past, each brings the line on, and at last nothing is left.
    #[test]
    fn a_line_comes_to_rest(
        rate in rate(),
        fifo in 1_usize..100,
        seed: u64,
        begin in prop_oneof![0_u64..1_000_000, u64::MAX - 100_000..=u64::MAX],
        steps in prop::collection::vec(step(), 0..100),
    ) {
        let mut wire = Wire::new(line(rate, fifo), seed);
        let mut now = at(begin);
        for step in steps {
            match step {
                Step::Push(n) => {
                    let taken = wire.push(&vec![0; n], now);
                    prop_assert!(taken <= n);
                }
                Step::Take(n) => wire.take(n, now),
                Step::Wait(micros) => now += Duration::from_micros(micros),
                Step::SleepToDeadline => now = wire.poll_timeout().unwrap_or(now).max(now),
                Step::Rate(rate) => wire.set_rate(Rate::new(rate), now),
                Step::Faults(faults) => wire.set_faults(faults, now),
            }
            wire.handle_timeout(now);
            prop_assert!(wire.poll_timeout().is_none_or(|at| at > now));
            prop_assert!(wire.room() <= fifo);
            prop_assert!(wire.arrived().concat().len() <= 3 * fifo);
        }
        if begin > 1_000_000 {
            return Ok(());
        }
        // Every byte has at most a deadline for each of the three it may become, and one for each
        // of their pieces.
        for _ in 0..6 * fifo + 2 {
            take_all(&mut wire, now);
            now = wire.poll_timeout().unwrap_or(now);
        }
        prop_assert_eq!(wire.poll_timeout(), None);
        prop_assert_eq!(wire.room(), fifo);
    }

    /// P2: the same bytes at the same times, cut anywhere and looked at any number of times.
    #[test]
    fn cuts_do_not_show(
        rate in rate(),
        faults in faults(),
        seed: u64,
        steps in prop::collection::vec((0_u64..20_000, 0_usize..40, 1_usize..40, 0_u64..20_000), 1..60),
    ) {
        let new = || {
            let mut wire = Wire::new(line(rate, 20_000), seed);
            wire.set_faults(faults, Instant::ZERO);
            wire
        };
        let (mut whole, mut cut) = (new(), new());
        let sent = content(60 * 40);
        let (mut now, mut from) = (0, 0);
        for (wait, n, bite, look) in steps {
            cut.handle_timeout(at(now + look.min(wait)));
            now += wait;
            let bytes = &sent[from..from + n];
            from += n;
            prop_assert_eq!(whole.push(bytes, at(now)), n);
            cut.handle_timeout(at(now));
            for piece in bytes.chunks(bite) {
                prop_assert_eq!(cut.push(piece, at(now)), piece.len());
            }
            let at_once = take_all(&mut whole, at(now));
            let mut bitten = Vec::new();
            loop {
                let mut piece = cut.arrived().concat();
                if piece.is_empty() {
                    break;
                }
                piece.truncate(bite);
                cut.take(piece.len(), at(now));
                bitten.extend(piece);
            }
            prop_assert_eq!(at_once, bitten);
            prop_assert_eq!(whole.poll_timeout(), cut.poll_timeout());
            prop_assert_eq!(whole.room(), cut.room());
        }
    }

    /// P37: the same seed, the same result, however little room there is.
    #[test]
    fn room_does_not_show(
        rates in prop::array::uniform2(rate()),
        faults in faults(),
        seed: u64,
        fifo in 1_usize..50,
    ) {
        let sent = content(500);
        let [narrow, wide] = [(rates[0], fifo), (rates[1], 1000)].map(|(rate, fifo)| {
            let mut wire = Wire::new(line(rate, fifo), seed);
            wire.set_faults(faults, Instant::ZERO);
            carried(&mut wire, &sent)
        });
        prop_assert_eq!(&narrow, &wide);
        if [faults.drop, faults.flip, faults.duplicate, faults.noise] == [Probability::NEVER; 4] {
            prop_assert_eq!(&narrow, &sent);
        }
    }
}
