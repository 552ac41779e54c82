//! A byte arrives when a line of its rate has carried it: never earlier, and found no later than
//! the next look.

use proptest::prelude::*;
use simless_module::{Rate, Wire};

use crate::{RATES, at, content, line, pieces, take_all};

/// What a byte takes, in millionths of a bit.
const BYTE: u128 = 10_000_000;

#[test]
fn a_byte_takes_ten_bits() {
    for rate in RATES {
        let mut wire = Wire::new(line(rate, 64), 0);
        let sent = content(5);
        let arrivals = pieces(&mut wire, &sent);
        assert_eq!(arrivals.len(), 5, "one after the other");
        for (count, (time, piece)) in (1..).zip(arrivals) {
            assert_eq!(piece, sent[count as usize - 1..count as usize]);
            let due = (count * BYTE).div_ceil(u128::from(rate));
            assert_eq!(u128::from(time.as_micros()), due, "byte {count} at {rate}");
        }
    }
}

/// A timer with ticks of a millisecond, always a little late, loses nothing of the rate.
#[test]
fn coarse_ticks_keep_the_rate() {
    for rate in RATES {
        let mut wire = Wire::new(line(rate, 4096), 0);
        let sent = [0; 4096];
        wire.push(&sent, at(0));
        let mut arrived = 0;
        for tick in 1..=10_000 {
            let now = at(tick * 1000 + tick % 700);
            arrived += take_all(&mut wire, now).len();
            wire.push(&sent, now);
        }
        let nominal = f64::from(rate) / 10.0 * 10.0;
        let share = arrived as f64 / nominal;
        assert!((0.99..=1.01).contains(&share), "{share} of {rate}");
    }
}

proptest! {
    /// A line that is kept busy has carried, at every look, exactly what its rate allows.
    #[test]
    fn a_busy_line_keeps_its_rate(
        rate in prop::sample::select(&RATES[..]),
        start in 0_u64..1 << 40,
        looks in prop::collection::vec(1_u64..20_000, 20..200),
    ) {
        let mut wire = Wire::new(line(rate, 4096), 0);
        let sent = [0; 4096];
        wire.push(&sent, at(start));
        let (mut elapsed, mut arrived) = (0, 0);
        for look in looks.iter().cycle() {
            elapsed += look;
            let now = at(start + elapsed);
            arrived += take_all(&mut wire, now).len() as u128;
            prop_assert_eq!(arrived, u128::from(elapsed) * u128::from(rate) / BYTE);
            wire.push(&sent, now);
            if elapsed > 1_500_000 {
                break;
            }
        }
        let nominal = elapsed as f64 * f64::from(rate) / 1e7;
        if nominal >= 200.0 {
            prop_assert!((0.99..=1.01).contains(&(arrived as f64 / nominal)));
        }
    }

    /// A line that is sometimes idle, sometimes full and seldom looked at against one that is
    /// reckoned byte by byte: what comes, comes in order and at its time; idle time makes no burst;
    /// setting the rate it has changes nothing.
    #[test]
    fn every_byte_arrives_at_its_time(
        rate in prop::sample::select(&RATES[..]),
        fifo in 1_usize..200,
        steps in prop::collection::vec((0_u64..30_000, 0_usize..150, 0_usize..150, any::<bool>()), 1..100),
    ) {
        let mut wire = Wire::new(line(rate, fifo), 0);
        let all = content(150 * 100);
        let unit = u128::from(rate);
        // Times in microseconds times the rate: whole numbers.
        let mut arrivals: Vec<u128> = Vec::new();
        let (mut now, mut taken) = (0_u64, 0);
        for (wait, send, take, set_rate) in steps {
            now += wait;
            if set_rate {
                wire.set_rate(Rate::new(rate), at(now));
            }
            let sent = arrivals.len();
            let room = { wire.handle_timeout(at(now)); wire.room() };
            prop_assert_eq!(room, fifo - (sent - taken));
            let n = wire.push(&all[sent..sent + send], at(now));
            prop_assert_eq!(n, send.min(room));
            for _ in 0..n {
                let begun = arrivals.last().copied().unwrap_or(0).max(u128::from(now) * unit);
                arrivals.push(begun + BYTE);
            }
            let due = arrivals.partition_point(|arrival| *arrival <= u128::from(now) * unit);
            prop_assert_eq!(wire.arrived().concat(), &all[taken..due]);
            let next = arrivals.get(due).map(|arrival| at(arrival.div_ceil(unit) as u64));
            prop_assert_eq!(wire.poll_timeout(), next);
            let take = take.min(due - taken);
            wire.take(take, at(now));
            taken += take;
        }
    }
}
