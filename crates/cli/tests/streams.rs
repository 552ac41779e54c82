//! Much data, slow readers, floods: nothing is lost and nobody is kept waiting for ever.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use harness::{Dte, Simless, connected, random};

const MUCH: usize = 4 << 20;

/// L1: the bytes under OK are the bytes the peer reads.
fn uplink(mut dte: Dte) {
    let mut peer = connected(&mut dte);
    let data = random(7, MUCH);
    let reader = thread::spawn(move || {
        let mut got = Vec::new();
        peer.read_to_end(&mut got).unwrap();
        got
    });
    for block in data.chunks(1460) {
        dte.say(format!("AT+CIPSEND={}\r", block.len()));
        dte.expect("\r\n> ");
        dte.say(block);
        dte.expect("\r\nOK\r\n");
    }
    dte.ok("AT+CIPCLOSE");
    assert!(reader.join().unwrap() == data);
}

/// L3: what the peer sends is what is printed, and CLOSED after it.
fn downlink(mut dte: Dte) {
    let mut peer = connected(&mut dte);
    let data = random(8, MUCH);
    let sent = data.clone();
    let writer = thread::spawn(move || peer.write_all(&sent).unwrap());
    assert!(dte.take(MUCH) == data);
    writer.join().unwrap();
    dte.expect("\r\nCLOSED\r\n");
}

#[test]
fn megabytes_up_over_a_pty() {
    let simless = Simless::run(&[]);
    uplink(simless.open(0));
}

#[test]
fn megabytes_up_over_tcp() {
    let simless = Simless::tcp();
    uplink(simless.connect(0));
}

#[test]
fn megabytes_down_over_a_pty() {
    let simless = Simless::run(&[]);
    downlink(simless.open(0));
}

#[test]
fn megabytes_down_over_tcp() {
    let simless = Simless::tcp();
    downlink(simless.connect(0));
}

#[test]
fn megabytes_down_over_stdio() {
    let (_simless, dte) = Simless::stdio();
    downlink(dte);
}

#[test]
fn a_dte_that_does_not_read_slows_the_peer_down() {
    let simless = Simless::tcp();
    reads_late(simless.connect(0));
}

#[test]
fn a_dte_that_does_not_read_its_terminal_slows_the_peer_down() {
    let simless = Simless::run(&[]);
    reads_late(simless.open(0));
}

/// P31: the peer is slowed down while the DTE reads nothing, and then everything comes.
fn reads_late(mut dte: Dte) {
    let mut peer = connected(&mut dte);
    let data = random(9, 64 << 20);
    // Everything between the two is full when no byte is taken for a while.
    peer.set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let mut sent = 0;
    while let Ok(n) = peer.write(&data[sent..]) {
        sent += n;
        assert!(sent < data.len(), "64 MiB went somewhere");
    }
    drop(peer);
    assert!(dte.take(sent) == data[..sent]);
    dte.expect("\r\nCLOSED\r\n");
}

/// While a peer floods, another module and its own DTE are still served.
#[test]
fn a_flood_keeps_nobody_waiting() {
    let simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--port", "tcp:127.0.0.1:0"]);
    let mut dte = simless.connect(0);
    let mut peer = connected(&mut dte);
    let flood = thread::spawn(move || while peer.write_all(&[b'x'; 65536]).is_ok() {});
    dte.take(1 << 20);
    let mut other = simless.connect(1);
    for _ in 0..100 {
        other.ok("AT");
    }
    dte.say("AT+CIPCLOSE\r");
    dte.expect("\r\nOK\r\n");
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: IP CLOSE\r\n");
    drop(simless);
    flood.join().unwrap();
}

#[test]
fn a_silent_server_is_no_trouble() {
    let simless = Simless::tcp();
    let mut dte = simless.connect(0);
    let peer = connected(&mut dte);
    for _ in 0..10 {
        dte.ok("AT");
    }
    dte.ok("AT+CIPCLOSE");
    drop(peer);
}

/// P9: any garbage, CR, then AT CR gives OK.
#[test]
fn garbage_does_no_harm() {
    let simless = Simless::tcp();
    let mut dte = simless.connect(0);
    let every: Vec<u8> = (0..=255).collect();
    dte.say(&every);
    dte.say(random(10, 100_000));
    dte.say("\r");
    dte.say("ATE0\rAT+CGMM\r");
    dte.expect("\r\nKingcom_G3524\r\n\r\nOK\r\n");
    assert_eq!(dte.ok("AT"), "");
}

/// P8: one ERROR, and the next line works.
#[test]
fn an_endless_line_is_one_error() {
    let simless = Simless::tcp();
    let mut dte = simless.connect(0);
    dte.ok("ATE0");
    dte.say("AT");
    for _ in 0..1000 {
        dte.say([b'x'; 1000]);
    }
    dte.say("\rAT+CGMM\r");
    let before = dte.expect("\r\nKingcom_G3524\r\n\r\nOK\r\n");
    assert_eq!(String::from_utf8_lossy(&before), "\r\nERROR\r\n");
}
