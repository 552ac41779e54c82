//! Faults of all kinds at once, drawn by a seed, and then none: it ends, and it gets through.
//!
//! covers: H3 H5 H7

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::{Instant, IpState};
use simless_module::{
    Config, Control, Fault, FaultKind, Happening, KINGCOM_G3524, Network, Probability, Scenario,
};

use crate::pair::{Pair, seconds, settings, target};

fn any_fault() -> impl Strategy<Value = Fault> {
    let kinds = vec![
        FaultKind::NoFinal,
        FaultKind::CmeError,
        FaultKind::NoResponse,
        FaultKind::LateOk,
        FaultKind::LateConnectOk,
        FaultKind::UrcCollision,
        FaultKind::DnsFail,
        FaultKind::CregDenied,
        FaultKind::Searching,
        FaultKind::AttachFail,
        FaultKind::NoCredit,
        FaultKind::PdpDeact,
    ];
    let urcs = vec![
        "+CREG: 1",
        "+CTZV:17/01/08",
        "+CME ERROR: 50",
        "CONNECT OK",
        "CLOSED",
        "OK",
    ];
    (
        prop::sample::select(kinds),
        1..=1_000_000_u32,
        0..90_u64,
        1..60_u64,
        0..60_000_u64,
        prop::sample::select(urcs),
    )
        .prop_map(|(kind, ppm, after, lasts, delay, urc)| {
            let mut fault = Fault::new(kind);
            fault.toxicity = Probability::from_ppm(ppm);
            fault.after = seconds(after);
            fault.lasts = Some(seconds(lasts));
            fault.attributes.delay = Some(Duration::from_millis(delay));
            fault.attributes.urc = (kind == FaultKind::UrcCollision).then(|| urc.into());
            fault
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_storm_ends_and_then_it_gets_through(
        faults in vec(any_fault(), 0..6),
        seed in any::<u64>(),
        losses in prop_oneof![Just(vec![]), vec(0_usize..4000, 1..6)],
        typical in any::<bool>(),
        starts in proptest::option::of(0_u64..100),
    ) {
        let is_honest = starts.is_none() && losses.is_empty() && faults.iter().all(|fault| {
            let urc = fault.attributes.urc.as_deref().unwrap_or("+");
            urc.starts_with('+') && !urc.ends_with("50")
        });
        let mut numbered = faults;
        for (number, fault) in numbered.iter_mut().enumerate() {
            fault.name = number.to_string();
        }
        let names: Vec<String> = numbered.iter().map(|fault| fault.name.clone()).collect();
        let timing = if typical { KINGCOM_G3524.timing } else { simless_module::Timing::IMMEDIATE };
        let mut pair = Pair::of(settings(), Config {
            profile: KINGCOM_G3524,
            timing,
            network: Network::default(),
            scenario: Scenario { seed, faults: numbered, ..Scenario::default() },
        });
        // The line loses some bytes, too.
        let mut came = 0;
        pair.tamper = Box::new(move |bytes| {
            let kept = bytes.into_iter().filter(|_| {
                came += 1;
                !losses.contains(&came)
            });
            kept.collect()
        });
        pair.driver.connect(target(), pair.now).unwrap();
        if let Some(after) = starts {
            pair.pass(seconds(after));
            pair.control(Control::Happens(Happening::PowerCycle));
        }
        let stands = pair.finish();
        prop_assert!(pair.now.since(Instant::ZERO) <= seconds(600));
        // Nobody was fooled. (A start, a lost CLOSED or a lie is only noticed later.)
        let state = pair.module.snapshot().state;
        if is_honest {
            prop_assert_eq!(stands, state == IpState::ConnectOk, "{:?}", state);
        }
        for name in names {
            pair.control(Control::Clear(name));
        }
        pair.tamper = Box::new(|bytes| bytes);
        pair.driver.close(pair.now);
        pair.pass(seconds(200));
        pair.forget();
        prop_assert!(!pair.driver.is_connected());
        pair.driver.connect(target(), pair.now).unwrap();
        let calm = pair.now;
        prop_assert!(pair.finish(), "{:?}", pair.events);
        prop_assert!(pair.now.since(calm) < seconds(90), "{:?}", pair.script());
        pair.send(b"hello");
        pair.pass(seconds(1));
        prop_assert_eq!(&pair.peer().got, b"hello");
    }
}
