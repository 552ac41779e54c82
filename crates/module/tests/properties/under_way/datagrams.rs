//! Datagrams that are lost, doubled and overtaken.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{Attributes, Control, Event, Fault, FaultKind, Probability, Stream};

use super::fault;
use crate::output::{self, Unit};
use crate::rig::Rig;

const KINDS: [FaultKind; 4] = [
    FaultKind::Loss,
    FaultKind::Duplicate,
    FaultKind::Reorder,
    FaultKind::Latency,
];

/// How often each kind struck.
fn struck(rig: &mut Rig, counts: &mut BTreeMap<&'static str, usize>) {
    while let Some(event) = rig.module.poll_event() {
        if let Event::Struck(kind) = event {
            *counts.entry(kind.about().name).or_default() += 1;
        }
    }
}

proptest! {
    /// P29: what arrives are whole datagrams, as many as were sent, without the lost ones and with
    /// the doubled ones; one that was overtaken is one place behind.
    #[test]
    fn datagrams_are_conserved(
        datagrams in vec((vec(any::<u8>(), 0..300), 0_u64..300), 1..40),
        toxicity in vec(0_u32..1_000_000, 4),
        is_downlink: bool,
    ) {
        let way = if is_downlink { Stream::Downlink } else { Stream::Uplink };
        let mut rig = Rig::connected("UDP");
        rig.say(b"AT+CIPHEAD=1\r");
        for (kind, ppm) in KINDS.into_iter().zip(toxicity) {
            let attributes = match kind {
                FaultKind::Latency => Attributes {
                    latency: Some(Duration::from_millis(200)),
                    jitter: Some(Duration::from_millis(200)),
                    ..Attributes::default()
                },
                _ => Attributes::default(),
            };
            rig.control(Control::from(Fault {
                toxicity: Probability::from_ppm(ppm),
                ..fault(kind, way, attributes)
            }));
        }
        rig.output.clear();
        let mut counts = BTreeMap::new();
        let mut sent = Vec::new();
        for (number, (payload, pause)) in (0_u8..).zip(&datagrams) {
            let mut datagram = vec![number];
            datagram.extend(payload);
            if is_downlink {
                rig.datagram(&datagram);
            } else {
                let mut said = format!("AT+CIPSEND={}\r", datagram.len()).into_bytes();
                if number == b'\n' {
                    // At the same instant it is the line's.
                    datagram[0] = 0xFE;
                }
                said.extend(&datagram);
                rig.say(&said);
            }
            sent.push(datagram);
            struck(&mut rig, &mut counts);
            rig.pass(Duration::from_millis(*pause));
        }
        rig.pass(Duration::from_secs(10));
        let units = output::read(&rig.output).map_err(TestCaseError::fail)?;
        let got: Vec<Vec<u8>> = match is_downlink {
            true => units
                .into_iter()
                .filter_map(|unit| match unit {
                    Unit::Block(block) => Some(block),
                    _ => None,
                })
                .collect(),
            false => rig.peer().got.clone(),
        };
        let count = |kind: FaultKind| counts.get(kind.about().name).copied().unwrap_or_default();
        let expected = sent.len() - count(FaultKind::Loss) + count(FaultKind::Duplicate);
        prop_assert_eq!(got.len(), expected);
        let place = |datagram: &Vec<u8>| sent.iter().position(|other| other == datagram);
        let places: Option<Vec<usize>> = got.iter().map(place).collect();
        let places = places.ok_or_else(|| TestCaseError::fail("a datagram that nobody sent"))?;
        // Only the one that was passed comes late, and nobody passes two.
        let behind = places.windows(2).filter(|pair| pair[1] < pair[0]).count();
        prop_assert!(behind <= count(FaultKind::Reorder), "{places:?}");
        for (at, place) in places.iter().enumerate() {
            let passed: std::collections::BTreeSet<_> =
                places[..at].iter().filter(|other| *other > place).collect();
            prop_assert!(passed.len() <= 1, "{places:?}");
        }
        for place in 0..sent.len() {
            let times = places.iter().filter(|other| **other == place).count();
            prop_assert!(times <= 2, "{places:?}");
        }
    }
}
