//! When answers come: not before the profile's times, and not after its guards.
//!
//! covers: P38

use std::time::Duration;

use proptest::prelude::*;
use simless_module::{
    Answer, Control, Guards, KINGCOM_G3524, Profile, SocketEvent, Timing, commands,
};

use crate::rig::Rig;

const OK: &str = "\r\nOK\r\n";
const CONNECTED: &str = "\r\nCONNECT OK\r\n";
const NO_RESPONSE: &str = "\r\nCOMMAND NO RESPONSE!\r\n";
const FAILED: &str = "\r\n+CME ERROR: 50\r\n";

/// A command that takes its time.
struct Case {
    /// What is said before, by a DTE that waits for each answer.
    before: &'static [&'static str],
    line: &'static str,
    done: &'static str,
    given_up: &'static str,
    /// The least time it takes, and the guard.
    bounds: fn(&Timing, &Guards) -> (Duration, Duration),
}

const DEFINE: &str = "AT+CGDCONT=1,\"IP\",\"x\"\r";
const ATTACH: &str = "AT+CGATT=1\r";
const UP: &str = "AT+CSTT=\"x\";+CIICR;+CIFSR\r";
const CONNECT: &str = "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r";
const SEND: &str = "AT+CIPSEND=1\rx";

const CASES: [Case; 8] = [
    Case {
        before: &[],
        line: ATTACH,
        done: OK,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| (timing.attach, guards.packet),
    },
    Case {
        before: &[DEFINE],
        line: "AT+CGACT=1,1\r",
        done: OK,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| (timing.attach + timing.activate, guards.packet),
    },
    Case {
        before: &[DEFINE, ATTACH],
        line: "AT+CGACT=1,1\r",
        done: OK,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| (timing.activate, guards.packet),
    },
    Case {
        before: &["AT+CSTT=\"x\"\r"],
        line: "AT+CIICR\r",
        done: OK,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| (timing.attach + timing.activate, guards.bring_up),
    },
    Case {
        before: &[UP],
        line: CONNECT,
        done: CONNECTED,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| (timing.connect, guards.connect),
    },
    Case {
        before: &[],
        line: CONNECT,
        done: CONNECTED,
        given_up: NO_RESPONSE,
        bounds: |timing, guards| {
            let way = timing.attach + timing.activate + timing.connect;
            (way, guards.connect)
        },
    },
    // The peer takes nothing, and there is room for one byte.
    Case {
        before: &[UP, CONNECT, SEND],
        line: SEND,
        done: OK,
        given_up: "\r\nERROR\r\n",
        bounds: |timing, guards| (timing.send, guards.send),
    },
    Case {
        before: &[UP],
        line: "AT+CDNSGIP=\"host\"\r",
        done: OK,
        given_up: FAILED,
        bounds: |_, guards| (Duration::ZERO, guards.resolve),
    },
];

fn milliseconds(most: u64) -> impl Strategy<Value = Duration> {
    (0..=most).prop_map(Duration::from_millis)
}

/// A profile that takes all the times there are.
fn profile() -> impl Strategy<Value = Profile> {
    let timing = prop::array::uniform6(milliseconds(12_000));
    let guards = prop::array::uniform5(milliseconds(60_000));
    (timing, guards).prop_map(|(timing, guards)| {
        let [command, attach, activate, connect, shut, send] = timing;
        let mut profile = KINGCOM_G3524;
        (profile.limits.send, profile.limits.unsent) = (1, 1);
        profile.timing = Timing {
            command: command / 100,
            attach,
            activate,
            connect,
            shut,
            send,
        };
        let [packet, bring_up, connect, resolve, send] = guards;
        profile.guards = Guards {
            packet,
            bring_up,
            connect,
            resolve,
            send,
            ..profile.guards
        };
        profile
    })
}

