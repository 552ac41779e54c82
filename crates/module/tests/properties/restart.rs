//! Power cycles and restarts.
//!
//! covers: P36

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::Instant;
use simless_module::{Control, Happening, KINGCOM_G3524, SocketEvent, SocketId, Timing};

use crate::history::{self, Step, act};
use crate::rig::Rig;

/// What outlives a restart is not part of it: the SIM's tries and PIN.
fn is_forgotten(step: &Step) -> bool {
    let is_pin = |bytes: &[u8]| {
        bytes
            .windows(4)
            .any(|word| word.eq_ignore_ascii_case(b"CPIN"))
    };
    !matches!(step, Step::Control(Control::Set(change)) if change.sim.is_some())
        && !matches!(step, Step::Dte(said) if is_pin(said))
}

/// A rig that goes on from `now` behind a module just switched on, in the same world.
fn fresh(timing: Timing, steps: &[Step], now: Instant) -> Rig {
    let mut rig = Rig::with(KINGCOM_G3524, timing);
    for step in steps {
        if let Step::Control(control @ (Control::Set(_) | Control::Fault(_) | Control::Clear(_))) =
            step
        {
            rig.control(control.clone());
        }
    }
    // Of a change of registration a module is told that is on, not one that is switched on.
    rig.output.clear();
    rig.now = now;
    rig
}

/// The same rig as after it was built, but for the module.
fn reset(rig: &mut Rig) {
    rig.output.clear();
    (rig.dte_reads, rig.bite, rig.answers) = (true, usize::MAX, true);
    rig.settle();
}

/// Of what comes after, what is the same for both: sockets have numbers that go on.
fn is_same_for_both(step: &Step) -> bool {
    !matches!(step, Step::Event(..))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P36: the power goes at any byte of any session. No socket, timer or URC is left behind: from
    /// then on the module is one just switched on, whatever is still reported of its old sockets.
    #[test]
    fn nothing_outlives_the_power(
        steps in vec(history::step().prop_filter("forgotten", is_forgotten), 0..30),
        after in vec(history::step().prop_filter("same", is_same_for_both), 0..12),
        last in prop::sample::select(vec![
            "AT+CIPSEND=9\r123456789AT+CIPCLOSE\r",
            "AT+CGATT=1;+CIPSTATUS;+CIPSTART=\"TCP\",\"host\",7;+CIFSR\r",
            "AT+CSTT=\"x\";+CIICR;+CIFSR\rAT+CIPSHUT\r",
            "AT+CIPHEAD=1;+CDNSGIP=\"host\"\rA/",
        ]),
        cut in 0_usize..60,
        typical in any::<bool>(),
        stale in vec((0_u64..8, 0_u8..9), 0..6),
    ) {
        let timing = if typical { KINGCOM_G3524.timing } else { Timing::IMMEDIATE };
        let mut rig = Rig::with(KINGCOM_G3524, timing);
        rig.answers = false;
        steps.iter().for_each(|step| act(&mut rig, step));
        rig.say(&last.as_bytes()[..cut.min(last.len())]);
        rig.control(Control::Happens(Happening::PowerCycle));
        prop_assert_eq!(rig.sockets().collect::<Vec<_>>(), vec![], "sockets");
        prop_assert_eq!(rig.module.poll_timeout(), None, "timers");
        let mut slices = [&[][..]; 4];
        prop_assert_eq!(rig.module.uart_output(&mut slices), 0, "URCs");
        reset(&mut rig);
        prop_assert_eq!(rig.output.escape_ascii().to_string(), "");

        let mut fresh = fresh(timing, &steps, rig.now);
        let old = rig.newest.0;
        for step in &after {
            for &(id, event) in stale.iter().filter(|(id, _)| *id <= old) {
                act(&mut rig, &Step::Event(id, event));
            }
            for rig in [&mut rig, &mut fresh] {
                act(rig, step);
                // Not every step lets the module do what is due.
                rig.settle();
            }
            prop_assert_eq!(
                rig.output.escape_ascii().to_string(),
                fresh.output.escape_ascii().to_string()
            );
            prop_assert_eq!(rig.module.poll_timeout(), fresh.module.poll_timeout());
            let (state, expected) = (rig.module.snapshot(), fresh.module.snapshot());
            prop_assert_eq!(state.state, expected.state);
            prop_assert_eq!((state.attached, state.address), (expected.attached, expected.address));
        }
    }

    /// P36: `AT+CFUN=1,1` does the same once its line is answered.
    #[test]
    fn nothing_outlives_a_restart(
        steps in vec(history::step().prop_filter("forgotten", is_forgotten), 0..30),
    ) {
        let mut rig = Rig::new();
        rig.answers = false;
        steps.iter().for_each(|step| act(&mut rig, step));
        (rig.dte_reads, rig.bite) = (true, usize::MAX);
        rig.control(Control::DteLeft);
        rig.pass(Duration::from_secs(130));
        rig.say(b"ATQ0V1E0\r");
        rig.output.clear();
        // URCs that wait are said before, and after it nothing is.
        let answer = rig.say(b"AT+CFUN=1,1\r");
        prop_assert!(answer.ends_with(b"\r\nOK\r\n"), "{}", answer.escape_ascii());
        prop_assert_eq!(rig.sockets().collect::<Vec<_>>(), vec![]);
        prop_assert_eq!(rig.module.poll_timeout(), None);
        for id in 0..=rig.newest.0 {
            rig.event(SocketId(id), SocketEvent::Connected);
            rig.event(SocketId(id), SocketEvent::Reset);
        }
        rig.output.clear();
        rig.pass(Duration::from_secs(1000));
        prop_assert_eq!(rig.output.escape_ascii().to_string(), "");
        prop_assert_eq!(rig.say(b"AT\r"), b"AT\r\r\nOK\r\n".to_vec());
    }
}
