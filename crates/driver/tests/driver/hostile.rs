//! A driver alone against a module that says anything at all.
//!
//! covers: H1 H2 H3 H4 H5

mod host;

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_driver::{Ended, Event};

use crate::pair::seconds;

use host::{Host, OK, Step, answer_last, healthy};

/// What a module may say, true or not, asked or not.
fn words() -> impl Strategy<Value = Vec<u8>> {
    let words = vec![
        OK,
        OK,
        OK,
        "\r\nERROR\r\n",
        "\r\n+CME ERROR: 50\r\n",
        "\r\n+CME ERROR: 10\r\n",
        "\r\nCOMMAND NO RESPONSE!\r\n",
        "\r\nCONNECT OK\r\n",
        "\r\nCLOSED\r\n",
        "\r\n> ",
        "\r\n+IPD:5\r\nhello",
        "\r\n+IPD:2048\r\n",
        "\r\n+IPD:65536\r\n",
        "\r\n+IPD:0\r\n",
        "\r\n+IPD:0000000005\r\nhello",
        // A digit more than any length has.
        "\r\n+IPD:00000000005\r\nhello",
        "\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
        "\r\n+IPSTATUS: CONNECT OK\r\n\r\nOK\r\n",
        "\r\n+IPSTATUS: PDP DEACT\r\n\r\nOK\r\n",
        "\r\n+CPIN:READY\r\n\r\nOK\r\n",
        "\r\n+CPIN:SIM PIN\r\n\r\nOK\r\n",
        "\r\n+CREG: 1,1\r\n\r\nOK\r\n",
        "\r\n+CREG: 1,13\r\n\r\nOK\r\n",
        "\r\n+CREG: 3\r\n",
        "\r\n^CINIT: 1, 0, 0\r\n",
        "AT+CGATT=1\r",
        "AT+CIPSTATUS\r",
    ];
    prop_oneof![
        6 => prop::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..300),
        1 => (100_usize..5000).prop_map(|n| vec![b'x'; n]),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => words().prop_map(Step::Says),
        3 => prop::sample::select(vec![1, 1_000, 29_999, 30_000, 45_000]).prop_map(Step::Time),
        1 => Just(Step::Connect),
        1 => vec(any::<u8>(), 0..40).prop_map(Step::Send),
        1 => Just(Step::Close),
        1 => Just(Step::Resolve),
        1 => Just(Step::Abandon),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// H1, H3: nothing panics and nothing hangs; whatever was said before, a connect that is under
    /// way ends, and afterwards nothing waits for ever.
    #[test]
    fn anything_goes(steps in vec(step(), 1..80)) {
        let mut host = Host::new(usize::MAX);
        host.act(&Step::Connect);
        for step in &steps {
            host.act(step);
        }
        // Silence: within the total time, and a send's, everything is over.
        host.pass(seconds(600 + 130 + 60));
        prop_assert!(host.driver.is_idle(), "{:?}", host.log);
        prop_assert_eq!(host.driver.poll_timeout(), None);
        let begun = host.log.iter().filter(|line| line.starts_with("StepBegan(Wake")).count();
        prop_assert!(begun > 0);
    }

    /// H2: the same bytes at the same times, cut anywhere, come to the same.
    #[test]
    fn chunks_do_not_matter(steps in vec(step(), 1..40), chunk in 1_usize..9) {
        let play = |chunk| {
            let mut host = Host::new(chunk);
            host.act(&Step::Connect);
            for step in &steps {
                host.act(step);
            }
            host.log
        };
        prop_assert_eq!(play(usize::MAX), play(chunk));
    }
}

/// H4, H5: an endless line, noise and lies, and then a module that is well: connected within one
/// step's time.
#[test]
fn it_comes_back_into_step() {
    let endless = vec![b'x'; 1_000_000];
    let lies = b"\r\n+IPD:7777777\r\n\r\nOK\r\n".repeat(100);
    for noise in [
        &endless[..],
        &lies,
        b"\xff\xfe\x00\r\n\r\n\r\r\n",
        b"\r\n+IPD:2000\r\nabc",
    ] {
        let mut host = Host::new(usize::MAX);
        host.act(&Step::Connect);
        host.hear(noise);
        host.log.clear();
        let mut passed = 0;
        while !host.events.contains(&Event::Connected) {
            host.pass(seconds(1));
            healthy(&mut host);
            passed += 1;
            assert!(passed <= 30, "{:?}", host.log);
        }
    }
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    host.hear(&endless);
    host.hear(b"\r\n");
    assert_eq!(host.driver.dropped_lines(), 1);
}

