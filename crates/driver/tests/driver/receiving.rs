//! From the peer to the application.
//!
//! covers: H2 H6 H18 H20 P29

use std::sync::{Arc, Mutex};

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::{BlockFormat, Dialect};
use simless_driver::{Closed, Ended, Event, News, SendForm, Target};
use simless_module::{Config, Control, FaultKind, KINGCOM_G3524, Network, Place, Scenario, Timing};

use crate::pair::{Pair, fault, seconds, settings, target};

/// Data that looks like what a module says is as good as any.
fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 1..80),
        vec(any::<u8>(), 1400..3100),
        prop::sample::select(vec![
            "\r\nOK\r\n",
            "\r\nCLOSED\r\n",
            "\r\n> ",
            "\r\n+IPD:5\r\n",
            "\r\n+CME ERROR: 50\r\n",
            "ERROR\r\n",
            "CONNECT OK\r\n",
            "\r\n^CINIT: 1, 0, 0\r\n",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ]
}

const PAYLOAD: &[u8] = b"\r\nOK\r\nCLOSED> +IPD";

static COLON: Dialect = Dialect {
    block: BlockFormat::COLON,
    block_tail: "\r\n",
    ..Dialect::G_SERIES
};

static STRAY_OK: Dialect = Dialect {
    block_tail: "\r\nOK\r\n",
    ..Dialect::G_SERIES
};