/// A rig that has done what comes before, if its guards let it.
fn prepared(profile: Profile, before: &[&str]) -> Option<Rig> {
    let mut rig = Rig::with(profile, profile.timing);
    rig.say(b"ATE0\r");
    rig.pass(Duration::from_secs(1));
    for line in before {
        rig.output.clear();
        rig.say(line.as_bytes());
        rig.pass(Duration::from_secs(100));
        let said = String::from_utf8_lossy(&rig.output);
        let done = if *line == CONNECT { CONNECTED } else { OK };
        if !said.ends_with(done) {
            return None;
        }
        if *line == CONNECT {
            rig.peer().reads = false;
        }
    }
    rig.output.clear();
    Some(rig)
}

/// The network and the outside answer from now on.
fn speak(rig: &mut Rig) {
    rig.control(Control::attach(Answer::Accept));
    rig.control(Control::activation(Answer::Accept));
    rig.answers = true;
    rig.peers.values_mut().for_each(|peer| peer.reads = true);
    rig.settle();
    while rig.answer(
        SocketEvent::Resolved([192, 0, 2, 1].into()),
        SocketEvent::Connected,
    ) {}
}

/// How long it takes until one of these is said, by a network that is silent for `delay`.
fn time_to(rig: &mut Rig, answers: [&str; 2], delay: Duration) -> Option<(usize, Duration)> {
    let start = rig.now;
    let mut speaks = Some(start + delay);
    loop {
        let said = String::from_utf8_lossy(&rig.output).into_owned();
        if let Some(which) = answers.iter().position(|answer| said.ends_with(answer)) {
            return Some((which, rig.now.since(start)));
        }
        let next = [rig.module.poll_timeout(), speaks];
        let next = next.into_iter().flatten().min()?;
        rig.pass(next.since(rig.now));
        if speaks.is_some_and(|at| at <= rig.now) {
            speaks = None;
            speak(rig);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// P38: whenever the network answers, it is done no sooner than the profile says, and given up
    /// exactly at the guard.
    #[test]
    fn answers_keep_to_their_times(
        case in 0..CASES.len(),
        profile in profile(),
        delay in milliseconds(70_000),
    ) {
        let case = &CASES[case];
        let Some(mut rig) = prepared(profile, case.before) else {
            return Ok(());
        };
        rig.control(Control::attach(Answer::Silence));
        rig.control(Control::activation(Answer::Silence));
        rig.answers = false;
        rig.say(case.line.as_bytes());
        let (least, guard) = (case.bounds)(&profile.timing, &profile.guards);
        let (least, guard) = (profile.timing.command + least, profile.timing.command + guard);
        match time_to(&mut rig, [case.done, case.given_up], delay) {
            Some((0, time)) => {
                prop_assert!(time >= least.max(delay), "done after {time:?}, at least {least:?}");
                prop_assert!(time <= guard, "done after {time:?}, the guard is {guard:?}");
            }
            Some((_, time)) => prop_assert_eq!(time, guard, "given up"),
            None => prop_assert!(false, "no answer"),
        }
    }

    /// P38: every other command, in every form, is answered when its time has passed.
    #[test]
    fn others_are_answered_in_time(
        profile in profile(),
        command in prop::sample::select(commands().map(|command| command.name).collect::<Vec<_>>()),
        form in prop::sample::select(vec!["", "?", "=?"]),
    ) {
        let mut rig = prepared(profile, &[]).expect("nothing comes before");
        rig.say(format!("AT{command}{form}\r").as_bytes());
        let shuts = form.is_empty() && matches!(command, "+CIPSHUT" | "+CISHUT");
        let more = if shuts { profile.timing.shut } else { Duration::ZERO };
        let time = profile.timing.command + more;
        if time > Duration::ZERO {
            rig.pass(time - Duration::from_micros(1));
            prop_assert_eq!(rig.output.escape_ascii().to_string(), "", "too early");
            rig.pass(Duration::from_micros(1));
        }
        prop_assert!(!rig.output.is_empty(), "too late");
    }
}
