//! What comes before the flow, and modules that are not ready yet.
//!
//! covers: G2.2 G2.3 H5

use std::time::Duration;

use simless_at::Registration;
use simless_driver::{Event, Failure, Pin, Step};
use simless_module::{Control, FaultKind, Scenario, SimState};

use crate::pair::{Pair, fault, seconds, settings, target};

fn failure(pair: &Pair) -> Option<(Step, Failure)> {
    pair.events.iter().find_map(|(_, event)| match event {
        Event::Failed(error) => Some((error.step, error.kind)),
        _ => None,
    })
}

fn locked(pin: Option<&str>) -> Pair {
    let mut settings = settings();
    settings.pin = pin.map(|pin| Pin::new(pin).unwrap());
    let mut pair = Pair::with(settings, Scenario::default());
    pair.control(Control::sim(SimState::Pin));
    pair.driver.connect(target(), pair.now).unwrap();
    pair
}

#[test]
fn a_locked_sim_is_unlocked() {
    let mut pair = locked(Some("1234"));
    assert!(pair.finish());
    assert_eq!(pair.times_of("AT+CPIN=\"1234\"").len(), 1);
}

#[test]
fn a_wrong_pin_is_tried_once() {
    let mut pair = locked(Some("9999"));
    assert!(!pair.finish());
    assert_eq!(failure(&pair), Some((Step::Sim, Failure::Pin)));
    pair.events.clear();
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(!pair.finish());
    assert_eq!(pair.times_of("AT+CPIN=\"9999\"").len(), 1, "three block it");
}

#[test]
fn without_a_pin_or_a_sim_it_fails_and_says_so() {
    let mut pair = locked(None);
    assert!(!pair.finish());
    assert_eq!(failure(&pair), Some((Step::Sim, Failure::Pin)));
    for (sim, kind) in [
        (SimState::Absent, Failure::NoSim),
        (SimState::Puk, Failure::SimBlocked),
    ] {
        let mut pair = Pair::new();
        pair.control(Control::sim(sim));
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(!pair.finish());
        assert_eq!(failure(&pair), Some((Step::Sim, kind)));
    }
}

#[test]
fn a_module_that_starts_says_error_for_a_while() {
    let mut busy = fault(FaultKind::CmeError);
    busy.attributes.command = Some("+CPIN".into());
    busy.lasts = Some(seconds(7));
    let mut pair = Pair::with_faults(vec![busy]);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    assert_eq!(pair.now.since(simless_at::Instant::ZERO), seconds(8));
}

/// A line that changes bytes makes such words of READY: they are no reason to give up.
#[test]
fn a_word_that_nobody_knows_is_asked_for_again() {
    let mut pair = Pair::new();
    let mut answers = 0;
    pair.tamper = Box::new(move |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let is_answer = text.contains("+CPIN:");
        answers += usize::from(is_answer);
        let word = ["READYY", "RADY", "READY"][answers.clamp(1, 3) - 1];
        text.replace("READY", word).into_bytes()
    });
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish(), "{:?}", pair.events);
    assert_eq!(
        pair.times_of("AT+CPIN?"),
        [seconds(0), seconds(2), seconds(4)]
    );
}

#[test]
fn what_only_a_person_can_give_is_told_by_its_word() {
    for (word, kind, attempts) in [
        ("SIM PUK", Failure::SimBlocked, 1),
        ("PIN1 BLOCK", Failure::SimBlocked, 1),
        ("NO SIM", Failure::NoSim, 1),
        // It stays the same all the while.
        ("PH-SIM PIN", Failure::SimBlocked, 15),
    ] {
        let mut pair = Pair::new();
        pair.tamper = Box::new(move |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace("READY", word).into_bytes()
        });
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(!pair.finish(), "{word}");
        assert_eq!(failure(&pair), Some((Step::Sim, kind)), "{word}");
        assert_eq!(pair.times_of("AT+CPIN?").len(), attempts, "{word}");
    }
}

