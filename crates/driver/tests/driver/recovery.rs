//! Failures on the way, and what is done about them.
//!
//! covers: H3 H7 H11 H13 H14 G9.2 G9.3 G9.5

use std::time::Duration;

use simless_at::{Cme, Final, Instant};
use simless_driver::{Event, Failure, PossibleCause, Step};
use simless_module::{Config, Control, Fault, FaultKind, KINGCOM_G3524, Network};
use simless_module::{Scenario, Timing};

use crate::pair::{Connects, Pair, fault, seconds, settings, target};

pub fn on(kind: FaultKind, command: &str, delay: Option<u64>) -> Fault {
    let mut fault = fault(kind);
    fault.times = Some(1);
    fault.attributes.command = Some(command.into());
    fault.attributes.delay = delay.map(seconds);
    fault
}

pub fn pauses(pair: &Pair) -> Vec<Duration> {
    let pauses = pair.events.iter().filter_map(|(_, event)| match event {
        Event::Pausing(pause) => Some(*pause),
        _ => None,
    });
    pauses.collect()
}

#[test]
fn a_late_ok_answers_the_command_that_asked_for_it() {
    // The module's OK comes when the host has long said the undo: twice OK, for two commands.
    let mut pair = Pair::with_faults(vec![on(FaultKind::LateOk, "+CGATT", Some(40))]);
    pair.driver.connect(target(), pair.now).unwrap();
    pair.pass(seconds(39));
    assert_eq!(pair.times_of("AT+CIPSTATUS"), [seconds(0)]);
    assert!(pair.finish());
    assert_eq!(pair.times_of("AT+CGATT=0"), [seconds(30)]);
    assert_eq!(pair.times_of("AT+CIPSTATUS")[1], seconds(40), "after both");
    assert_eq!(pair.times_of("AT+CGATT=1").len(), 2);
}

#[test]
fn a_late_result_and_the_undos_own_are_told_apart() {
    let mut undo = on(FaultKind::LateOk, "+CGATT", Some(5));
    undo.name = "undo".into();
    undo.after = seconds(20);
    let mut pair = Pair::with_faults(vec![on(FaultKind::LateOk, "+CGATT", Some(40)), undo]);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    // At 40 s the first OK comes, at 45 s the second.
    assert_eq!(pair.times_of("AT+CIPSTATUS")[1], seconds(45));
}

#[test]
fn a_result_that_was_lost_does_not_shift_those_that_follow() {
    for command in ["+CGATT", "+CGDCONT", "+CGACT", "+CIPSTART", "+CIPHEAD"] {
        let mut pair = Pair::with_faults(vec![on(FaultKind::NoFinal, command, None)]);
        // Shifted by one, the refusal would be taken for another command's.
        let mut refused = on(FaultKind::CmeError, "+CIPSTART", None);
        refused.attributes.code = Some(50);
        refused.after = seconds(5);
        pair.control(Control::from(refused));
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish(), "{command}: {}", pair.script());
        let refusals = pair
            .events
            .iter()
            .filter(|(_, event)| matches!(event, Event::StepEnded(_, Err(Failure::Refused), _)));
        let refusals: Vec<_> = refusals.collect();
        assert!(
            matches!(refusals[..], [(_, Event::StepEnded(Step::Connect, ..))]),
            "{command}: {refusals:?}"
        );
    }
}

/// With the times of real logs.
fn typical(faults: Vec<Fault>) -> Pair {
    Pair::of(
        settings(),
        Config {
            profile: KINGCOM_G3524,
            timing: KINGCOM_G3524.timing,
            network: Network::default(),
            scenario: Scenario {
                faults,
                ..Scenario::default()
            },
        },
    )
}

/// Found by simulation (seed 2144): two questions for the state wait behind a command that takes its
/// time, and the result of the last one comes seconds behind its state.
#[test]
fn the_result_of_the_last_of_several_questions_is_not_the_next_commands() {
    let mut late = on(FaultKind::LateOk, "+CIPSTATUS", Some(4));
    (late.times, late.after) = (Some(2), seconds(1));
    late.name = "late state".into();
    let stuck = on(FaultKind::LateOk, "+CGATT", Some(75));
    let mut pair = typical(vec![stuck, late]);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish(), "{:?}", pair.events);
    let states = pair.times_of("AT+CIPSTATUS");
    let next = pair.times_of("AT+CMEE=1")[1];
    assert!(next >= states[2] + seconds(4), "{states:?} {next:?}");
    // Shifted by one, its own answer would be the next one's.
    assert_eq!(pair.times_of("AT+CPIN?").len(), 2, "{}", pair.script());
}

