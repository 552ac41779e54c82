//! When bytes arrive.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Instant;
use simless_module::{Attributes, Control, FaultKind, Stream};

use super::fault;
use crate::rig::Rig;

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Serves the next deadline; whether there was one by `until`.
fn pass_one(rig: &mut Rig, until: Instant) -> bool {
    let next = rig.module.poll_timeout().filter(|at| *at <= until);
    if let Some(at) = next {
        let step = at.since(rig.now);
        rig.pass(step);
    }
    next.is_some()
}

/// How many bytes have come out at the far end.
fn arrived(rig: &mut Rig, way: Stream) -> usize {
    match way {
        Stream::Downlink => rig.output.len(),
        _ => rig.peer().stream().len(),
    }
}

fn send(rig: &mut Rig, way: Stream, bytes: &[u8]) {
    match way {
        Stream::Downlink => rig.peer_sends(bytes),
        _ => {
            let mut said = format!("AT+CIPSEND={}\r", bytes.len()).into_bytes();
            said.extend(bytes);
            rig.say(&said);
        }
    }
}

proptest! {
    /// A chunk arrives when it is due: behind the one before, and as late as the fault says.
    #[test]
    fn a_chunk_arrives_when_it_is_due(
        chunks in vec((0_u64..400, 1_usize..100), 1..40),
        latency in 1_u64..3000,
        jitter in 0_u64..1000,
        is_downlink: bool,
    ) {
        let way = if is_downlink { Stream::Downlink } else { Stream::Uplink };
        let mut rig = Rig::connected("TCP");
        let attributes = Attributes {
            latency: Some(millis(latency)),
            jitter: Some(millis(jitter)),
            ..Attributes::default()
        };
        rig.control(Control::from(fault(FaultKind::Latency, way, attributes)));
        let (earliest, latest) = (millis(latency.saturating_sub(jitter)), millis(latency + jitter));
        // Of each byte, when it set out.
        let mut sent = Vec::new();
        let mut seen = 0;
        let mut look = |rig: &mut Rig, sent: &[Instant]| {
            let now = rig.now;
            let count = arrived(rig, way);
            for at in &sent[seen..count] {
                prop_assert!(now >= *at + earliest, "too early");
                prop_assert!(now <= *at + latest, "too late");
            }
            seen = count;
            prop_assert!(sent[seen..].iter().all(|at| now <= *at + latest), "still not there");
            Ok(())
        };
        for (pause, n) in chunks {
            let until = rig.now + millis(pause);
            while pass_one(&mut rig, until) {
                look(&mut rig, &sent)?;
            }
            let rest = until.since(rig.now);
            rig.pass(rest);
            if way == Stream::Uplink {
                // The answers of the sends do not count.
                rig.output.clear();
            }
            send(&mut rig, way, &vec![b'x'; n]);
            sent.extend(vec![rig.now; n]);
            look(&mut rig, &sent)?;
        }
        let until = rig.now + latest;
        while pass_one(&mut rig, until) {
            look(&mut rig, &sent)?;
        }
        prop_assert_eq!(arrived(&mut rig, way), sent.len());
    }

    /// P2: what comes at one instant is one chunk, however it is cut.
    #[test]
    fn a_chunk_may_come_in_pieces(pieces in vec(1_usize..50, 1..10)) {
        let play = |pieces: &[usize]| {
            let mut rig = Rig::connected("TCP");
            let attributes = Attributes {
                latency: Some(millis(500)),
                jitter: Some(millis(500)),
                ..Attributes::default()
            };
            rig.control(Control::from(fault(FaultKind::Latency, Stream::Downlink, attributes)));
            let mut times = Vec::new();
            for _ in 0..5 {
                pieces.iter().for_each(|n| rig.peer_sends(&vec![b'x'; *n]));
                times.push(rig.module.poll_timeout());
                rig.pass(millis(1000));
            }
            (times, rig.output)
        };
        let whole = [pieces.iter().sum()];
        prop_assert_eq!(play(&pieces), play(&whole));
    }

    /// At no moment has more arrived than the line could carry, and it is never idle meanwhile.
    #[test]
    fn a_line_carries_its_rate(
        rate in prop::sample::select(vec![100_u32, 333, 1200, 5000, 99_999, 1_000_000, 10_000_000]),
        idle in 0_u64..5000,
        is_downlink: bool,
    ) {
        let way = if is_downlink { Stream::Downlink } else { Stream::Uplink };
        let mut rig = Rig::connected("TCP");
        let attributes = Attributes { rate: Some(rate), ..Attributes::default() };
        rig.control(Control::from(fault(FaultKind::Bandwidth, way, attributes)));
        // Twice, with a pause: a line that was idle has not saved up.
        for _ in 0..2 {
            rig.pass(millis(idle));
            rig.output.clear();
            rig.peer().got.clear();
            let start = rig.now;
            let whole = match rate {
                ..1000 => 1000,
                1000..100_000 => 20_000,
                _ => 100_000,
            };
            let mut left = whole;
            while left > 0 && way == Stream::Downlink {
                send(&mut rig, way, &vec![b'x'; left]);
                left = 0;
            }
            let mut deadlines = 0;
            while arrived(&mut rig, way) < whole {
                if left > 0 && (rig.output.ends_with(b"OK\r\n") || rig.output.is_empty()) {
                    rig.output.clear();
                    let n = left.min(1460);
                    left -= n;
                    send(&mut rig, way, &vec![b'x'; n]);
                    continue;
                }
                prop_assert!(pass_one(&mut rig, start + Duration::from_secs(3600)), "it stopped");
                deadlines += 1;
                // The last byte before may have been late by a part of a microsecond.
                let micros = rig.now.since(start).as_micros() + 1;
                let count = arrived(&mut rig, way) as u128;
                prop_assert!(count * 1_000_000 <= micros * u128::from(rate), "more than it carries");
            }
            let expected = whole as f64 / f64::from(rate);
            let took = rig.now.since(start).as_secs_f64();
            prop_assert!((took / expected - 1.0).abs() < 0.01, "{took} s instead of {expected} s");
            let few = (expected * 60.0) as usize + whole / 500 + 10;
            prop_assert!(deadlines <= few, "{deadlines} deadlines");
        }
    }

    /// While nothing goes, nothing does; and then it goes on.
    #[test]
    fn nothing_goes_while_it_is_down(at in 0_u64..3000, lasts in 1_u64..5000, rate in 100_u32..5000) {
        let mut rig = Rig::connected("TCP");
        let attributes = Attributes { rate: Some(rate), ..Attributes::default() };
        rig.control(Control::from(fault(FaultKind::Bandwidth, Stream::Both, attributes)));
        rig.peer_sends(&[b'x'; 2000]);
        rig.pass(millis(at));
        rig.control(Control::fault(FaultKind::Down));
        let before = rig.output.len();
        rig.pass(millis(lasts));
        prop_assert_eq!(rig.output.len(), before);
        rig.control(Control::clear(FaultKind::Down));
        let resumed = rig.now;
        while pass_one(&mut rig, resumed + Duration::from_secs(3600)) {
            let micros = rig.now.since(resumed).as_micros();
            let count = (rig.output.len() - before) as u128;
            prop_assert!(count * 1_000_000 <= micros * u128::from(rate), "it was made up for");
        }
        prop_assert_eq!(rig.output.len(), 2000);
    }
}