#[test]
fn it_waits_until_the_module_is_registered() {
    let mut pair = Pair::new();
    // 13 is no stat of any standard; the family says it.
    pair.control(Control::registration(Registration(13)));
    pair.driver.connect(target(), pair.now).unwrap();
    pair.pass(seconds(9));
    assert!(pair.saw(|event| *event == Event::Registration(Registration(13))));
    assert_eq!(pair.times_of("AT+CGATT=1"), []);
    pair.control(Control::registration(Registration::DENIED));
    pair.pass(seconds(2));
    assert!(pair.saw(|event| *event == Event::Registration(Registration::DENIED)));
    pair.control(Control::registration(Registration::ROAMING));
    assert!(pair.finish());
    assert_eq!(pair.times_of("AT+CREG?").len(), 7, "every 2 s");
}

#[test]
fn a_module_that_is_denied_fails_with_the_reason() {
    let mut pair = Pair::new();
    pair.control(Control::registration(Registration::DENIED));
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(!pair.finish());
    let kind = Failure::NotRegistered(Registration::DENIED);
    assert_eq!(failure(&pair), Some((Step::Register, kind)));
}

#[test]
fn silence_and_garbage_and_then_a_module() {
    for (garbage, lasts) in [
        (&b""[..], 20),
        (b"\xff\x00\xfe", 20),
        (b"\r\n+IPD:99\r\nAT", 20),
        (b"> ", 20),
        // Garbage that answers costs more: each belief lasts until a question gets no answer.
        (b"\r\nOK", 6),
    ] {
        let mut pair = Pair::new();
        // At first nothing but garbage comes of what the module says.
        let mut words = 0;
        let noise = garbage.to_vec();
        pair.tamper = Box::new(move |bytes| {
            words += 1;
            if words <= lasts { noise.clone() } else { bytes }
        });
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish(), "{garbage:?}");
        let took = pair.now.since(simless_at::Instant::ZERO);
        assert!(took <= seconds(60), "{garbage:?}: {took:?}");
    }
}

#[test]
fn many_late_answers_to_at_are_not_taken_for_others() {
    // A module that answers nothing for 8 s, and then everything at once.
    let mut pair = Pair::new();
    let mut kept = Vec::new();
    let mut words = 0;
    pair.tamper = Box::new(move |bytes| {
        words += 1;
        kept.extend(bytes);
        if words < 8 {
            Vec::new()
        } else {
            std::mem::take(&mut kept)
        }
    });
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    let script = pair.script();
    let status = script.find("AT+CIPSTATUS\r").unwrap();
    assert!(
        script[..status].starts_with("AT\r\x1bATQ0V1\rAT\r"),
        "{script}"
    );
    assert_eq!(pair.times_of("AT+CIPSTATUS").len(), 1);
    assert!(pair.now.since(simless_at::Instant::ZERO) < Duration::from_secs(10));
}

#[test]
fn a_connection_of_an_earlier_life_is_shut_down() {
    let mut pair = Pair::connected();
    // The host starts again; the module knows nothing of that.
    pair.driver = simless_driver::Driver::new(settings());
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    assert_eq!(pair.times_of("AT+CIPSHUT").len(), 1);
    assert!(pair.times_of("AT+CIPCLOSE").is_empty());
}

#[test]
fn data_entry_of_an_earlier_life_is_left() {
    use simless_driver::{Driver, SendForm};
    let mut settings = settings();
    settings.send_form = SendForm::CtrlZ {
        refuses_nul: false,
        refuses_backspace: false,
    };
    let mut pair = Pair::with(settings.clone(), Scenario::default());
    pair.connect();
    pair.driver.send(b"hello", pair.now).unwrap();
    pair.settle();
    // The host starts again while the prompt is open.
    pair.driver = Driver::new(settings);
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    assert!(pair.now.since(simless_at::Instant::ZERO) <= seconds(2));
    let sent = pair.net.peers.values().any(|peer| !peer.got.is_empty());
    assert!(!sent, "nothing of it");
}
