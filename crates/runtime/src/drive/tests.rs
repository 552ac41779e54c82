//! The loop, poll by poll: whatever is cancelled wherever, no byte is lost or comes twice.
//!
//! covers: P41

mod bench;

use std::time::Duration;

use crate::port::memory::{End, Line};

use bench::Bench;

/// What the DTE sends, in the form that carries every byte.
fn payloads() -> Vec<Vec<u8>> {
    let bytes = |n: usize, from: usize| (0..n).map(|i| ((i + from) % 128) as u8).collect();
    (1..9).map(|n: usize| bytes(n * 3, n * 11 + 1)).collect()
}

fn script(payloads: &[Vec<u8>]) -> Vec<u8> {
    let send = |payload: &Vec<u8>| {
        let line = format!("AT+CIPSEND={}\r", payload.len());
        [line.as_bytes(), payload].concat()
    };
    payloads.iter().flat_map(send).collect()
}

/// What the server sends: no text has such bytes.
fn downlink() -> Vec<u8> {
    (0..300).map(|i| 0x80 | (i * 7 % 128) as u8).collect()
}

/// Text and data of what a DTE, or one after the other, heard.
fn apart(heard: &[u8]) -> (String, Vec<u8>) {
    let (data, text): (Vec<u8>, Vec<u8>) = heard.iter().partition(|byte| **byte >= 0x80);
    (String::from_utf8(text).expect("text"), data)
}

/// How many whole payloads the server got.
fn count_whole(got: &[u8], payloads: &[Vec<u8>]) -> usize {
    let whole = (0..=payloads.len()).find(|count| payloads[..*count].concat() == got);
    whole.unwrap_or_else(|| panic!("bytes were lost, cut or doubled: {got:?}"))
}

/// How many payloads were acknowledged to this DTE.
fn count_accepted(heard: &[u8]) -> usize {
    apart(heard).0.matches("\r\nOK\r\n").count()
}

/// Everything is under way, and after `polls` polls something happens.
fn under_way(bite: usize, polls: usize) -> (Bench, Line) {
    let (mut bench, line) = Bench::connected(bite);
    line.ends().rests = true;
    bench.peer_sends(&downlink());
    line.says(&script(&payloads()));
    while bench.polls < polls {
        line.wake();
        bench.poll();
    }
    (bench, line)
}

/// How many polls it takes until everything went through.
fn polls_of_all(bite: usize) -> usize {
    let (mut bench, line) = under_way(bite, 0);
    let length = downlink().len() + payloads().len() * "\r\n> \r\nOK\r\n".len();
    bench.poll_until(|_| {
        line.wake();
        line.ends().heard.len() == length
    });
    let polls = bench.polls;
    bench.stop();
    assert_eq!(count_whole(&bench.got, &payloads()), payloads().len());
    assert_eq!(apart(&line.ends().heard).1, downlink());
    assert!(polls > 50, "too few places to cancel at: {polls}");
    polls
}

/// What was acknowledged reaches the server whole, and FIN behind it; what was not is there whole
/// or not at all. The DTE was given the server's bytes in order, once.
#[test]
fn a_stop_at_any_poll_loses_nothing() {
    for bite in [1, 7] {
        for polls in 0..=polls_of_all(bite) {
            let (mut bench, line) = under_way(bite, polls);
            let accepted = count_accepted(&line.ends().heard);
            line.ends().rests = false;
            line.wake();
            bench.stop();
            assert_eq!(bench.ended, Some(crate::End::Stopped));
            assert_eq!(bench.fin, Some(true), "after {polls} polls");
            let heard = line.ends().heard.clone();
            let whole = count_whole(&bench.got, &payloads());
            assert!(whole >= count_accepted(&heard), "after {polls} polls");
            assert!(count_accepted(&heard) >= accepted);
            assert!(downlink().starts_with(&apart(&heard).1));
        }
    }
}

/// A server that reads slowly: what was acknowledged waits in the module when the stop comes.
#[test]
fn a_stop_sends_what_still_waits() {
    let (mut bench, line) = Bench::connected(usize::MAX);
    bench.peer_reads = false;
    let payload: Vec<u8> = (0..1460).map(|i| (i % 128) as u8).collect();
    let send = [b"AT+CIPSEND=1460\r", payload.as_slice()].concat();
    let mut accepted = 0;
    loop {
        line.says(&send);
        let before = bench.polls;
        bench.poll_until(|bench| {
            count_accepted(&line.ends().heard) > accepted || bench.polls > before + 1000
        });
        if count_accepted(&line.ends().heard) == accepted {
            break;
        }
        accepted += 1;
    }
    bench.stop();
    assert_eq!(bench.fin, Some(true));
    let whole = bench.got.len() / payload.len();
    // The one that waited for room may have found it when the server read.
    assert!(
        (accepted..=accepted + 1).contains(&whole),
        "{whole} of {accepted}"
    );
    assert_eq!(bench.got, payload.repeat(whole));
}

