//! Payload on its way to the peer.
//!
//! covers: H12 H15 H16 H17 L6

use proptest::collection::vec;
use proptest::prelude::*;
use simless_driver::{
    Closed, Ended, Event, SendError, SendFailed, SendFailure, SendForm, Settings,
};
use simless_module::{Config, Control, FaultKind, Happening, KINGCOM_G3524, Network};
use simless_module::{Scenario, Timing};

use crate::pair::{Pair, fault, seconds, settings};

fn ctrl_z(refuses: bool) -> Settings {
    let mut settings = settings();
    settings.send_form = SendForm::CtrlZ {
        refuses_nul: refuses,
        refuses_backspace: refuses,
    };
    settings
}

fn failed(pair: &Pair) -> SendFailed {
    let mut failed = pair.events.iter().filter_map(|(_, event)| match event {
        Event::SendFailed(failed) => Some(*failed),
        _ => None,
    });
    failed.next().unwrap_or_else(|| panic!("{:?}", pair.events))
}

#[test]
fn both_forms_byte_for_byte() {
    let mut pair = Pair::connected();
    pair.send(b"KINGCOMTEST");
    assert_eq!(pair.script(), "AT+CIPSEND=11\rKINGCOMTEST");
    assert!(pair.saw(|event| *event == Event::Sent(11)));
    let mut pair = Pair::with(ctrl_z(false), Scenario::default());
    pair.connect();
    pair.send(b"KINGCOMTEST");
    assert_eq!(pair.script(), "AT+CIPSEND\rKINGCOMTEST\x1a");
    assert_eq!(pair.peer().got, b"KINGCOMTEST");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// H17, L6: what can travel does so unchanged, what can't is refused before a byte of it.
    #[test]
    fn nothing_is_mangled(payload in vec(any::<u8>(), 1..200), form in 0..3) {
        let settings = match form {
            0 => settings(),
            1 => ctrl_z(false),
            _ => ctrl_z(true),
        };
        let refused: &[u8] = match form {
            0 => &[],
            1 => b"\x1a\x1b",
            _ => b"\x1a\x1b\x08\x7f\x00",
        };
        let mut pair = Pair::with(settings, Scenario::default());
        pair.connect();
        match payload.iter().position(|byte| refused.contains(byte)) {
            Some(at) => {
                let answer = pair.driver.send(&payload, pair.now);
                prop_assert_eq!(answer, Err(SendError::Unsendable(at)));
                pair.settle();
                prop_assert_eq!(pair.script(), "");
            }
            None => {
                pair.send(&payload);
                prop_assert_eq!(&pair.peer().got, &payload);
            }
        }
    }
}

#[test]
fn the_limits_of_one_send() {
    let mut pair = Pair::connected();
    let now = pair.now;
    assert_eq!(pair.driver.send(&[], now), Err(SendError::Empty));
    assert_eq!(
        pair.driver.send(&[0; 1461], now),
        Err(SendError::TooLong(1460))
    );
    pair.send(&[0; 1460]);
    assert!(pair.saw(|event| *event == Event::Sent(1460)));
    assert_eq!(pair.peer().got.len(), 1460);
    pair.driver.close(pair.now);
    pair.settle();
    assert_eq!(pair.driver.send(b"x", now), Err(SendError::NotConnected));
}

#[test]
fn one_command_is_in_flight() {
    let mut pair = Pair::connected();
    pair.peer().stalls = true;
    let payload = vec![b'x'; 1460];
    for _ in 0..11 {
        pair.send(&payload);
    }
    // No room for the twelfth: its result waits (guide G5.8).
    pair.send(&payload);
    assert!(!pair.driver.is_idle());
    assert_eq!(pair.driver.send(b"y", pair.now), Err(SendError::Busy));
    let name = simless_driver::Host::new("example.com").unwrap();
    assert!(pair.driver.resolve(&name, pair.now).is_err());
    pair.peer().stalls = false;
    pair.settle();
    assert_eq!(pair.peer().got.len(), 12 * 1460);
}

#[test]
fn a_command_given_from_an_event_is_taken() {
    let mut pair = Pair::connected();
    pair.driver.send(b"one", pair.now).unwrap();
    pair.payload = b"one".to_vec();
    let mut sends = 1;
    // Each event is answered with the next send, within the same moment.
    for _ in 0..200 {
        pair.settle();
        let sent = pair
            .events
            .drain(..)
            .any(|(_, event)| event == Event::Sent(3));
        if sent && sends < 50 {
            pair.driver.send(b"two", pair.now).unwrap();
            pair.payload = b"two".to_vec();
            sends += 1;
        }
    }
    assert_eq!(pair.peer().got.len(), 150);
}

