//! Every limit, one below, at and one beyond it. That of memory is `tests/memory.rs`.
//!
//! covers: P4 P8 P30 P31 P32

use std::time::Duration;

use simless_at::Registration;
use simless_module::{Control, SocketEvent};

use crate::output::{self, Unit};
use crate::rig::Rig;

const OK: &[u8] = b"\r\nOK\r\n";
const ERROR: &[u8] = b"\r\nERROR\r\n";
const CONNECT_OK: &[u8] = b"\r\nCONNECT OK\r\n";
const FAILED: &[u8] = b"\r\n+CME ERROR: 50\r\n";

#[test]
fn a_command_line() {
    for (length, answer) in [(511, OK), (512, OK), (513, ERROR)] {
        let mut rig = Rig::new();
        rig.say(b"ATE0\r");
        rig.output.clear();
        let line = format!("AT{}\r", " ".repeat(length - 2));
        assert_eq!(rig.say(line.as_bytes()), answer, "{length}");
        assert_eq!(rig.say(b"AT\r"), OK);
        let dropped = rig.module.snapshot().counters.dropped_lines;
        assert_eq!(dropped, u64::from(answer == ERROR), "{length}");
    }
}

#[test]
fn one_send() {
    let lengths = [(1459, true), (1460, true), (1461, false)];
    let transports = ["TCP", "UDP"].into_iter();
    for (transport, (length, fits)) in transports.flat_map(|t| lengths.map(|length| (t, length))) {
        let payload = vec![b'x'; length];
        let by_length = [format!("AT+CIPSEND={length}\r").as_bytes(), &payload].concat();
        let by_ctrl_z = [b"AT+CIPSEND\r", payload.as_slice(), b"\x1a"].concat();
        let mut rig = Rig::connected(transport);
        assert_eq!(rig.say(&by_ctrl_z).ends_with(OK), fits, "{length}");
        // Refused at once, the payload would be taken for command lines: here it is left out.
        let script = if fits {
            by_length
        } else {
            format!("AT+CIPSEND={length}\r").into_bytes()
        };
        assert_eq!(rig.say(&script).ends_with(OK), fits, "{length}");
        let sent = if fits { 2 * length } else { 0 };
        assert_eq!(rig.peer().stream().len(), sent);
    }
}

#[test]
fn unsent_bytes_of_a_connection() {
    for (last, fits) in [(323, true), (324, true), (325, false)] {
        let mut rig = Rig::connected("TCP");
        rig.peer().reads = false;
        let mut send = |length: usize| {
            rig.output.clear();
            rig.say(format!("AT+CIPSEND={length}\r").as_bytes());
            rig.say(&vec![b'x'; length]);
            rig.output.ends_with(OK)
        };
        (0..11).for_each(|_| assert!(send(1460)));
        assert_eq!(send(last), fits, "{}", 11 * 1460 + last);
        if !fits {
            rig.pass(Duration::from_millis(119_999));
            assert!(!rig.output.ends_with(ERROR));
            rig.pass(Duration::from_millis(1));
            assert!(rig.output.ends_with(ERROR));
        }
        rig.peer().reads = true;
        rig.settle();
        let sent = 11 * 1460 + if fits { last } else { 0 };
        assert_eq!(rig.peer().stream().len(), sent);
    }
}

#[test]
fn received_bytes_of_a_stream() {
    for (sent, unread) in [(16_383, 0), (16_384, 0), (16_385, 1)] {
        let mut rig = Rig::connected("TCP");
        rig.dte_reads = false;
        rig.peer_sends(&vec![b'x'; sent]);
        assert_eq!(rig.peer().sent.len(), unread, "left with the system");
        rig.dte_reads = true;
        rig.settle();
        assert_eq!(rig.output.len(), sent, "nothing is lost");
    }
}

#[test]
fn received_bytes_of_datagrams() {
    // The last byte finds room at one below the limit, and at the limit none.
    for last in [2047, 2048] {
        let mut rig = Rig::connected("UDP");
        rig.dte_reads = false;
        (0..7).for_each(|_| rig.datagram(&[b'x'; 2048]));
        rig.datagram(&vec![b'x'; last]);
        rig.datagram(b"y");
        rig.dte_reads = true;
        rig.settle();
        let room_for_one_more = usize::from(last == 2047);
        assert_eq!(rig.output.len(), 7 * 2048 + last + room_for_one_more);
        let dropped = rig.module.snapshot().counters.dropped_datagrams;
        assert_eq!(dropped, 1 - room_for_one_more as u64);
    }
}

#[test]
fn one_datagram_and_how_many_wait() {
    for (length, fits) in [(2047, true), (2048, true), (2049, false)] {
        let mut rig = Rig::connected("UDP");
        rig.datagram(&vec![b'x'; length]);
        assert_eq!(rig.output.len(), if fits { length } else { 0 });
    }
    for (count, kept) in [(255, 255), (256, 256), (257, 256)] {
        let mut rig = Rig::connected("UDP");
        rig.say(b"AT+CIPSEND\r");
        rig.output.clear();
        (0..count).for_each(|_| rig.datagram(b"x"));
        rig.say(b".\x1a");
        assert_eq!(rig.output.len(), OK.len() + kept);
        let dropped = rig.module.snapshot().counters.dropped_datagrams;
        assert_eq!(dropped, (count - kept) as u64);
    }
}

