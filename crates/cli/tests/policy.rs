//! What `--allow` and `--deny` keep modules from, whatever name led there.
//!
//! covers: P39

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io;
use std::net::{TcpListener, UdpSocket};

use harness::Simless;

fn run(rules: &[&str]) -> Simless {
    Simless::run(&[&["--port", "tcp:127.0.0.1:0"], rules].concat())
}

/// The attempt fails, stderr says why, and nobody was connected.
fn denied(rules: &[&str], host: &str) {
    let mut simless = run(rules);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"{host}\",{port}"));
    dte.expect("\r\n+CME ERROR: 50\r\n");
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: IP CLOSE\r\n");
    let said = simless.expect_stderr("CME ERROR");
    assert!(said.contains("the policy denies "), "{said}");
    assert!(said.contains(&format!(":{port}")), "{said}");
    assert!(said.contains("see --allow and --deny"), "{said}");
    // Loopback connects at once: a connection would wait here by now.
    server.set_nonblocking(true).unwrap();
    let nobody = server.accept().unwrap_err();
    assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
}

#[test]
fn a_denied_address_is_denied_under_every_name() {
    // Whichever of the two `localhost` leads to.
    let rules = ["--deny", "127.0.0.0/8", "--deny", "::1"];
    for host in ["127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0"] {
        denied(&rules, host);
    }
}

#[test]
fn what_no_rule_allows_is_denied() {
    denied(&["--allow", "10.0.0.0/8"], "127.0.0.1");
    denied(&["--allow", "127.0.0.1:1"], "127.0.0.1");
}

#[test]
fn what_a_rule_allows_is_connected() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let simless = run(&[
        "--allow",
        &format!("127.0.0.1:{port}"),
        "--allow",
        "10.0.0.0/8",
    ]);
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
}

#[test]
fn datagrams_are_kept_too() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port();
    let mut simless = run(&["--deny", &format!("127.0.0.1:{port}")]);
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"UDP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\n+CME ERROR: 50\r\n");
    simless.expect_stderr(&format!("the policy denies 127.0.0.1:{port}"));
}

#[test]
fn metadata_of_clouds_is_denied_without_a_rule() {
    let mut simless = run(&[]);
    let mut dte = simless.connect(0);
    dte.ok("AT+CIPSTART=\"TCP\",\"169.254.169.254\",80");
    dte.expect("\r\n+CME ERROR: 50\r\n");
    assert_eq!(
        simless.expect_stderr("CME ERROR"),
        "simless: +CME ERROR: 50: the policy denies 169.254.169.254:80 (see --allow and --deny)"
    );
}
