//! A module outlives its DTE, and has one at a time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs::OpenOptions;
use std::io::{Read, Write};

use harness::{Dte, Simless, connected};

/// G5.9, G6.5: nothing of an unfinished payload is sent, and what came meanwhile waits. (Whether
/// the payload's ERROR waits, too, depends on the port: over TCP, who has said everything may still
/// be listening, and is told.)
fn vanishes_in_mid_payload(mut simless: Simless, dte: impl Fn(&Simless) -> Dte) {
    let mut first = dte(&simless);
    let mut peer = connected(&mut first);
    first.say("AT+CIPSEND=100\r");
    first.expect("\r\n> ");
    first.say("half a payl");
    first.hang_up();
    simless.expect_stderr("the DTE has left");
    peer.write_all(b"meanwhile").unwrap();

    let mut second = dte(&simless);
    second.expect("meanwhile");
    assert_eq!(second.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: CONNECT OK\r\n");
    second.say("AT+CIPSEND=5\rwhole");
    second.expect("\r\nOK\r\n");
    let mut got = [0; 5];
    peer.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"whole");
}

#[test]
fn a_dte_vanishes_from_a_pty_in_mid_payload() {
    vanishes_in_mid_payload(Simless::run(&["-v"]), |simless| simless.open(0));
}

#[test]
fn a_dte_vanishes_from_a_tcp_port_in_mid_payload() {
    let simless = Simless::run(&["-v", "--port", "tcp:127.0.0.1:0"]);
    vanishes_in_mid_payload(simless, |simless| simless.connect(0));
}

#[test]
fn a_dte_vanishes_from_a_socket_file_in_mid_payload() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    vanishes_in_mid_payload(simless, |simless| simless.connect_unix(0));
}

/// One after the other, faster than the end of the last one is seen.
fn come_and_go(simless: &Simless, dte: impl Fn(&Simless) -> Dte) {
    for round in 0..300 {
        let mut one = dte(simless);
        one.say(format!("AT+CIPHEAD={}\r", round % 2));
        one.hang_up();
        // What it said counts.
        let mut other = dte(simless);
        other.say("AT+CIPHEAD?\r");
        other.expect(format!("\r\n+CIPHEAD: {}\r\n\r\nOK\r\n", round % 2));
        other.hang_up();
    }
}

#[test]
fn one_that_comes_right_after_another_is_let_in() {
    come_and_go(&Simless::tcp(), |simless| simless.connect(0));
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    come_and_go(&simless, |simless| simless.connect_unix(0));
}

#[test]
fn a_second_dte_at_a_socket_file_is_sent_away_and_its_process_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut simless = Simless::unix(folder.path());
    let mut first = simless.connect_unix(0);
    first.ok("AT");
    let mut second = simless.connect_unix(0);
    assert_eq!(second.rest(), b"");
    let who = std::process::id();
    simless.expect_stderr(&format!("the DTE of process {who} was sent away"));
    first.ok("AT");
}

#[test]
fn a_dte_at_a_socket_file_that_has_said_everything_still_gets_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    let mut dte = simless.connect_unix(0);
    dte.say("ATE0\rAT+CGMM\r");
    dte.end_input();
    assert_eq!(
        String::from_utf8_lossy(&dte.rest()),
        "ATE0\r\r\nOK\r\n\r\nKingcom_G3524\r\n\r\nOK\r\n"
    );
}

#[test]
fn a_second_dte_is_sent_away_and_told_why_in_the_log() {
    let mut simless = Simless::tcp();
    let mut first = simless.connect(0);
    first.ok("AT");
    let mut second = simless.connect(0);
    assert_eq!(second.rest(), b"");
    simless.expect_stderr("was sent away: another one is there");
    first.ok("AT");
}

/// As `printf 'AT\r' | nc` does.
#[test]
fn a_dte_that_has_said_everything_still_gets_its_answers() {
    let simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--timing", "typical"]);
    let mut dte = simless.connect(0);
    dte.say("ATE0\rAT+CGATT=1\rAT+CGATT?\r");
    dte.end_input();
    let rest = dte.rest();
    assert_eq!(
        String::from_utf8_lossy(&rest),
        "ATE0\r\r\nOK\r\n\r\nOK\r\n\r\n+CGATT:1\r\n\r\nOK\r\n"
    );
}

