//! How the program ends: signals, links, the last bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::Read;
use std::net::TcpListener;

use harness::{DEADLINE, Simless};
use rustix::process::Signal;

fn ends_with(signal: Signal, code: i32) {
    let simless = Simless::run(&[]);
    let link = simless.link(0);
    assert!(link.exists());
    simless.signal(signal);
    let ended = simless.wait();
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
    assert!(link.symlink_metadata().is_err(), "the link is still there");
}

#[test]
fn sigterm_ends_it_with_0() {
    ends_with(Signal::TERM, 0);
}

#[test]
fn sighup_ends_it_with_0() {
    ends_with(Signal::HUP, 0);
}

#[test]
fn ctrl_c_ends_it_with_130() {
    ends_with(Signal::INT, 130);
}

#[test]
fn accepted_bytes_reach_the_peer_before_the_end_l4() {
    let simless = Simless::tcp();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();
    dte.say("AT+CIPSEND=11\rlast words.");
    dte.expect("\r\nOK\r\n");
    simless.signal(Signal::TERM);
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"last words.");
    drop(peer);
    assert_eq!(simless.wait().code, Some(0));
}

#[test]
fn a_look_up_on_its_way_does_not_keep_it() {
    let simless = Simless::tcp();
    let mut dte = simless.connect(0);
    dte.ok("AT+CIPSTART=\"TCP\",\"nobody.invalid\",80");
    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
}

#[test]
fn a_link_that_is_somebody_elses_by_now_stays() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let simless = Simless::run(&["--port", &format!("pty:{}", link.display())]);
    assert_eq!(link.read_link().unwrap(), simless.path(0));
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    simless.signal(Signal::TERM);
    simless.wait();
    assert!(link.symlink_metadata().is_ok());
}
