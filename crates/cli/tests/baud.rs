//! Ports that are held to the rate of a serial line: everything comes, and no sooner than it can.
//!
//! covers: P4 F6

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::Write;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use harness::{Dte, Simless, random};

const BAUD: u32 = 115_200;

/// How long a line needs for so many bytes.
fn nominal(bytes: usize) -> Duration {
    Duration::from_secs(10) * u32::try_from(bytes).unwrap() / BAUD
}

fn paced(endpoint: &str) -> Simless {
    Simless::run(&["--port", endpoint, "--baud", &BAUD.to_string()])
}

/// More than any buffer on the way holds, each way.
fn both_ways(mut dte: Dte) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();

    let sent = random(1, 12_000);
    let start = Instant::now();
    peer.write_all(&sent).unwrap();
    assert_eq!(dte.take(sent.len()), sent);
    assert!(
        start.elapsed() >= nominal(sent.len()),
        "down: {:?}",
        start.elapsed()
    );

    // Nothing of it is a command, and all of it has to come by before the last line is there.
    let dropped = [b'.'; 12_000];
    let start = Instant::now();
    let mut writer = dte.writer();
    writer.write_all(&dropped).unwrap();
    writer.write_all(b"\rAT\r").unwrap();
    assert_eq!(dte.take(6), b"\r\nOK\r\n");
    let carried = dropped.len() + 4 + 6;
    assert!(
        start.elapsed() >= nominal(carried),
        "up: {:?}",
        start.elapsed()
    );
}

#[test]
fn a_paced_pty_brings_everything_in_its_time() {
    let simless = paced("pty");
    both_ways(simless.open(0));
}

#[test]
fn a_paced_tcp_port_brings_everything_in_its_time() {
    let simless = paced("tcp:127.0.0.1:0");
    both_ways(simless.connect(0));
}

/// What a DTE says before it leaves is carried out, though it left before it could arrive.
#[test]
fn the_last_words_of_a_dte_arrive() {
    let mut simless = Simless::run(&["-vv", "--port", "tcp:127.0.0.1:0", "--baud", "1200"]);
    let mut dte = simless.connect(0);
    dte.say("AT+CSTT=\"CMNET\"\r");
    dte.hang_up();
    simless.expect_stderr("IP START");
}

#[test]
fn programs_and_people_are_told_the_rate() {
    let mut simless = Simless::run(&[
        "--port",
        "pty",
        "--port",
        "tcp:127.0.0.1:0",
        "--baud",
        "9600",
    ]);
    simless.expect_stderr("everything at once, 9600 baud");
    for port in 0..2 {
        assert_eq!(simless.ready()["ports"][port]["baud"], 9600);
    }
    let simless = Simless::tcp();
    assert!(simless.ready()["ports"][0].get("baud").is_none());
}