/// H5: the half of a line is forgotten when nothing follows it, so that it takes no answer with it.
#[test]
fn the_half_of_a_line_takes_no_answer_with_it() {
    for half in ["\r\nO", "\r\n+CREG: ", "\r\n+IPD:", &"x".repeat(500)] {
        for is_connected in [false, true] {
            let mut host = Host::new(usize::MAX);
            if is_connected {
                host.act(&Step::Connect);
                healthy(&mut host);
                assert!(host.driver.is_connected());
            }
            host.hear(half.as_bytes());
            host.pass(Duration::from_millis(4999));
            assert!(host.driver.poll_timeout().is_some(), "{half:?}");
            host.pass(seconds(2));
            let has_hole = half.contains("+IPD");
            assert_eq!(host.driver.is_connected(), is_connected && !has_hole);
            let begun = host.now;
            match is_connected {
                true => host.act(&Step::Close),
                false => host.act(&Step::Connect),
            }
            while !host.driver.is_idle() {
                healthy(&mut host);
                host.pass(seconds(1));
            }
            let took = host.now.since(begun);
            assert!(took <= seconds(1), "{half:?}: {took:?} {:?}", host.log);
        }
    }
}

/// L3: the half of a header tells of data that will not come: the stream has a hole.
#[test]
fn the_half_of_a_header_ends_a_stream() {
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    healthy(&mut host);
    host.hear(b"\r\n+IPD:1");
    host.pass(seconds(6));
    let ended =
        |event: &Event| matches!(event, Event::Closed(closed) if closed.how == Ended::Garbled);
    assert!(host.events.iter().any(ended), "{:?}", host.log);
}

/// An answer nobody asked for answers nothing.
#[test]
fn unasked_answers_are_not_believed() {
    let mut host = Host::new(usize::MAX);
    host.hear(OK.repeat(50).as_bytes());
    host.hear(b"\r\nCONNECT OK\r\n\r\n+IPD:5\r\nhello\r\n> \r\nCLOSED\r\n");
    assert!(!host.driver.is_connected());
    assert_eq!(host.events, []);
    assert!(!host.log.iter().any(|line| line.starts_with("data")));
    host.act(&Step::Connect);
    host.log.push("AT\\r".into());
    healthy(&mut host);
    assert!(host.driver.is_connected());
}

/// A question for the state is open, and its answer comes when the driver wants to know it again:
/// neither it nor what follows it is taken for answers to what is said next.
#[test]
fn an_older_state_is_not_believed() {
    let state = "\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n";
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    while host.log.last().is_none_or(|line| line != "AT+CGATT=1\\r") {
        assert!(answer_last(&mut host), "{:?}", host.log);
    }
    // Undone at 30 s, asked for the state at 60 s, given up at 70 s, woken after a pause.
    host.pass(seconds(72));
    assert!(host.log.ends_with(&["AT\\r".into()]), "{:?}", host.log);
    // Now the answers come: of the attach, of the detach.
    host.hear(OK.repeat(2).as_bytes());
    host.hear(OK.as_bytes());
    // Another question for the state could not be told from the older one: something else is asked.
    assert!(
        host.log.ends_with(&["AT+CIPHEAD?\\r".into()]),
        "{:?}",
        host.log
    );
    // Of the older question, of AT and ATE0.
    for answer in [state, OK, OK] {
        host.hear(answer.as_bytes());
        host.pass(seconds(2));
        assert!(
            host.log.ends_with(&["AT+CIPHEAD?\\r".into()]),
            "{:?}",
            host.log
        );
    }
    host.hear(b"\r\n+CIPHEAD: 1\r\n\r\nOK\r\n");
    assert!(
        host.log.ends_with(&["AT+CIPSTATUS\\r".into()]),
        "{:?}",
        host.log
    );
    host.hear(b"\r\n+IPSTATUS: PDP DEACT\r\n\r\nOK\r\n");
    assert!(
        host.log.ends_with(&["AT+CMEE=1\\r".into()]),
        "{:?}",
        host.log
    );
    // The last one counts, and at once.
    for _ in 0..5 {
        assert!(answer_last(&mut host));
    }
    assert!(
        host.log.ends_with(&["AT+CIPSHUT\\r".into()]),
        "{:?}",
        host.log
    );
}

