//! A module that starts again, with and without a word about it.
//!
//! covers: H21

use simless_at::Instant;
use simless_driver::{Closed, Ended, Event};
use simless_module::{Control, FaultKind, Happening};

use crate::pair::{Connects, Pair, seconds, target};
use crate::recovery::{on, pauses};

#[test]
fn a_module_that_starts_again_on_the_way_is_noticed() {
    for after in [1, 20, 31, 40] {
        // Attaching takes 60 s, so that the start comes in the middle of it, or of its undo.
        let mut pair = Pair::with_faults(vec![on(FaultKind::LateOk, "+CGATT", Some(60))]);
        pair.driver.connect(target(), pair.now).unwrap();
        pair.pass(seconds(after));
        pair.control(Control::Happens(Happening::PowerCycle));
        assert!(pair.finish(), "{after}");
        let took = pair.now.since(Instant::ZERO);
        assert!(took < seconds(after + 80), "{after}: {took:?}");
    }
}

#[test]
fn a_module_that_starts_again_under_a_connection_is_noticed_by_its_echo() {
    let mut pair = Pair::connected();
    pair.send(b"hello");
    pair.control(Control::Happens(Happening::PowerCycle));
    pair.forget();
    pair.send(b"world");
    assert!(pair.finish(), "the flow starts again: {:?}", pair.events);
    assert!(
        pair.script().starts_with("AT+CIPSEND=5\rAT\rATE0\r"),
        "{}",
        pair.script()
    );
    assert!(pair.saw(|event| *event == Event::Rebooted));
    let closed = Event::Closed(Closed {
        how: Ended::Rebooted,
        accepted: 5,
    });
    assert!(pair.saw(|event| *event == closed), "{:?}", pair.events);
    assert!(pair.script().contains("AT+CPIN?\r"), "{}", pair.script());
    let failed = pair.events.iter().find_map(|(_, event)| match event {
        Event::SendFailed(failed) => Some(*failed),
        _ => None,
    });
    let failed = failed.expect("the send failed");
    assert_eq!((failed.accepted, failed.in_doubt), (5, 0));
}

#[test]
fn a_module_that_starts_again_without_a_word_is_noticed_only_when_it_is_spoken_to() {
    let mut pair = Pair::connected();
    pair.control(Control::Happens(Happening::PowerCycle));
    pair.pass(seconds(3600));
    assert!(pair.driver.is_connected());
    pair.send(b"hello");
    assert!(pair.saw(|event| *event == Event::Rebooted));
}

#[test]
fn a_module_that_starts_again_is_noticed_by_what_it_says() {
    let mut pair = Pair::connected();
    pair.control(Control::Happens(Happening::PowerCycle));
    pair.control(Control::Urc("^CINIT: 1, 0, 0".into()));
    assert!(pair.saw(|event| *event == Event::Rebooted));
    assert!(pair.finish());
}

#[test]
fn a_module_that_starts_again_without_an_echo_is_noticed_by_its_state() {
    let mut pair = Pair::connected();
    pair.control(Control::Happens(Happening::PowerCycle));
    // Some modules keep ATE0 over a start: here its echo is swallowed.
    pair.tamper = Box::new(|bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace("AT+CIPSEND=5\r", "")
            .replace("AT+CIPSTATUS\r", "")
            .into_bytes()
    });
    pair.forget();
    pair.send(b"world");
    assert!(
        pair.saw(|event| *event == Event::Rebooted),
        "{:?}",
        pair.events
    );
}

#[test]
fn a_module_that_starts_again_is_noticed_by_an_echo_that_a_urc_splits() {
    let mut pair = Pair::connected();
    pair.control(Control::Happens(Happening::Reset));
    pair.tamper = Box::new(|bytes| {
        let text = String::from_utf8(bytes).unwrap();
        text.replace("AT+CIPSEND=5\r", "AT+CIPS\r\n+CREG: 1\r\nEND=5\r")
            .into_bytes()
    });
    pair.forget();
    pair.send(b"world");
    assert!(pair.saw(|event| *event == Event::Rebooted));
    assert!(pair.times_of("AT+CIPSTATUS").len() < 2, "not by its state");
}

/// Found by simulation (seed 5956): the echo that showed the start was that of `AT+CIPSTART`, which
/// the module carried out, with headers off.
#[test]
fn a_module_that_starts_again_in_a_pause_is_noticed_before_it_connects() {
    let mut pair = Pair::new();
    pair.net.connects = Connects::Refused;
    pair.driver.connect(target(), pair.now).unwrap();
    pair.settle();
    assert_eq!(pauses(&pair).len(), 1);
    pair.net.connects = Connects::Accepted;
    pair.control(Control::Happens(Happening::PowerCycle));
    pair.forget();
    assert!(pair.finish(), "{:?}", pair.events);
    assert!(pair.saw(|event| *event == Event::Rebooted));
    assert_eq!(pair.urcs, ["CONNECT OK"]);
    assert!(
        pair.script().starts_with("AT+CIPHEAD=1\rAT\r"),
        "{}",
        pair.script()
    );
}
