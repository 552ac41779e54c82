//! One direction of a serial line: what arrives, and when.
//!
//! covers: P2 P3 P4 P37 P40

mod anything;
mod changes;
mod faults;
mod memory;
mod pacing;

use std::time::Duration;

use simless_at::Instant;
use simless_module::{Line, Probability, Rate, SerialFaults, Wire};

/// The usual rates of serial lines.
const RATES: [u32; 14] = [
    300, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 38_400, 57_600, 115_200, 230_400, 460_800,
    921_600,
];

fn line(bits_per_second: u32, fifo: usize) -> Line {
    Line {
        rate: Rate::new(bits_per_second),
        fifo,
    }
}

/// A line that takes no time.
fn instant_line(fifo: usize) -> Line {
    line(0, fifo)
}

fn at(micros: u64) -> Instant {
    Instant::from_micros(micros)
}

const fn ppm(ppm: u32) -> Probability {
    Probability::from_ppm(ppm)
}

/// Bytes in which a missing or a moved one shows.
fn content(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 + i / 256) as u8).collect()
}

/// The far end takes all there is.
fn take_all(wire: &mut Wire, now: Instant) -> Vec<u8> {
    wire.handle_timeout(now);
    let mut taken = Vec::new();
    loop {
        let piece = wire.arrived().concat();
        if piece.is_empty() {
            return taken;
        }
        wire.take(piece.len(), now);
        taken.extend(piece);
    }
}

/// Sends all of it, and reads along at every deadline; gives what arrived, piece by piece, with
/// its time.
fn pieces(wire: &mut Wire, mut bytes: &[u8]) -> Vec<(Instant, Vec<u8>)> {
    let mut now = Instant::ZERO;
    let mut pieces = Vec::new();
    loop {
        let n = wire.push(bytes, now);
        bytes = &bytes[n..];
        let piece = wire.arrived().concat();
        if !piece.is_empty() {
            wire.take(piece.len(), now);
            pieces.push((now, piece));
            continue;
        }
        match wire.poll_timeout() {
            Some(next) => now = next,
            None if bytes.is_empty() => return pieces,
            None => assert!(wire.room() > 0, "the line is stuck"),
        }
        wire.handle_timeout(now);
    }
}

/// All that arrives of these bytes.
fn carried(wire: &mut Wire, bytes: &[u8]) -> Vec<u8> {
    let pieces = pieces(wire, bytes);
    pieces.into_iter().flat_map(|(_, piece)| piece).collect()
}

#[test]
fn a_line_without_rate_and_faults_is_transparent() {
    let mut wire = Wire::new(instant_line(8), 0);
    assert!(wire.is_transparent());
    assert_eq!(wire.push(b"0123456789", at(5)), 8);
    assert!(!wire.is_transparent(), "bytes lie in it");
    assert_eq!(wire.arrived().concat(), b"01234567");
    assert_eq!(wire.poll_timeout(), None);
    wire.take(8, at(5));
    assert!(wire.is_transparent());

    wire.set_rate(Rate::new(9600), at(6));
    assert!(!wire.is_transparent());
    wire.push(b"x", at(6));
    wire.set_rate(None, at(7));
    assert!(!wire.is_transparent());
    assert_eq!(take_all(&mut wire, at(7)), b"x");
    assert!(wire.is_transparent());
}

#[test]
fn a_line_needs_room_for_a_byte() {
    let mut wire = Wire::new(line(9600, 0), 0);
    assert_eq!(wire.room(), 1);
    assert_eq!(carried(&mut wire, b"abc"), b"abc");
    assert_eq!(wire.room(), 1);
}

#[test]
fn time_that_goes_back_stands_still() {
    let mut wire = Wire::new(line(9600, 8), 0);
    wire.push(b"ab", at(10_000));
    wire.push(b"c", at(9000));
    wire.handle_timeout(at(0));
    assert_eq!(wire.poll_timeout(), Some(at(11_042)));
    wire.handle_timeout(at(11_042));
    wire.handle_timeout(at(11_041));
    assert_eq!(wire.poll_timeout(), Some(at(12_084)));
    wire.take(1, at(0));
    wire.set_rate(None, at(0));
    wire.push(b"d", at(0));
    assert_eq!(take_all(&mut wire, at(0)), b"bcd");

    let mut faults = SerialFaults::NONE;
    faults.slicer.toxicity = Probability::ALWAYS;
    faults.slicer.delay = Duration::from_micros(500);
    wire.set_faults(faults, at(20_000));
    wire.push(b"ef", at(20_000));
    wire.take(1, at(20_000));
    wire.handle_timeout(at(20_500));
    wire.handle_timeout(at(20_499));
    assert_eq!(wire.arrived().concat(), b"f", "it had arrived");
}