/// The same without a stop: before a byte is acknowledged the system has it.
#[test]
fn a_run_that_is_dropped_at_any_poll_has_sent_what_it_acknowledged() {
    for bite in [1, 7] {
        for polls in 0..=polls_of_all(bite) {
            let (mut bench, line) = under_way(bite, polls);
            bench.cut_off();
            let heard = line.ends().heard.clone();
            let whole = count_whole(&bench.got, &payloads());
            assert!(whole >= count_accepted(&heard), "after {polls} polls");
            assert!(downlink().starts_with(&apart(&heard).1));
        }
    }
}

/// The answers of what was said up to a byte, and of `AT` by the next DTE.
fn answers(said: &[u8]) -> (usize, String) {
    let mut text = String::new();
    let mut rest = said;
    for (number, payload) in payloads().iter().enumerate() {
        let line = format!("AT+CIPSEND={}\r", payload.len());
        let Some(entered) = rest.strip_prefix(line.as_bytes()) else {
            return (number, text + "\r\nOK\r\n");
        };
        text += "\r\n> ";
        if entered.len() < payload.len() {
            return (number, text + "\r\nERROR\r\n" + "\r\nOK\r\n");
        }
        text += "\r\nOK\r\n";
        rest = &entered[payload.len()..];
    }
    (payloads().len(), text + "\r\nOK\r\n")
}

/// A DTE is gone after any byte it said, in any way, and the next one comes at once: what was said
/// is carried out, what was not finished is not, and both together hear everything once.
#[test]
fn a_dte_that_leaves_after_any_byte_takes_nothing_with_it() {
    let script = script(&payloads());
    for end in [End::Listens, End::Gone, End::Broken] {
        for cut in 0..=script.len() {
            leaves(Bench::connected(1), end, &script[..cut]);
        }
        // What it said is read at once, and waits for its turn.
        for cut in (0..=script.len()).step_by(17) {
            let slow = Bench::connected_after(usize::MAX, Duration::from_millis(1));
            leaves(slow, end, &script[..cut]);
        }
    }
}

fn leaves((mut bench, first): (Bench, Line), end: End, said: &[u8]) {
    bench.peer_sends(&downlink());
    first.says(said);
    first.ends().end = end;
    let second = bench.door.comes(5);
    bench.poll_until(|bench| bench.news().ends_with(&["left", "came"]));
    second.says(b"AT\r");
    let (count, text) = answers(said);
    let length = text.len() + downlink().len();
    let heard = || [&*first.ends().heard, &*second.ends().heard].concat();
    bench.poll_until(|_| heard().len() >= length);
    let cut = said.len();
    assert_eq!(apart(&heard()), (text, downlink()), "{end:?} after {cut}");
    bench.stop();
    assert_eq!(count_whole(&bench.got, &payloads()), count);
}

/// The line breaks when the DTE was given any number of bytes: the next one hears the others, and
/// what had been read of the first is carried out.
#[test]
fn a_line_that_breaks_after_any_byte_heard_loses_none() {
    let script = script(&payloads());
    let most = answers(&script).1.len() + downlink().len();
    for takes in 0..most {
        let (mut bench, first) = Bench::connected(3);
        bench.peer_sends(&downlink());
        first.says(&script);
        (first.ends().takes, first.ends().end) = (takes, End::Listens);
        let second = bench.door.comes(1);
        bench.poll_until(|bench| bench.news().ends_with(&["left", "came"]));
        let read = script.len() - first.ends().said.len();
        let (count, text) = answers(&script[..read]);
        second.says(b"AT\r");
        let length = text.len() + downlink().len();
        let heard = || [&*first.ends().heard, &*second.ends().heard].concat();
        bench.poll_until(|_| heard().len() >= length);
        assert_eq!(apart(&heard()), (text, downlink()), "after {takes}");
        bench.stop();
        assert_eq!(count_whole(&bench.got, &payloads()), count);
    }
}

/// One that has left behind a full queue, so that its end can't be read, does not keep the next one
/// out.
#[test]
fn a_full_queue_lets_the_next_dte_in() {
    let mut bench = Bench::deaf();
    let first = bench.door.comes(usize::MAX);
    first.says(b"AT+CGATT=1\r");
    first.says(&b"AT\r".repeat(4000));
    bench.poll();
    bench.poll();
    assert_eq!(bench.news(), ["came"]);
    assert!(!first.ends().said.is_empty(), "the queue is full");
    // While it is there, another one is sent away.
    bench.door.comes(usize::MAX);
    bench.poll();
    assert_eq!(bench.news(), ["came", "refused"]);
    first.ends().end = End::Listens;
    let second = bench.door.comes(usize::MAX);
    bench.poll();
    bench.poll();
    assert_eq!(bench.news(), ["came", "refused", "left", "came"]);
    second.says(b"AT\r");
    bench.poll();
    assert!(second.ends().heard.is_empty(), "the command still runs");
}
