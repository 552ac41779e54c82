//! Ends of connections, and names.
//!
//! covers: G4.10 G7.2 G9.1

use simless_at::Instant;
use simless_driver::{BusyError, Closed, Driver, Ended, Event, Host};
use simless_module::{Control, FaultKind};

use crate::pair::{Connects, Pair, fault, seconds, settings, target};

fn closed(pair: &Pair) -> Vec<Closed> {
    let closed = pair.events.iter().filter_map(|(_, event)| match event {
        Event::Closed(closed) => Some(*closed),
        _ => None,
    });
    closed.collect()
}

const BY_US: Closed = Closed {
    how: Ended::ByUs,
    accepted: 0,
};

#[test]
fn a_connection_is_closed() {
    let mut pair = Pair::connected();
    pair.send(b"hello");
    pair.driver.close(pair.now);
    pair.driver.close(pair.now);
    pair.settle();
    assert_eq!(
        closed(&pair),
        [Closed {
            accepted: 5,
            ..BY_US
        }]
    );
    assert_eq!(pair.times_of("AT+CIPCLOSE").len(), 1);
    pair.driver.close(pair.now);
    pair.settle();
    assert_eq!(closed(&pair).len(), 1, "nothing to close");
}

#[test]
fn a_connection_on_its_way_is_given_up() {
    // Wherever it is: waking, attaching, connecting, pausing.
    for (command, after) in [
        ("+CPIN", 3),
        ("+CGATT", 3),
        ("+CGATT", 33),
        ("", 3),
        ("", 33),
    ] {
        let mut pair = match command {
            "" => Pair::new(),
            command => {
                let mut silent = fault(FaultKind::NoResponse);
                silent.times = Some(1);
                silent.attributes.command = Some(command.into());
                Pair::with_faults(vec![silent])
            }
        };
        pair.net.connects = Connects::Unanswered;
        pair.driver.connect(target(), pair.now).unwrap();
        pair.pass(seconds(after));
        pair.driver.close(pair.now);
        pair.pass(seconds(60));
        assert_eq!(closed(&pair), [BY_US], "{command} {after}");
        assert!(pair.driver.is_idle());
        assert_eq!(pair.driver.poll_timeout(), None, "nothing more happens");
        pair.net.connects = Connects::Accepted;
        pair.forget();
        pair.driver.connect(target(), pair.now).unwrap();
        assert!(pair.finish(), "{command} {after}");
    }
}

#[test]
fn a_send_comes_to_its_end_first() {
    let mut pair = Pair::connected();
    pair.driver.send(b"hello", pair.now).unwrap();
    pair.payload = b"hello".to_vec();
    pair.driver.close(pair.now);
    pair.settle();
    assert_eq!(pair.peer().got, b"hello");
    assert_eq!(
        closed(&pair),
        [Closed {
            accepted: 5,
            ..BY_US
        }]
    );
}

#[test]
fn the_network_takes_the_context() {
    let mut pair = Pair::connected();
    pair.control(Control::LoseContext(1));
    assert_eq!(
        closed(&pair),
        [Closed {
            how: Ended::ByPeer,
            accepted: 0
        }]
    );
    pair.forget();
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish());
    assert!(
        pair.script()
            .contains("AT+CIPCLOSE\rAT+CIPSTATUS\rAT+CIPSHUT\rAT+CGATT=1\r")
    );
}

#[test]
fn a_close_that_is_not_answered_ends_all_the_same() {
    let mut pair = Pair::connected();
    let mut lost = fault(FaultKind::NoFinal);
    lost.times = Some(1);
    lost.attributes.command = Some("+CIPCLOSE".into());
    pair.control(Control::from(lost));
    pair.driver.close(pair.now);
    pair.pass(seconds(31));
    assert_eq!(
        closed(&pair),
        [Closed {
            how: Ended::Silent,
            accepted: 0
        }]
    );
    pair.connect();
}