#[test]
fn pauses_grow_differ_by_seed_and_are_bounded() {
    let run = |seed| {
        let mut settings = settings();
        settings.seed = seed;
        let mut pair = Pair::with(settings, Scenario::default());
        pair.net.connects = Connects::Refused;
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(!pair.finish());
        pauses(&pair)
    };
    let one = run(1);
    assert_eq!(one.len(), 5, "six attempts have five pauses");
    assert!(one.is_sorted_by(|a, b| a < b), "{one:?}");
    assert_eq!(one, run(1));
    assert_ne!(one, run(2));
}

#[test]
fn fifty_is_closed_before_the_next_connect_and_its_causes_are_all_possible() {
    let mut pair = Pair::new();
    pair.net.connects = Connects::Refused;
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(!pair.finish());
    let script = pair.script();
    let (_, connects) = script.split_once("AT+CGACT=1,1\r").unwrap();
    let once = "AT+CIPSTART=\"TCP\",\"198.51.100.7\",80\rAT+CIPCLOSE\rAT+CIPSTATUS\r";
    assert_eq!(connects, [once; 6].join("AT+CIPHEAD=1\r"));
    let Some((_, Event::Failed(error))) = pair.events.last() else {
        panic!("{:?}", pair.events);
    };
    assert_eq!((error.step, error.kind), (Step::Connect, Failure::Refused));
    assert_eq!(error.took, Duration::ZERO);
    use PossibleCause::{Network, NoCredit, NotListening, NotResolved, State};
    let causes = [NoCredit, NotListening, Network, NotResolved, State];
    assert_eq!(error.possible_causes(), causes);
    let words = error.to_string();
    assert!(
        words.starts_with("connecting failed after 0 ms: the module refused"),
        "{words}"
    );
}

#[test]
fn no_credit_is_possible_and_not_claimed() {
    let mut pair = Pair::with_faults(vec![fault(FaultKind::NoCredit)]);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(!pair.finish());
    let Some((_, Event::Failed(error))) = pair.events.last() else {
        panic!("{:?}", pair.events);
    };
    assert_eq!(error.step, Step::Attach);
    let causes = [PossibleCause::NoCredit, PossibleCause::Network];
    assert_eq!(error.possible_causes(), causes);
}

/// A module that gives a connect up after 20 s, which stands `late` seconds after that all the
/// same; once.
fn late_connection(late: u64) -> Pair {
    let mut fault = fault(FaultKind::LateConnectOk);
    fault.attributes.delay = Some(seconds(late));
    fault.lasts = Some(seconds(25));
    let mut profile = KINGCOM_G3524;
    profile.guards.connect = seconds(20);
    Pair::of(
        settings(),
        Config {
            profile,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario {
                faults: vec![fault],
                ..Scenario::default()
            },
        },
    )
}

#[test]
fn connect_ok_behind_command_no_response_is_understood() {
    let mut pair = late_connection(5);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    assert_eq!(pair.now.since(Instant::ZERO), seconds(25));
    assert_eq!(pair.times_of("AT+CIPCLOSE"), []);
}

#[test]
fn command_no_response_fails_its_step() {
    let mut pair = late_connection(60);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    let failed = Event::StepEnded(Step::Connect, Err(Failure::NoResponse), seconds(30));
    assert!(pair.saw(|event| *event == failed), "{:?}", pair.events);
    assert_eq!(pair.times_of("AT+CIPCLOSE"), [seconds(30)]);
}

#[test]
fn the_outcome_of_a_cancelled_attempt_is_not_taken_for_the_next_ones() {
    for ghost in ["CONNECT OK", "+CME ERROR: 50", "COMMAND NO RESPONSE!"] {
        let mut pair = Pair::new();
        pair.net.connects = Connects::Unanswered;
        pair.driver.connect(target(), pair.now).unwrap();
        pair.pass(seconds(30));
        assert_eq!(pair.times_of("AT+CIPCLOSE").len(), 1);
        // The second attempt is on its way when the first one's outcome comes.
        pair.pass(seconds(5));
        let connect = "AT+CIPSTART=\"TCP\",\"198.51.100.7\",80";
        assert_eq!(pair.times_of(connect).len(), 2);
        pair.control(Control::Urc(ghost.into()));
        assert!(!pair.driver.is_connected());
        assert_eq!(pair.times_of("AT+CIPCLOSE").len(), 1, "{ghost}: it goes on");
        pair.net.connects = Connects::Accepted;
        assert!(pair.finish(), "{ghost}");
    }
}