/// A state that was told late is the older question's, and there is nothing left to be taken for
/// the next one's: a module that knows no more than it must is not asked for more.
#[test]
fn an_older_state_that_was_told_needs_no_other_question() {
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    while host.log.last().is_none_or(|line| line != "AT+CGATT=1\\r") {
        assert!(answer_last(&mut host), "{:?}", host.log);
    }
    host.pass(seconds(72));
    // All that was said is answered at once: the attach, the detach, the state, AT.
    host.hear("\r\nCOMMAND NO RESPONSE!\r\n".repeat(2).as_bytes());
    host.hear(b"\r\n+IPSTATUS: PDP DEACT\r\n\r\nOK\r\n\r\nOK\r\n");
    host.pass(seconds(2));
    host.hear(OK.repeat(2).as_bytes());
    let asks = |host: &Host, line: &str| {
        assert!(host.log.ends_with(&[line.into()]), "{:?}", host.log);
    };
    asks(&host, "AT+CIPSTATUS\\r");
    // What follows that state answers nothing either.
    host.hear(OK.as_bytes());
    asks(&host, "AT+CIPSTATUS\\r");
    host.hear(b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n");
    asks(&host, "AT+CMEE=1\\r");
}

/// Modules say several lines when they start: they are one start, and one failure.
#[test]
fn the_lines_of_one_start_are_one_failure() {
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    while host.log.last().is_none_or(|line| line != "AT+CGATT=1\\r") {
        assert!(answer_last(&mut host), "{:?}", host.log);
    }
    host.events.clear();
    for line in ["\r\nInit...\r\n", "\r\n^CINIT: 1, 0, 0\r\n"] {
        host.hear(line.as_bytes());
        host.pass(Duration::from_millis(400));
    }
    let is_failure = |event: &&Event| matches!(event, Event::Pausing(_) | Event::Rebooted);
    let failures = host.events.iter().filter(is_failure).count();
    assert_eq!(failures, 2, "a start, and a pause: {:?}", host.events);
}

/// A module that lost the answer to a question for the state, and knows nothing but the guide's four
/// steps and that question, is asked for it again in the end.
#[test]
fn a_module_without_other_questions_comes_into_step() {
    let mut host = Host::new(usize::MAX);
    host.act(&Step::Connect);
    while host.log.last().is_none_or(|line| line != "AT+CIPSTATUS\\r") {
        assert!(answer_last(&mut host), "{:?}", host.log);
    }
    // It gives no answer to this one, and ERROR to questions that it does not know.
    host.pass(seconds(10));
    while !host.driver.is_idle() {
        let asked = host.log.last().cloned().unwrap_or_default();
        let fences = ["AT+CSQ", "AT+CMEE?", "AT+CGACT?", "AT+CIPHEAD?"];
        if fences.iter().any(|fence| asked.starts_with(fence)) {
            host.hear(b"\r\nERROR\r\n");
            host.pass(seconds(1));
        } else if !answer_last(&mut host) {
            host.pass(seconds(1));
        }
    }
    assert!(host.driver.is_connected(), "{:#?}", host.log);
}

/// H4: the end of a line that was too long is no line.
#[test]
fn the_end_of_an_endless_line_is_dropped_with_it() {
    let mut pair = crate::pair::Pair::connected();
    pair.chunk = 1;
    for length in 150..400 {
        pair.down.extend("x".repeat(length).bytes());
        pair.down.extend(b"CLOSED\r\n");
        pair.settle();
        assert!(pair.driver.is_connected(), "{length}");
    }
}
