//! Anything at all, in any order.
//!
//! covers: P1 P3 P4

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{
    Attributes, Control, Fault, FaultKind, Gate, KINDS, KINGCOM_G3524, Probability, Rate, Stream,
    Timing,
};

use crate::history::{Step, act, step};
use crate::rig::Rig;

/// All that may wait for a DTE that does not read: the limit of received bytes, and text.
const OUTPUT_LIMIT: usize = 16 * 1024 + 16 * 1024;

/// A fault of the serial line begins, or is over.
fn wire_fault() -> impl Strategy<Value = Step> {
    let kinds: Vec<FaultKind> = KINDS
        .iter()
        .filter(|kind| kind.gate == Gate::Wire)
        .map(|kind| kind.kind)
        .collect();
    let toxicity = prop::sample::select(vec![1_000_000, 300_000, 1000]);
    let delay = (0_u64..100).prop_map(Duration::from_millis);
    let fault = (prop::sample::select(kinds), toxicity, delay);
    (fault, any::<bool>()).prop_map(|((kind, ppm, delay), begins)| {
        let mut fault = Fault::new(kind);
        fault.toxicity = Probability::from_ppm(ppm);
        fault.attributes.delay = Some(delay);
        Step::Control(match begins {
            true => Control::from(fault),
            false => Control::clear(kind),
        })
    })
}

fn socket_kind() -> impl Strategy<Value = FaultKind> {
    let of_sockets = KINDS.iter().filter(|kind| kind.gate == Gate::Socket);
    prop::sample::select(of_sockets.map(|kind| kind.kind).collect::<Vec<_>>())
}

/// A fault between connections and the network, whatever it needs to know.
fn socket_fault() -> impl Strategy<Value = Fault> {
    let times = prop::option::of(prop::sample::select(vec![0, 3, 2000, 70_000]));
    let stream = prop::sample::select(vec![Stream::Both, Stream::Uplink, Stream::Downlink]);
    let numbers = (prop::option::of(0_u32..5000), 0_u32..1_500_000);
    (socket_kind(), vec(times, 6), stream, numbers).prop_map(
        |(kind, times, stream, (number, ppm))| {
            let time = |n: usize| times[n].map(Duration::from_millis);
            Fault {
                stream,
                toxicity: Probability::from_ppm(ppm),
                after: time(0).unwrap_or_default(),
                lasts: time(1),
                times: number.filter(|number| *number < 3),
                attributes: Attributes {
                    latency: time(2),
                    jitter: time(3),
                    delay: time(4),
                    timeout: time(5),
                    rate: number,
                    bytes: number.map(u64::from),
                    ..Attributes::default()
                },
                ..Fault::new(kind)
            }
        },
    )
}

/// A fault between connections and the network begins, or is over.
fn socket_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => socket_fault().prop_map(Control::from),
        1 => socket_kind().prop_map(Control::clear),
    ]
    .prop_map(Step::Control)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P1, P3, P4: nothing panics, everything comes to rest, and what waits stays bounded.
    #[test]
    fn anything_goes(
        steps in vec(prop_oneof![12 => step(), 1 => wire_fault(), 2 => socket_step()], 1..60),
        typical in any::<bool>(),
        baud in prop::sample::select(vec![0, 0, 300, 115_200]),
    ) {
        let timing = if typical { KINGCOM_G3524.timing } else { Timing::IMMEDIATE };
        let mut rig = Rig::with_line(timing, Rate::new(baud), 0);
        for step in &steps {
            act(&mut rig, step);
            let mut slices = [&[][..]; 64];
            let count = rig.module.uart_output(&mut slices);
            let waiting: usize = slices[..count].iter().map(|slice| slice.len()).sum();
            prop_assert!(waiting <= OUTPUT_LIMIT, "{waiting} bytes wait for the DTE");
            while rig.module.poll_event().is_some() {}
        }
    }
}