#[test]
fn connect_ok_while_the_undo_is_under_way_is_the_cancelled_ones() {
    let mut pair = Pair::new();
    pair.net.connects = Connects::Unanswered;
    pair.driver.connect(target(), pair.now).unwrap();
    let mut late = on(FaultKind::LateOk, "+CIPCLOSE", Some(3));
    late.after = seconds(1);
    pair.control(Control::from(late));
    pair.pass(seconds(31));
    pair.control(Control::Urc("CONNECT OK".into()));
    pair.pass(seconds(1));
    assert!(!pair.driver.is_connected());
    pair.net.connects = Connects::Accepted;
    assert!(pair.finish());
}

#[test]
fn an_outcome_that_comes_first_is_understood() {
    use simless_at::{ConnectOrder, Dialect};
    static OUTCOME_FIRST: Dialect = Dialect {
        connect_order: ConnectOrder::OutcomeFirst,
        ..Dialect::G_SERIES
    };
    // Also by a driver that expects the other order: it asks.
    for (dialect, asks) in [(&OUTCOME_FIRST, 1), (&Dialect::G_SERIES, 2)] {
        let mut profile = KINGCOM_G3524;
        profile.dialect = OUTCOME_FIRST;
        let mut settings = settings();
        settings.dialect = dialect;
        let config = Config {
            profile,
            timing: profile.timing,
            network: Network::default(),
            scenario: Scenario::default(),
        };
        let mut pair = Pair::of(settings.clone(), config.clone());
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish(), "{:?}", pair.events);
        assert_eq!(pair.times_of("AT+CIPSTATUS").len(), asks);
        let mut pair = Pair::of(settings, config);
        pair.net.connects = Connects::Refused;
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(!pair.finish());
    }
}

#[test]
fn a_state_that_allows_no_connection_is_shut_down_and_begun_from_the_first_step() {
    let mut pair = Pair::new();
    pair.net.connects = Connects::Unanswered;
    pair.driver.connect(target(), pair.now).unwrap();
    pair.pass(seconds(1));
    pair.forget();
    // PDP DEACT: from there only CIPSHUT leads on.
    pair.control(Control::LoseContext(1));
    pair.net.connects = Connects::Accepted;
    assert!(pair.finish());
    let script = pair.script();
    assert!(
        script.starts_with("AT+CIPCLOSE\rAT+CIPSTATUS\rAT+CIPSHUT\rAT+CGATT=1\r"),
        "{script}"
    );
}

#[test]
fn the_total_time_holds_whatever_happens() {
    let mut settings = settings();
    settings.patience.total = seconds(100);
    settings.patience.attempts = 255;
    let mut pair = Pair::with(settings, Scenario::default());
    pair.net.connects = Connects::Refused;
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(!pair.finish());
    assert_eq!(pair.now.since(Instant::ZERO), seconds(100));
    let Some((_, Event::Failed(error))) = pair.events.last() else {
        panic!("{:?}", pair.events);
    };
    assert_eq!(error.kind, Failure::OutOfTime);
    assert_ne!(error.said, Some(Final::Cme(Cme::NO_SIM)));
    // And the next one is none the worse for it.
    pair.net.connects = Connects::Accepted;
    pair.forget();
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
}

/// Found by simulation (seed 2078): a byte that came in between pushed the end of a payload out of
/// its entry, and there stood a command that opened another one. All that wakes a module was payload
/// then, and put the end of the entry off.
#[test]
fn a_module_that_waits_for_a_payload_that_nobody_sends_is_left_alone() {
    let mut pair = Pair::connected();
    pair.send(b"hi");
    assert!(pair.saw(|event| *event == Event::Sent(2)));
    let now = pair.now;
    pair.module.handle_uart(b"AT+CIPSEND=1400\r", now);
    pair.settle();
    pair.driver.close(pair.now);
    pair.pass(seconds(60));
    pair.forget();
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish(), "{:?}", pair.events);
    // Longer than the module waits for a byte (G5.9), and only once.
    let long = pauses(&pair)
        .into_iter()
        .filter(|pause| *pause > seconds(120));
    assert_eq!(long.count(), 1);
}

/// A line that changes bytes can make a module answer in numbers, or not at all.
#[test]
fn a_module_that_answers_in_numbers_or_not_at_all_is_brought_back() {
    for habit in ["ATV0\r", "ATQ1\r"] {
        let mut pair = Pair::new();
        pair.module.handle_uart(habit.as_bytes(), pair.now);
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish(), "{habit}");
        assert!(pair.now.since(Instant::ZERO) < seconds(3), "{habit}");
    }
}
