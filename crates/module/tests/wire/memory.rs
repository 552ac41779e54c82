//! A line holds no more than it was told, and nothing before its first byte.

use std::time::Duration;

use allocation_counter::measure;
use simless_at::Instant;
use simless_module::{Probability, SerialFaults, Slicer, Stall, Wire};

use crate::{line, ppm};

const FIFO: usize = 1024;

fn faulty() -> Wire {
    let mut wire = Wire::new(line(921_600, FIFO), 3);
    let faults = SerialFaults {
        drop: ppm(10_000),
        flip: ppm(10_000),
        duplicate: ppm(10_000),
        noise: ppm(10_000),
        stall: Stall {
            toxicity: ppm(1000),
            duration: Duration::from_micros(50),
        },
        slicer: Slicer {
            toxicity: ppm(900_000),
            size: 16,
            variation: 15,
            delay: Duration::from_micros(10),
        },
    };
    wire.set_faults(faults, Instant::ZERO);
    wire
}

#[test]
fn traffic_allocates_nothing() {
    let mut wire = None;
    let idle = measure(|| wire = Some(faulty()));
    assert_eq!(idle.count_total, 0, "before the first byte");

    let mut wire = wire.expect("a line");
    wire.push(b"x", Instant::ZERO);
    let mut taken = 0;
    let busy = measure(|| {
        let mut now = Instant::ZERO;
        for _ in 0..100_000 {
            wire.push(&[b'x'; 100], now);
            let [first, second] = wire.arrived();
            let n = first.len() + second.len();
            wire.take(n, now);
            taken += n;
            now = wire.poll_timeout().unwrap_or(now);
        }
    });
    assert!(taken > 10_000, "{taken}");
    assert_eq!(busy.count_total, 0);
}

/// A far end that takes nothing, and a line that adds all it can.
#[test]
fn buffers_are_bounded() {
    let mut wire = Wire::new(line(0, FIFO), 3);
    let faults = SerialFaults {
        duplicate: Probability::ALWAYS,
        noise: Probability::ALWAYS,
        ..SerialFaults::NONE
    };
    wire.set_faults(faults, Instant::ZERO);
    let info = measure(|| {
        assert_eq!(wire.push(&[b'x'; 2 * FIFO], Instant::ZERO), FIFO);
        assert_eq!(wire.room(), 0);
        assert_eq!(wire.push(b"x", Instant::ZERO), 0);
    });
    let [first, second] = wire.arrived();
    assert_eq!(
        first.len() + second.len(),
        3 * FIFO,
        "nothing of it is lost"
    );
    assert_eq!(info.bytes_max, 4 * FIFO as u64);
}