#[test]
fn closed_during_a_send_tells_what_is_accepted() {
    let mut pair = Pair::connected();
    pair.send(b"first");
    pair.forget();
    // The peer's end comes while the payload is on its way, so the module reads it and refuses it.
    pair.driver.send(b"second", pair.now).unwrap();
    pair.settle();
    pair.peer_ends();
    pair.payload = b"second".to_vec();
    pair.settle();
    let failed = failed(&pair);
    assert_eq!(failed.accepted, 5);
    assert_eq!(failed.in_doubt, 0);
    let closed = Event::Closed(Closed {
        how: Ended::ByPeer,
        accepted: 5,
    });
    assert!(pair.saw(|event| *event == closed), "{:?}", pair.events);
    assert!(!pair.driver.is_connected());
}

/// A firmware that says CLOSED at once, in the middle of a send, and then nothing.
#[test]
fn closed_and_then_silence_is_an_error_soon() {
    let mut pair = Pair::connected();
    pair.send(b"first");
    pair.forget();
    let mut lost = fault(FaultKind::NoFinal);
    lost.times = Some(1);
    lost.attributes.command = Some("+CIPSEND".into());
    pair.control(Control::from(lost));
    pair.send(b"second");
    pair.control(Control::Urc("CLOSED".into()));
    pair.pass(seconds(10));
    let failed = failed(&pair);
    assert_eq!(failed.kind, SendFailure::Closed);
    assert_eq!((failed.accepted, failed.in_doubt), (5, 6));
}

#[test]
fn a_send_without_a_result_is_in_doubt_and_not_sent_again() {
    let mut pair = Pair::connected();
    let mut lost = fault(FaultKind::NoFinal);
    lost.times = Some(1);
    lost.attributes.command = Some("+CIPSEND".into());
    pair.control(Control::from(lost));
    pair.send(b"hello");
    pair.pass(seconds(131));
    let failed = failed(&pair);
    assert_eq!(failed.kind, SendFailure::Silent);
    assert_eq!((failed.accepted, failed.in_doubt), (0, 5));
    pair.pass(seconds(600));
    assert_eq!(pair.peer().got, b"hello", "once");
    assert!(pair.driver.is_connected() && pair.driver.is_idle());
    // The connection is as good as before.
    pair.forget();
    pair.send(b"again");
    assert!(pair.saw(|event| *event == Event::Sent(5)));
}

#[test]
fn a_second_prompt_does_not_send_it_twice() {
    let mut pair = Pair::connected();
    let mut lost = fault(FaultKind::NoFinal);
    lost.times = Some(1);
    lost.attributes.command = Some("+CIPSEND".into());
    pair.control(Control::from(lost));
    pair.send(b"hello");
    pair.down.extend(b"\r\n> ");
    pair.settle();
    assert_eq!(pair.script(), "AT+CIPSEND=5\rhello");
}

#[test]
fn a_prompt_that_does_not_come() {
    let mut silent = fault(FaultKind::NoPrompt);
    silent.times = Some(1);
    // ESC ends data entry.
    let mut pair = Pair::with(ctrl_z(false), Scenario::default());
    pair.connect();
    pair.control(Control::from(silent.clone()));
    pair.send(b"hello");
    pair.pass(seconds(10));
    assert_eq!(failed(&pair).kind, SendFailure::NoPrompt);
    assert_eq!(pair.script(), "AT+CIPSEND\r\x1bAT+CIPSTATUS\r");
    pair.send(b"hello");
    assert_eq!(pair.peer().got, b"hello");
    // Where any byte may be payload, the module has to give up by itself.
    let mut pair = Pair::connected();
    pair.control(Control::from(silent));
    pair.send(b"hello");
    pair.pass(seconds(121));
    let failed = failed(&pair);
    assert!(matches!(failed.kind, SendFailure::Refused(_)), "{failed:?}");
    assert_eq!(pair.script(), "AT+CIPSEND=5\rAT+CIPSTATUS\r");
    pair.send(b"hello");
    assert_eq!(pair.peer().got, b"hello");
}

#[test]
fn a_send_can_be_abandoned() {
    for settings in [settings(), ctrl_z(false)] {
        let mut pair = Pair::with(settings, Scenario::default());
        pair.connect();
        pair.driver.send(b"hello", pair.now).unwrap();
        pair.settle();
        pair.driver.abandon_send(pair.now);
        pair.pass(seconds(125));
        let failed = failed(&pair);
        assert_eq!((failed.accepted, failed.in_doubt), (0, 0));
        assert!(pair.driver.is_idle() && pair.driver.is_connected());
        pair.send(b"world");
        assert_eq!(pair.peer().got, b"world");
    }
}

