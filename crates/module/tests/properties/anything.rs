//! Anything at all, in any order.
//!
//! covers: P1 P3 P4

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_module::{
    Control, Fault, FaultKind, Gate, KINDS, KINGCOM_G3524, Probability, Rate, Timing,
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
            true => Control::Fault(fault),
            false => Control::clear(kind),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P1, P3, P4: nothing panics, everything comes to rest, and what waits stays bounded.
    #[test]
    fn anything_goes(
        steps in vec(prop_oneof![12 => step(), 1 => wire_fault()], 1..60),
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
