//! Rate and faults change while bytes are under way.

use std::time::Duration;

use proptest::prelude::*;
use simless_module::{Probability, Rate, SerialFaults, Slicer, Stall, Wire};

use crate::{RATES, at, carried, content, instant_line, line, ppm, take_all};

#[test]
fn what_was_carried_stays_carried() {
    let mut wire = Wire::new(line(9600, 8), 0);
    wire.push(b"ab", at(0));
    wire.set_rate(Rate::new(19_200), at(520));
    // 4.992 bits are through, 5.008 take 260.8 µs more.
    assert_eq!(wire.poll_timeout(), Some(at(781)));
    assert_eq!(take_all(&mut wire, at(780)), b"");
    assert_eq!(take_all(&mut wire, at(781)), b"a");
    wire.set_rate(None, at(782));
    assert_eq!(take_all(&mut wire, at(782)), b"b");
    wire.set_rate(Rate::new(9600), at(783));
    wire.push(b"c", at(800));
    assert_eq!(wire.poll_timeout(), Some(at(1842)));
}

proptest! {
    /// However often the rate changes, the line carries the sum of what each allows.
    #[test]
    fn rates_add_up(
        steps in prop::collection::vec((1_u64..10_000, prop::sample::select(&RATES[..])), 1..200),
    ) {
        let mut wire = Wire::new(line(9600, 4096), 0);
        let sent = [0; 4096];
        wire.push(&sent, at(0));
        let (mut now, mut rate, mut carried, mut arrived) = (0, 9600, 0, 0);
        for (wait, next) in steps {
            now += wait;
            carried += u128::from(wait) * u128::from(rate);
            rate = next;
            wire.set_rate(Rate::new(rate), at(now));
            arrived += take_all(&mut wire, at(now)).len() as u128;
            prop_assert_eq!(arrived, carried / 10_000_000);
            wire.push(&sent, at(now));
        }
    }
}

#[test]
fn a_fault_strikes_from_then_on() {
    let mut wire = Wire::new(line(9600, 64), 0);
    let flip = SerialFaults {
        flip: Probability::ALWAYS,
        ..SerialFaults::NONE
    };
    wire.push(b"aaaaaa", at(0));
    // Two bytes have arrived, though nobody looked.
    wire.set_faults(flip, at(2500));
    wire.set_faults(SerialFaults::NONE, at(4500));
    let arrived = take_all(&mut wire, at(10_000));
    let struck: Vec<bool> = arrived.iter().map(|byte| *byte != b'a').collect();
    assert_eq!(struck, [false, false, true, true, false, false]);
}

#[test]
fn a_stall_ends_with_its_fault() {
    let stall = |seconds| SerialFaults {
        stall: Stall {
            toxicity: Probability::ALWAYS,
            duration: Duration::from_secs(seconds),
        },
        ..SerialFaults::NONE
    };
    for rate in [0, 9600] {
        let mut wire = Wire::new(line(rate, 64), 0);
        wire.set_faults(stall(3600), at(0));
        wire.push(b"ab", at(0));
        assert_eq!(take_all(&mut wire, at(5000)), b"a");
        let faults = SerialFaults {
            flip: ppm(0),
            noise: ppm(1),
            ..stall(3600)
        };
        wire.set_faults(faults, at(6000));
        assert_eq!(take_all(&mut wire, at(7000)), b"", "the same stall goes on");
        wire.set_faults(SerialFaults::NONE, at(8000));
        assert_eq!(take_all(&mut wire, at(9042)), b"b");
        assert_eq!(wire.is_transparent(), rate == 0);
    }
}

/// What one byte was spared is not another's.
#[test]
fn a_byte_behind_a_stall_takes_its_time() {
    let mut wire = Wire::new(line(9600, 64), 0);
    let faults = SerialFaults {
        stall: Stall {
            toxicity: Probability::ALWAYS,
            duration: Duration::from_millis(5),
        },
        ..SerialFaults::NONE
    };
    wire.set_faults(faults, at(0));
    wire.push(b"ab", at(0));
    wire.set_rate(None, at(500));
    assert_eq!(take_all(&mut wire, at(500)), b"a");
    wire.set_rate(Rate::new(9600), at(600));
    assert_eq!(wire.poll_timeout(), Some(at(500 + 5000 + 1042)));
}

#[test]
fn a_slicer_ends_with_its_fault() {
    let mut wire = Wire::new(instant_line(64), 0);
    let slicer = Slicer {
        toxicity: Probability::ALWAYS,
        size: 2,
        variation: 0,
        delay: Duration::from_secs(3600),
    };
    let sliced = SerialFaults {
        slicer,
        ..SerialFaults::NONE
    };
    wire.set_faults(sliced, at(0));
    wire.push(b"abcdef", at(0));
    assert_eq!(take_all(&mut wire, at(0)), b"ab");
    wire.set_faults(SerialFaults::NONE, at(1));
    assert_eq!(take_all(&mut wire, at(1)), b"cdef");
}

/// P40: a fault that comes or changes leaves what another one draws alone.
#[test]
fn one_kind_does_not_notice_another() {
    let flips = |noisy: bool| {
        let mut wire = Wire::new(instant_line(4096), 5);
        let mut faults = SerialFaults {
            flip: ppm(100_000),
            ..SerialFaults::NONE
        };
        wire.set_faults(faults, at(0));
        let sent = content(4096);
        let mut arrived = carried(&mut wire, &sent);
        if noisy {
            faults.stall.toxicity = ppm(500_000);
            faults.slicer.toxicity = ppm(500_000);
            faults.duplicate = ppm(1);
            wire.set_faults(faults, at(0));
        }
        arrived.extend(carried(&mut wire, &sent));
        arrived
    };
    assert_eq!(flips(false), flips(true));
}
