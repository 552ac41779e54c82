//! Anything at all, in any order.
//!
//! covers: P1 P3 P4

use proptest::collection::vec;
use proptest::prelude::*;

use crate::history::{act, step};
use crate::rig::Rig;

/// All that may wait for a DTE that does not read: the limit of received bytes, and text.
const OUTPUT_LIMIT: usize = 16 * 1024 + 16 * 1024;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P1, P3, P4: nothing panics, everything comes to rest, and what waits stays bounded.
    #[test]
    fn anything_goes(steps in vec(step(), 1..60), typical in any::<bool>()) {
        let profile = simless_module::KINGCOM_G3524;
        let timing = if typical { profile.timing } else { simless_module::Timing::IMMEDIATE };
        let mut rig = Rig::with(profile, timing);
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
