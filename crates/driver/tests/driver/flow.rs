//! The guide's flow, byte for byte and second for second.
//!
//! covers: H8 H9 H10 G9.4

use simless_at::Instant;
use simless_driver::{Event, Failure, Step};
use simless_module::FaultKind;

use crate::pair::{Pair, fault, seconds, target};

/// What is said before the flow.
const PRELUDE: &str = "AT\rATE0\rAT+CIPSTATUS\rAT+CMEE=1\rATI\rAT+CPIN?\rAT+CREG?\rAT+CIPHEAD=1\r";

const FLOW: &str = "AT+CGATT=1\rAT+CGDCONT=1,\"IP\",\"CMNET\"\rAT+CGACT=1,1\r\
                    AT+CIPHEAD=1;+CIPSTART=\"TCP\",\"198.51.100.7\",80\r";

#[test]
fn the_flow_byte_for_byte() {
    let mut pair = Pair::new();
    pair.driver.connect(target(), pair.now).unwrap();
    pair.settle();
    assert_eq!(pair.script(), format!("{PRELUDE}{FLOW}"));
    assert!(pair.saw(|event| *event == Event::Connected));
    assert_eq!(
        pair.driver.firmware(),
        "Revision: G3524_SHNZ_B5_R04_A01_D160927"
    );
    // A module in step needs no prelude for its next connection.
    pair.driver.close(pair.now);
    pair.settle();
    pair.forget();
    pair.connect();
}

/// A module that answers `command` this many milliseconds late, once.
fn late(command: &str, millis: u64) -> Pair {
    let mut late = fault(FaultKind::LateOk);
    late.times = Some(1);
    late.attributes.command = Some(command.into());
    late.attributes.delay = Some(std::time::Duration::from_millis(millis));
    Pair::with_faults(vec![late])
}

#[test]
fn at_thirty_seconds_and_not_before_a_step_is_undone_and_begun_again() {
    for (command, says, undo, step) in [
        ("+CGATT", "AT+CGATT=1", "AT+CGATT=0", Step::Attach),
        ("+CGACT", "AT+CGACT=1,1", "AT+CGACT=0,1", Step::Activate),
    ] {
        // The module's own guard is 45 s.
        let mut silent = fault(FaultKind::NoResponse);
        silent.times = Some(1);
        silent.attributes.command = Some(command.into());
        let mut pair = Pair::with_faults(vec![silent]);
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish());
        assert_eq!(pair.times_of(undo), [seconds(30)], "{command}");
        let again = pair.times_of(says);
        assert_eq!(again[0], seconds(0));
        assert!(again[1] > seconds(45), "both results came first: {again:?}");
        let failed = Event::StepEnded(step, Err(Failure::Silent), seconds(30));
        assert!(pair.saw(|event| *event == failed), "{:?}", pair.events);
        let script = pair.script();
        let undo_and_check = format!("{says}\r{undo}\rAT+CIPSTATUS\r{says}\r");
        assert!(script.contains(&undo_and_check), "{script}");
    }
}

#[test]
fn a_connect_that_is_not_answered_is_closed_and_begun_again() {
    let mut pair = Pair::new();
    pair.net.connects = crate::pair::Connects::Unanswered;
    pair.driver.connect(target(), pair.now).unwrap();
    pair.pass(std::time::Duration::from_millis(29_999));
    assert_eq!(pair.times_of("AT+CIPCLOSE"), []);
    pair.net.connects = crate::pair::Connects::Accepted;
    assert!(pair.finish());
    assert_eq!(pair.times_of("AT+CIPCLOSE"), [seconds(30)]);
    assert_eq!(pair.times_of("AT+CGATT=1").len(), 1, "the same step alone");
}

#[test]
fn an_answer_counts_until_the_deadline() {
    for (command, says, undo) in [
        ("+CGATT", "AT+CGATT=1", "AT+CGATT=0"),
        ("+CGACT", "AT+CGACT=1,1", "AT+CGACT=0,1"),
    ] {
        let mut pair = late(command, 29_999);
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish());
        assert_eq!(pair.times_of(undo), []);
        assert_eq!(pair.now.since(Instant::ZERO).as_millis(), 29_999);

        let mut pair = late(command, 30_001);
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish());
        assert_eq!(pair.times_of(undo), [seconds(30)], "stale");
        assert_eq!(pair.times_of(says).len(), 2, "{}", pair.script());
    }
}

/// The same with bytes that an adapter hands over late: their time decides, not the order of calls.
#[test]
fn a_late_answer_is_stale_whichever_verb_brings_it() {
    let mut pair = Pair::new();
    let mut silent = fault(FaultKind::NoFinal);
    silent.attributes.command = Some("+CGATT".into());
    silent.times = Some(1);
    pair.control(simless_module::Control::from(silent));
    pair.driver.connect(target(), pair.now).unwrap();
    pair.settle();
    while pair.driver.poll_event().is_some() {}
    let later = Instant::from_micros(30_000_001);
    let ok = b"\r\nOK\r\n";
    // The undo comes first; its event stops the taking.
    assert_eq!(pair.driver.handle_uart(ok, later).used, 0);
    assert_eq!(pair.driver.uart_output(&[]), b"AT+CGATT=0\r");
    while pair.driver.poll_event().is_some() {}
    assert_eq!(pair.driver.handle_uart(ok, later).used, ok.len());
    assert_eq!(pair.driver.poll_event(), None, "it answers the old command");
}