/// Found by simulation (seed 1929): the module started again and nobody saw it, it has a connection
/// all the same, and the first echo that is heard is that of a send. Now it waits for a payload, and
/// would take for it what wakes a module.
#[test]
fn what_follows_an_echo_is_not_taken_for_payload() {
    for (settings, ends) in [(settings(), 120), (ctrl_z(false), 0)] {
        let mut pair = Pair::with(settings, Scenario::default());
        pair.connect();
        pair.module.handle_uart(b"ATE1\r", pair.now);
        pair.tamper = Box::new(|_| Vec::new());
        pair.settle();
        pair.tamper = Box::new(|bytes| bytes);
        let began = pair.now;
        pair.send(b"hello");
        pair.pass(seconds(200));
        let failed = failed(&pair);
        assert_eq!(failed.kind, SendFailure::Rebooted);
        assert_eq!((failed.accepted, failed.in_doubt), (0, 0));
        assert!(pair.saw(|event| *event == Event::Rebooted));
        let woken = pair.times_of("AT")[0];
        assert_eq!(
            woken,
            (began + seconds(ends)).since(simless_at::Instant::ZERO)
        );
        for peer in pair.net.peers.values() {
            assert_eq!(peer.got, b"", "{}", pair.script());
        }
        assert!(pair.driver.is_connected(), "anew");
    }
}

/// Nor is what closes a connection that is lost to the driver in the middle of a send.
#[test]
fn what_follows_lost_data_is_not_taken_for_payload() {
    for (settings, prompts) in [
        (settings(), true),
        (settings(), false),
        (ctrl_z(false), true),
        (ctrl_z(false), false),
    ] {
        let by_length = settings.send_form == SendForm::Length;
        let mut pair = Pair::with(settings, Scenario::default());
        pair.connect();
        if !prompts {
            pair.control(Control::from(fault(FaultKind::NoPrompt)));
        }
        // The payload stays with the application.
        pair.driver.send(b"hello", pair.now).unwrap();
        pair.settle();
        pair.down.extend(b"\r\n+IPD:65536\r\n");
        pair.settle();
        assert_eq!(failed(&pair).kind, SendFailure::Garbled);
        assert_eq!(failed(&pair).in_doubt, 0);
        pair.pass(seconds(119));
        let close = pair.times_of("AT+CIPCLOSE").len();
        assert_eq!(close, usize::from(!by_length), "{}", pair.script());
        pair.pass(seconds(60));
        assert_eq!(pair.times_of("AT+CIPCLOSE").len(), 1);
        assert!(pair.driver.is_idle());
        assert_eq!(pair.peer().got, b"");
        pair.connect();
    }
}

/// A module that does not even give a data entry up is asked all the same, some day. What it then
/// takes for payload is in doubt.
#[test]
fn a_data_entry_that_never_ends_is_in_doubt() {
    let mut profile = KINGCOM_G3524;
    profile.guards.send = seconds(1_000);
    let mut pair = Pair::of(
        settings(),
        Config {
            profile,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        },
    );
    pair.connect();
    pair.control(Control::from(fault(FaultKind::NoPrompt)));
    pair.send(b"hello");
    pair.pass(seconds(162));
    assert_eq!(pair.script(), "AT+CIPSEND=5\r");
    pair.pass(seconds(1));
    let failed = failed(&pair);
    assert_eq!(failed.kind, SendFailure::NoPrompt);
    assert_eq!((failed.accepted, failed.in_doubt), (0, 5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// H16: whatever strikes, the accepted bytes reached the peer, in order and once, and nothing
    /// that is neither accepted nor in doubt did.
    #[test]
    fn only_bytes_under_ok_count(
        sends in vec((1_usize..400, 0_u8..9), 1..12),
    ) {
        let mut pair = Pair::connected();
        let mut may_have: Vec<(Vec<u8>, bool)> = Vec::new();
        for (number, (length, strike)) in sends.into_iter().enumerate() {
            if !pair.driver.is_connected() || !pair.driver.is_idle() {
                break;
            }
            let kind = match strike {
                0 => Some(FaultKind::NoFinal),
                1 => Some(FaultKind::NoPrompt),
                2 => Some(FaultKind::CmeError),
                3 => Some(FaultKind::LateOk),
                _ => None,
            };
            if let Some(kind) = kind {
                let mut fault = fault(kind);
                fault.times = Some(1);
                fault.attributes.command =
                    (kind != FaultKind::NoPrompt).then(|| "+CIPSEND".into());
                fault.attributes.delay = (kind == FaultKind::LateOk).then(|| seconds(100));
                pair.control(Control::from(fault));
            }
            let payload = vec![number as u8; length];
            pair.forget();
            pair.send(&payload);
            if strike == 4 {
                pair.control(Control::Happens(Happening::PeerClose));
            }
            pair.pass(seconds(145));
            let sent = pair.saw(|event| *event == Event::Sent(length as u16));
            let in_doubt = pair.events.iter().any(|(_, event)| {
                matches!(event, Event::SendFailed(failed) if failed.in_doubt > 0)
            });
            if sent || in_doubt {
                may_have.push((payload, sent));
            }
        }
        let mut got = pair.peer().got.as_slice();
        for (payload, is_accepted) in &may_have {
            match got.strip_prefix(payload.as_slice()) {
                Some(rest) => got = rest,
                None => prop_assert!(!is_accepted, "accepted and not there"),
            }
        }
        prop_assert!(got.is_empty(), "there and not accepted");
    }
}
