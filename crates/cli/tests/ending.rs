//! How the program ends: signals, links, the last bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::{Output, Stdio};

use harness::{Simless, connected, simless};
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
    let mut dte = simless.connect(0);
    let mut peer = connected(&mut dte);
    dte.say("AT+CIPSEND=11\rlast words.");
    dte.expect("\r\nOK\r\n");
    simless.signal(Signal::TERM);
    let mut got = Vec::new();
    peer.read_to_end(&mut got).unwrap();
    assert_eq!(got, b"last words.");
    drop(peer);
    assert_eq!(simless.wait().code, Some(0));
}

/// `printf 'ATI\r' | simless run --port stdio`, with its answer going there.
fn answers_to(stdout: impl Into<Stdio>) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("lines");
    std::fs::write(&lines, "ATI\r").unwrap();
    simless(folder.path())
        .args(["run", "-q", "--port", "stdio"])
        .stdin(File::open(lines).unwrap())
        .stdout(stdout)
        .output()
        .unwrap()
}

#[test]
fn answers_that_cannot_be_written_end_it_with_1() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = answers_to(full);
    let said = "simless: the module's answers cannot be written to standard output: ";
    let stderr = String::from_utf8(ended.stderr).unwrap();
    assert!(stderr.starts_with(said), "{stderr}");
    assert_eq!((stderr.lines().count(), ended.status.code()), (1, Some(1)));
}

/// As with `simless run --port stdio | head -1`.
#[test]
fn a_reader_that_leaves_ends_it_with_0() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = answers_to(writer);
    assert_eq!((ended.stderr, ended.status.code()), (Vec::new(), Some(0)));
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
