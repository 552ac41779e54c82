//! The context the service stands on: who may see its address, and what its end does.
//!
//! covers: P16 P35

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::IpState;
use simless_module::{Answer, Control, Happening, KINGCOM_G3524, Timing};

use crate::history::{self, act};
use crate::rig::Rig;

const ADDRESS: &[u8] = b"\r\n10.36.76.255\r\n\r\nOK\r\n";
const OK: &[u8] = b"\r\nOK\r\n";
const ERROR: &[u8] = b"\r\nERROR\r\n";

/// What has to do with the context.
#[derive(Clone, Debug)]
enum Step {
    Line(&'static str),
    Control(Control),
    PeerEnds,
}

fn step() -> impl Strategy<Value = Step> {
    let lines = vec![
        "AT+CGDCONT=1,\"IP\",\"x\";+CGACT=1,1\r",
        "AT+CGDCONT=2,\"IP\",\"x\";+CGACT=1,2\r",
        "AT+CGACT=0,2\r",
        "AT+CGACT=0,1\r",
        "AT+CGACT=0\r",
        "AT+CGATT=1\r",
        "AT+CGATT=0\r",
        "AT+CSTT=\"x\"\r",
        "AT+CIICR\r",
        "AT+CIPSTART=\"TCP\",\"host\",7\r",
        "AT+CIPCLOSE\r",
        "AT+CIPSHUT\r",
        "AT+CGDCONT=1\r",
        "AT+CFUN=1,1\r",
    ];
    let refusals = vec![
        Control::attach(Answer::NoCredit),
        Control::activation(Answer::Refuse),
        Control::LoseContext(1),
        Control::LoseContext(2),
        Control::Happens(Happening::Detach),
        Control::Happens(Happening::PowerCycle),
    ];
    prop_oneof![
        12 => prop::sample::select(lines).prop_map(Step::Line),
        2 => prop::sample::select(refusals).prop_map(Step::Control),
        2 => Just(Step::Control(Control::attach(Answer::Accept))),
        2 => Just(Step::Control(Control::activation(Answer::Accept))),
        1 => Just(Step::PeerEnds),
    ]
}

/// Whether context 1 is active after a step, as what was said tells.
fn is_active_after(before: bool, step: &Step, answer: &[u8]) -> bool {
    let done = answer.ends_with(OK);
    match step {
        Step::Line("AT+CGDCONT=1,\"IP\",\"x\";+CGACT=1,1\r") => done,
        Step::Line("AT+CIICR\r") => done || before,
        Step::Line(line) if line.starts_with("AT+CIPSTART") => match answer.starts_with(OK) {
            // The servers of this network always answer: what can fail is the way there.
            true => answer.ends_with(b"\r\nCONNECT OK\r\n"),
            false => before,
        },
        Step::Line(
            "AT+CGACT=0,1\r" | "AT+CGACT=0\r" | "AT+CGATT=0\r" | "AT+CIPSHUT\r" | "AT+CFUN=1,1\r",
        ) => false,
        // A refused attach takes everything with it, but only one that is tried can be refused.
        Step::Line(_) | Step::PeerEnds => before,
        Step::Control(
            Control::LoseContext(1)
            | Control::Happens(Happening::Detach)
            | Control::Happens(Happening::PowerCycle),
        ) => false,
        Step::Control(_) => before,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// P16: CIFSR answers exactly while context 1 is active.
    #[test]
    fn the_address_is_there_with_the_context(steps in vec((step(), any::<bool>()), 1..30)) {
        let mut rig = Rig::new();
        let mut active = false;
        for (step, asks) in &steps {
            rig.say(b"ATE0\r");
            rig.output.clear();
            match step {
                Step::Line(line) => drop(rig.say(line.as_bytes())),
                Step::Control(control) => rig.control(control.clone()),
                Step::PeerEnds if rig.peers.values().any(|peer| peer.is_alive()) => {
                    rig.peer().ends = true;
                    rig.settle();
                }
                Step::PeerEnds => {}
            }
            active = is_active_after(active, step, &rig.output);
            rig.say(b"ATE0\r");
            // Asking may move the state: not every history does.
            if *asks {
                let expected = if active { ADDRESS } else { ERROR };
                prop_assert_eq!(rig.say(b"AT+CIFSR\r"), expected.to_vec(), "after {:?}", step);
                let listed = rig.say(b"AT+CGACT?\r").starts_with(b"\r\n+CGACT: 1, 1\r\n");
                prop_assert_eq!(listed, active, "after {:?}", step);
            }
        }
        let expected = if active { ADDRESS } else { ERROR };
        prop_assert_eq!(rig.say(b"AT+CIFSR\r"), expected.to_vec());
    }

    /// P35: whatever happened before, each of them is OK at once, ends in the state the guide and
    /// `docs/states.md` name, and the flow recovers from there.
    #[test]
    fn the_context_can_be_ended_in_any_state(
        steps in vec(history::step(), 0..40),
        line in prop::sample::select(vec!["AT+CGATT=0\r", "AT+CGACT=0,1\r", "AT+CGACT=0\r", "AT+CIPSHUT\r"]),
        typical in any::<bool>(),
    ) {
        let timing = if typical { KINGCOM_G3524.timing } else { Timing::IMMEDIATE };
        let mut rig = Rig::with(KINGCOM_G3524, timing);
        rig.answers = false;
        steps.iter().for_each(|step| act(&mut rig, step));
        quieten(&mut rig);
        let before = rig.module.snapshot();
        let (state, had_context) = (before.state, before.address.is_some());
        rig.output.clear();
        rig.say(line.as_bytes());
        rig.pass(Duration::from_millis(30));
        let after = rig.module.snapshot();
        prop_assert!(after.address.is_none(), "{line} leaves the context");
        let expected = match state {
            _ if line == "AT+CIPSHUT\r" => IpState::Initial,
            IpState::ConnectOk | IpState::Connecting | IpState::PdpDeact => IpState::PdpDeact,
            IpState::Start if !had_context => IpState::Start,
            _ => IpState::Initial,
        };
        prop_assert_eq!(after.state, expected, "{} in {}", line, state);
        prop_assert!(!after.is_opening);
        prop_assert!(after.attached <= (line != "AT+CGATT=0\r"));
        rig.pass(Duration::from_millis(600));
        prop_assert!(rig.output.windows(6).any(|said| said == OK), "{line} in {state}");
        // The way up again.
        rig.say(b"AT+CIPSHUT\r");
        rig.pass(Duration::from_secs(1));
        history::restore(&mut rig);
        rig.output.clear();
        rig.say(b"AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r");
        rig.pass(Duration::from_secs(130));
        prop_assert!(rig.output.ends_with(b"\r\nCONNECT OK\r\n"), "{}", rig.output.escape_ascii());
    }
}

/// Brings the DTE back to where it can type a line, and the module to where it answers in words.
/// An attempt that is on its way stays there.
fn quieten(rig: &mut Rig) {
    (rig.dte_reads, rig.bite) = (true, usize::MAX);
    rig.settle();
    rig.control(Control::DteLeft);
    while !rig.module.snapshot().at_rest {
        let next = rig
            .module
            .poll_timeout()
            .expect("it does not rest for ever");
        rig.pass(next.since(rig.now));
    }
    // Three commands.
    rig.say(b"ATQ0V1E0\r");
    rig.pass(Duration::from_millis(90));
    // Nothing shall happen between a command and its turn.
    let turn = Duration::from_millis(30);
    while let Some(next) = rig.module.poll_timeout().filter(|at| *at <= rig.now + turn) {
        rig.pass(next.since(rig.now));
    }
}