fn speaking(dialect: &'static Dialect) -> Pair {
    let mut profile = KINGCOM_G3524;
    profile.dialect = *dialect;
    let mut settings = settings();
    settings.dialect = dialect;
    Pair::of(
        settings,
        Config {
            profile,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// H18, H2: what is read equals what was written, in every framing, however it is cut, also
    /// between commands and URCs.
    #[test]
    fn what_is_read_was_written(
        pieces in vec(data(), 1..8),
        chunk in prop_oneof![Just(1_usize), 2_usize..9, Just(usize::MAX)],
        dialect in prop::sample::select(vec![&Dialect::G_SERIES, &COLON, &STRAY_OK]),
        send_at in 0_usize..8,
    ) {
        let mut pair = speaking(dialect);
        pair.chunk = chunk;
        pair.connect();
        for (number, piece) in pieces.iter().enumerate() {
            pair.peer_sends(piece);
            if number == send_at {
                pair.control(Control::Urc("+CTZV:17/01/08,21:33:19,+02".into()));
                pair.send(PAYLOAD);
            }
        }
        prop_assert_eq!(&pair.received, &pieces.concat());
        prop_assert!(pair.driver.is_connected() && pair.driver.is_idle());
        let strays = pair.urcs.iter().filter(|urc| !urc.starts_with("+CTZV")).count();
        prop_assert_eq!(strays, 0);
        pair.peer_ends();
        let closed = Event::Closed(Closed {
            how: Ended::ByPeer,
            accepted: if send_at < pieces.len() { PAYLOAD.len() as u64 } else { 0 },
        });
        prop_assert!(pair.saw(|event| *event == closed));
    }
}

/// H6: a late prompt is nothing that a module says by itself.
#[test]
fn a_prompt_that_nobody_waits_for_is_no_urc() {
    let said = b"\r\n> \r\nRING\r\n";
    for size in 1..=said.len() {
        let mut pair = Pair::connected();
        let mut told = Vec::new();
        for mut rx in said.chunks(size) {
            while !rx.is_empty() {
                let taken = pair.driver.handle_uart(rx, pair.now);
                told.extend(taken.news.map(|news| match news {
                    News::Urc(line) => line.to_owned(),
                    News::Data { .. } => panic!("no data was said"),
                }));
                rx = &rx[taken.used..];
            }
        }
        assert_eq!(told, ["RING"], "in pieces of {size}");
    }
}

#[test]
fn a_datagram_is_a_block() {
    let mut pair = Pair::new();
    let host = simless_driver::Host::new("198.51.100.7").unwrap();
    pair.driver.connect(Target::udp(host, 9), pair.now).unwrap();
    assert!(pair.finish());
    pair.peer_sends_datagram(b"one");
    pair.peer_sends_datagram(b"two");
    assert_eq!(pair.received, b"onetwo");
    pair.send(b"three");
    assert_eq!(pair.peer().got, b"three");
}

/// H6: at every place the module allows, a URC changes no verdict and reaches the application.
#[test]
fn a_urc_anywhere_changes_nothing() {
    let commands = [
        "AT",
        "E",
        "+CIPSTATUS",
        "+CMEE",
        "I",
        "+CPIN",
        "+CREG",
        "+CIPHEAD",
        "+CGATT",
        "+CGDCONT",
        "+CGACT",
        "+CIPSTART",
        "+CIPSEND",
        "+CIPCLOSE",
    ];
    for urc in [
        "+CREG: 1",
        "+CREG: 1,\"25EF\",\"115B\"",
        "+CGREG: 1",
        "+CTZV:17/01/08,21:33:19,+02",
        "^STN: 3",
        "+CIEV: service,  1",
    ] {
        for command in commands {
            for place in [Place::Response, Place::Final] {
                let mut collision = fault(FaultKind::UrcCollision);
                collision.attributes.command = Some(command.into());
                collision.attributes.urc = Some(urc.into());
                collision.attributes.place = Some(place);
                let mut pair = Pair::with_faults(vec![collision]);
                pair.driver.connect(target(), pair.now).unwrap();
                assert!(pair.finish(), "{urc} in {command}");
                assert_eq!(pair.now, simless_at::Instant::ZERO);
                pair.send(b"hello");
                pair.driver.close(pair.now);
                pair.settle();
                let failures = pair.saw(|event| matches!(event, Event::StepEnded(_, Err(_), _)));
                assert!(!failures, "{urc} in {command}");
                let said = pair.urcs.iter().filter(|said| *said == urc).count();
                assert_eq!(said, pair.strikes, "{urc} in {command}: {:?}", pair.urcs);
                assert!(said > 0 || ["AT", "E"].contains(&command), "{command}");
            }
        }
    }
}

#[test]
fn an_application_that_does_not_read_loses_nothing() {
    let mut pair = Pair::connected();
    let data: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    pair.peer_sends(&data[..10]);
    pair.reads = false;
    pair.peer_sends(&data[10..]);
    // Longer than every deadline there is. What lies in between stays bounded.
    pair.pass(seconds(1000));
    assert!(pair.down.len() <= 4096);
    assert!(pair.driver.is_connected());
    pair.reads = true;
    pair.settle();
    assert_eq!(pair.received, data);
    assert!(pair.driver.is_connected());
}

/// The same in the middle of a block, with data in the application's hands: the driver's time
/// stands still.
#[test]
fn a_block_that_the_application_holds_up_is_not_given_up() {
    let mut pair = Pair::connected();
    pair.chunk = 20;
    let rx = b"\r\n+IPD:11\r\nKINGCOM";
    let taken = pair.driver.handle_uart(rx, pair.now);
    assert!(taken.news.is_some());
    assert_eq!(pair.driver.poll_timeout(), None);
    let later = pair.now + seconds(500);
    pair.driver.handle_timeout(later);
    let taken = pair.driver.handle_uart(b"TEST", later);
    assert!(taken.news.is_some(), "{taken:?}");
    assert!(pair.driver.is_connected());
}

#[test]
fn a_block_whose_bytes_stop_coming_is_given_up() {
    let mut pair = Pair::connected();
    pair.down.extend(b"\r\n+IPD:11\r\nKINGCOM");
    pair.pass(std::time::Duration::from_millis(4_999));
    assert!(pair.driver.is_connected());
    pair.pass(seconds(1));
    let closed = Event::Closed(Closed {
        how: Ended::Garbled,
        accepted: 0,
    });
    assert!(pair.saw(|event| *event == closed), "{:?}", pair.events);
    assert_eq!(pair.times_of("AT+CIPCLOSE").len(), 1);
    assert!(pair.driver.is_idle());
    pair.connect();
}

/// A line of some bytes a second.
fn trickle(pair: &mut Pair, bytes: &[u8], piece: usize) {
    for piece in bytes.chunks(piece) {
        pair.down.extend(piece);
        pair.pass(seconds(4));
    }
}

/// Found by simulation (seed 215): an answer stands behind all that the module had to deliver.
#[test]
fn an_answer_behind_received_data_is_waited_for() {
    let mut settings = settings();
    settings.send_form = SendForm::CtrlZ {
        refuses_nul: false,
        refuses_backspace: false,
    };
    let mut pair = Pair::with(settings, Scenario::default());
    pair.connect();
    // What the module says stays on the line for now.
    let prompt = Arc::new(Mutex::new(Vec::new()));
    let line = prompt.clone();
    pair.tamper = Box::new(move |bytes| {
        line.lock().unwrap().extend(bytes);
        Vec::new()
    });
    pair.send(b"hello");
    trickle(&mut pair, &b"\r\n+IPD:5\r\nworld".repeat(20), 15);
    assert_eq!(pair.received, b"world".repeat(20));
    assert_eq!(pair.script(), "AT+CIPSEND\r", "80 s later");
    pair.tamper = Box::new(|bytes| bytes);
    pair.down.extend(prompt.lock().unwrap().drain(..));
    pair.settle();
    assert!(pair.saw(|event| *event == Event::Sent(5)));
}

/// But a bound there is: data that never ends is no answer.
#[test]
fn received_data_puts_an_answer_off_for_a_time_and_not_for_ever() {
    let mut pair = Pair::connected();
    pair.tamper = Box::new(|_| Vec::new());
    let name = simless_driver::Host::new("example.com").unwrap();
    pair.driver.resolve(&name, pair.now).unwrap();
    let said = pair.now;
    let is_over = |pair: &Pair| pair.saw(|event| matches!(event, Event::Resolved(None)));
    while !is_over(&pair) {
        assert!(pair.now.since(said) <= seconds(604), "{:?}", pair.events);
        trickle(&mut pair, b"\r\n+IPD:5\r\nworld", 15);
    }
    assert!(pair.now.since(said) >= seconds(600), "{:?}", pair.events);
}

#[test]
fn a_block_whose_bytes_come_slowly_is_read_to_its_end() {
    let block = [&b"\r\n+IPD:1460\r\n"[..], &[b'x'; 1460]].concat();
    let mut pair = Pair::connected();
    trickle(&mut pair, &block, 50);
    assert_eq!(pair.received.len(), 1460, "after 120 s");
    assert!(pair.driver.is_connected());
    // Slower than a send may be: that is no line any more.
    trickle(&mut pair, &block, 40);
    assert!(!pair.driver.is_connected());
}

#[test]
fn a_length_that_lies_is_an_error_and_the_driver_recovers() {
    for lie in [
        &b"\r\n+IPD:2049\r\n"[..],
        b"\r\n+IPD:99999999999999\r\n",
        b"\r\n+IPD:00000000011\r\n",
        b"\r\n+IPD:1x\r\n",
        b"\r\n+IPD:11\n",
    ] {
        let mut pair = Pair::connected();
        pair.down.extend(lie);
        // What follows is payload, whatever it looks like.
        pair.down.extend(b"\r\nCLOSED\r\n\r\n^CINIT: 1,\r\n");
        pair.settle();
        let closed = Event::Closed(Closed {
            how: Ended::Garbled,
            accepted: 0,
        });
        assert!(pair.saw(|event| *event == closed), "{:?}", pair.events);
        assert_eq!(pair.urcs, [""; 0]);
        pair.pass(seconds(1));
        assert!(pair.driver.is_idle());
        pair.connect();
        pair.peer_sends(b"KINGCOMTEST");
        assert_eq!(pair.received, b"KINGCOMTEST");
    }
}

/// `CONNECT OK` before the late result of `AT+CIPSTART`: what the peer sends in between belongs to
/// the connection that is about to be known.
#[test]
fn data_between_an_early_outcome_and_its_result_is_kept() {
    let mut late = fault(FaultKind::LateOk);
    late.attributes.command = Some("+CIPSTART".into());
    late.attributes.delay = Some(seconds(3));
    let mut pair = Pair::with_faults(vec![late]);
    pair.driver.connect(target(), pair.now).unwrap();
    pair.pass(seconds(1));
    assert!(!pair.driver.is_connected());
    pair.peer_sends(PAYLOAD);
    assert!(pair.finish());
    assert_eq!(pair.received, PAYLOAD);
}