/// Found by simulation (seed 60952): the connection stands all the same, and what its peer sends goes
/// on coming, slowly.
#[test]
fn a_close_that_is_refused_is_looked_into() {
    let mut pair = Pair::connected();
    let mut refused = fault(FaultKind::CmeError);
    refused.times = Some(1);
    refused.attributes.command = Some("+CIPCLOSE".into());
    pair.control(Control::from(refused));
    pair.driver.close(pair.now);
    pair.settle();
    assert_eq!(closed(&pair), [BY_US]);
    assert_eq!(pair.times_of("AT+CIPSTATUS").len(), 1);
    // A block of a slow line is no answers, whatever it looks like.
    pair.forget();
    pair.driver.connect(target(), pair.now).unwrap();
    pair.tamper = Box::new(|_| Vec::new());
    pair.settle();
    assert_eq!(
        pair.script(),
        "AT+CIPSHUT\r",
        "the state allows no connection"
    );
    pair.down.extend(b"\r\n+IPD:64\r\n");
    for _ in 0..8 {
        pair.down.extend(b"\r\nOK\r\n\r\n");
        pair.pass(seconds(2));
    }
    assert_eq!(pair.script(), "AT+CIPSHUT\r");
    pair.tamper = Box::new(|bytes| bytes);
    pair.down.extend(b"\r\nOK\r\n");
    assert!(pair.finish());
    assert_eq!(pair.received, b"");
}

#[test]
fn names_and_addresses() {
    let name = Host::new("example.com").unwrap();
    let mut pair = Pair::connected();
    pair.driver.resolve(&name, pair.now).unwrap();
    pair.settle();
    assert_eq!(pair.script(), "AT+CDNSGIP=\"example.com\"\r");
    let address = Some([198, 51, 100, 7].into());
    assert!(
        pair.saw(|event| *event == Event::Resolved(address)),
        "{:?}",
        pair.events
    );
    pair.net.resolves = false;
    pair.forget();
    pair.driver.resolve(&name, pair.now).unwrap();
    pair.settle();
    assert!(pair.saw(|event| *event == Event::Resolved(None)));
    assert!(pair.driver.is_connected() && pair.driver.is_idle());
}

/// A name that is looked up before there is a connection: all of the flow but its last step.
#[test]
fn names_before_a_connection() {
    let name = Host::new("example.com").unwrap();
    let mut pair = Pair::new();
    pair.driver.resolve(&name, pair.now).unwrap();
    assert_eq!(
        pair.driver.resolve(&name, pair.now),
        Err(BusyError::Busy),
        "one at a time"
    );
    pair.settle();
    let script = pair.script();
    assert!(
        script.ends_with("AT+CGACT=1,1\rAT+CDNSGIP=\"example.com\"\r"),
        "{script}"
    );
    let address = Some([198, 51, 100, 7].into());
    assert!(pair.saw(|event| *event == Event::Resolved(address)));
    assert!(pair.driver.is_idle() && !pair.driver.is_connected());
    assert_eq!(
        pair.driver.poll_timeout(),
        None,
        "nothing is waited for any more"
    );
    pair.connect();
}

/// The way there fails: that is told, and not that the name has no address.
#[test]
fn names_without_a_network() {
    let mut pair = Pair::with_faults(vec![fault(FaultKind::SimAbsent)]);
    let name = Host::new("example.com").unwrap();
    pair.driver.resolve(&name, pair.now).unwrap();
    assert!(!pair.finish());
    assert!(!pair.saw(|event| matches!(event, Event::Resolved(_))));
    assert!(pair.driver.is_idle());
}

/// Otherwise it and the next one are one line, and one of two answers never comes.
#[test]
fn a_command_that_was_cut_is_ended_before_the_next_one() {
    let mut driver = Driver::new(settings());
    let now = Instant::ZERO;
    driver.connect(target(), now).unwrap();
    assert_eq!(driver.uart_output(&[]), b"AT\r");
    driver.uart_written(1, now);
    driver.close(now);
    assert_eq!(driver.uart_output(&[]), b"\rAT+CIPSTATUS\r");
    // Before a byte of that was written, it is not ended twice.
    driver.uart_written(1, now);
    assert_eq!(driver.uart_output(&[]), b"AT+CIPSTATUS\r");
}

/// A close that waits for a send is done when the connection ends by itself: a module that starts
/// again then ends nothing more.
#[test]
fn a_connection_ends_once() {
    let mut pair = Pair::connected();
    let mut silent = fault(FaultKind::NoResponse);
    silent.attributes.command = Some("+CIPSEND".into());
    pair.control(Control::Fault(silent.into()));
    pair.driver.send(b"hello", pair.now).unwrap();
    pair.payload = b"hello".to_vec();
    pair.settle();
    pair.driver.close(pair.now);
    pair.peer_ends();
    pair.pass(seconds(5));
    pair.control(Control::Happens(simless_module::Happening::Reset));
    pair.pass(seconds(60));
    assert!(pair.saw(|event| *event == Event::Rebooted));
    assert_eq!(closed(&pair).len(), 1, "{:?}", pair.events);
}