/// As `echo AT... > /dev/ttySIM0` does, one after the other.
#[test]
fn commands_of_dtes_that_left_are_carried_out_in_order() {
    let simless = Simless::run(&[]);
    let link = simless.link(0);
    for line in ["ATE0\r", "AT+CGATT=1\r", "AT+CGATT?\r"] {
        let mut tty = OpenOptions::new().write(true).open(&link).unwrap();
        tty.write_all(line.as_bytes()).unwrap();
    }
    let mut dte = simless.open(0);
    let before = dte.expect("\r\n+CGATT:1\r\n\r\nOK\r\n");
    assert_eq!(
        String::from_utf8_lossy(&before),
        "ATE0\r\r\nOK\r\n\r\nOK\r\n"
    );
}

/// Two have it open; one of them leaves. The other is still there.
#[test]
fn a_pty_has_a_dte_until_the_last_one_left() {
    let simless = Simless::run(&[]);
    let others: Vec<Dte> = (0..5).map(|_| simless.open(0)).collect();
    let mut dte = simless.open(0);
    let last = simless.open(0);
    last.hang_up();
    for other in others {
        other.hang_up();
    }
    dte.ok("ATE0");
    dte.say("AT+CIPS");
    let passer_by = simless.open(0);
    passer_by.hang_up();
    dte.say("TATUS\r");
    dte.expect("\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n");
}

#[test]
fn a_dte_that_left_the_terminal_cooked_finds_it_raw() {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

    let mut simless = Simless::run(&["-v"]);
    let tty = OpenOptions::new()
        .read(true)
        .write(true)
        .open(simless.link(0))
        .unwrap();
    let mut settings = tcgetattr(&tty).unwrap();
    assert!(
        !settings
            .local_modes
            .intersects(LocalModes::ICANON | LocalModes::ECHO)
    );
    settings.local_modes |= LocalModes::ICANON | LocalModes::ECHO;
    tcsetattr(&tty, OptionalActions::Now, &settings).unwrap();
    drop(tty);
    simless.expect_stderr("the DTE has left");
    let tty = std::fs::File::open(simless.link(0)).unwrap();
    let settings = tcgetattr(&tty).unwrap();
    assert!(
        !settings
            .local_modes
            .intersects(LocalModes::ICANON | LocalModes::ECHO)
    );
}

#[test]
fn stdio_ends_when_its_dte_has_left() {
    let (simless, mut dte) = Simless::stdio();
    dte.say("ATE0\rAT+CGMM\r");
    dte.end_input();
    let rest = dte.rest();
    assert_eq!(
        String::from_utf8_lossy(&rest),
        "ATE0\r\r\nOK\r\n\r\nKingcom_G3524\r\n\r\nOK\r\n"
    );
    assert_eq!(simless.wait().code, Some(0));
}

#[test]
fn stdio_ends_when_the_last_attempt_has_its_outcome() {
    let (simless, mut dte) = Simless::stdio();
    let port = harness::closed_port();
    dte.say(format!("ATE0\rAT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}\r"));
    dte.end_input();
    let rest = String::from_utf8(dte.rest()).unwrap();
    assert!(
        rest.ends_with("\r\nOK\r\n\r\n+CME ERROR: 50\r\n"),
        "{rest:?}"
    );
    assert_eq!(simless.wait().code, Some(0));
}

#[test]
fn stdio_ends_in_mid_payload() {
    let (simless, mut dte) = Simless::stdio();
    let mut peer = connected(&mut dte);
    dte.say("AT+CIPSEND\rhalf");
    dte.end_input();
    let rest = String::from_utf8(dte.rest()).unwrap();
    assert!(rest.ends_with("\r\nERROR\r\n"), "{rest:?}");
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"");
    drop(peer);
    assert_eq!(simless.wait().code, Some(0));
}