#[test]
fn urcs_that_wait() {
    for (changes, said) in [(63, 63), (64, 64), (65, 64)] {
        let mut rig = Rig::connected("TCP");
        rig.say(b"AT+CGREG=0\r");
        rig.say(b"AT+CIPSEND\r");
        rig.output.clear();
        for change in 0..changes {
            let stat = if change % 2 == 0 { 5 } else { 1 };
            rig.control(Control::registration(Registration(stat)));
        }
        rig.say(b".\x1a");
        let units = output::read(&rig.output).expect("units");
        let is_urc = |unit: &&Unit| matches!(unit, Unit::Line(line) if line.starts_with("+CREG"));
        assert_eq!(units.iter().filter(is_urc).count(), said);
        let last = if changes % 2 == 0 {
            "+CREG: 1"
        } else {
            "+CREG: 5"
        };
        assert_eq!(
            units.last(),
            Some(&Unit::Line(last.into())),
            "the newest is kept"
        );
        let dropped = rig.module.snapshot().counters.dropped_urcs;
        assert_eq!(dropped, changes - said as u64);
    }
}

/// What no newer URC says again is never dropped, and joins a queue that is full; nor is the final
/// result behind it.
#[test]
fn an_end_among_urcs_that_wait() {
    for (before, after) in [(62, 1), (63, 1), (64, 1), (0, 64), (200, 200)] {
        let mut rig = Rig::connected("TCP");
        rig.say(b"AT+CGREG=0\r");
        rig.say(b"AT+CIPSEND\r");
        rig.output.clear();
        let change = |rig: &mut Rig, times: usize| {
            for time in 0..times {
                let stat = if time % 2 == 0 { 5 } else { 1 };
                rig.control(Control::registration(Registration(stat)));
            }
            rig.control(Control::registration(Registration(1)));
        };
        change(&mut rig, before);
        rig.peer().ends = true;
        rig.settle();
        change(&mut rig, after);
        // The payload's connection is gone (G5.7).
        rig.say(b".\x1a");
        let units = output::read(&rig.output).expect("units");
        let lines = output::lines(&units);
        let count = |text: &str| lines.iter().filter(|line| **line == text).count();
        assert_eq!((lines[0], count("ERROR")), ("ERROR", 1), "the final result");
        assert_eq!(count("CLOSED"), 1, "{before} before, {after} after");
        let kept = rig.module.snapshot().counters.dropped_urcs;
        assert!(
            lines.len() <= 1 + 64 + 1,
            "{} and {kept} dropped",
            lines.len()
        );
    }
}

/// A name is looked up for 10 s, and one at a time.
#[test]
fn a_look_up() {
    let found = SocketEvent::Resolved([192, 0, 2, 1].into());
    for (micros, is_found) in [(9_999_999, true), (10_000_000, false), (10_000_001, false)] {
        for (line, done) in [
            ("AT+CDNSGIP=\"host\"\r", OK),
            ("AT+CIPSTART=\"TCP\",\"host\",7\r", CONNECT_OK),
        ] {
            let mut rig = Rig::new();
            rig.say(b"ATE0;+CSTT=\"x\";+CIICR;+CIFSR\r");
            rig.answers = false;
            rig.output.clear();
            rig.say(line.as_bytes());
            rig.pass(Duration::from_micros(micros));
            let answered = rig.answer(found, SocketEvent::Refused);
            rig.answer(found, SocketEvent::Connected);
            assert_eq!(answered, is_found, "{line} after {micros}");
            let result = if is_found { done } else { FAILED };
            assert!(rig.output.ends_with(result), "{line} after {micros}");
        }
    }
    let mut rig = Rig::new();
    rig.say(b"ATE0;+CSTT=\"x\";+CIICR;+CIFSR\r");
    rig.answers = false;
    rig.say(b"AT+CIPSTART=\"TCP\",\"host\",7\r");
    assert_eq!(rig.say(b"AT+CDNSGIP=\"other\"\r"), FAILED);
    assert_eq!(rig.asked.len(), 1);
    assert!(rig.answer(found, SocketEvent::Connected));
    // The name is found, and the next one may be looked up while the connection is on its way.
    rig.say(b"AT+CDNSGIP=\"other\"\r");
    rig.output.clear();
    assert!(rig.answer(found, SocketEvent::Connected));
    assert!(rig.output.ends_with(OK));
}

#[test]
fn connections_that_are_closed_and_not_yet_sent() {
    let mut rig = Rig::connected("TCP");
    for closing in 0..4 {
        if closing > 0 {
            let answer = rig.say(b"AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r");
            let stands = answer.ends_with(b"\r\nCONNECT OK\r\n");
            assert_eq!(stands, closing < 3, "with {closing} closing");
        }
        if closing < 3 {
            rig.peer().reads = false;
            rig.say(b"AT+CIPSEND=1\rx");
            assert!(rig.say(b"AT+CIPCLOSE\r").ends_with(OK));
        }
    }
    for peer in rig.peers.values_mut() {
        peer.reads = true;
    }
    rig.settle();
    assert!(rig.peers.values().all(|peer| peer.stream() == b"x"));
    let answer = rig.say(b"AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r");
    assert!(answer.ends_with(b"\r\nCONNECT OK\r\n"));
}

#[test]
fn ports() {
    let ports = [
        ("0", OK),
        ("65534", OK),
        ("65535", OK),
        ("65536", ERROR),
        ("-1", ERROR),
    ];
    for (port, answer) in ports {
        let mut rig = Rig::new();
        rig.listening = false;
        rig.say(b"ATE0\r");
        let line = format!("AT+CIPSTART=\"TCP\",\"192.0.2.1\",{port}\r");
        assert!(rig.say(line.as_bytes()).starts_with(answer), "{port}");
    }
}
