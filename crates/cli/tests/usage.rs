//! What is said to people who ask for help or make a mistake, and the codes the program exits with.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::Output;

use harness::simless;

#[test]
fn help_and_mistakes() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}

fn run(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    simless(folder.path()).args(words).output().unwrap()
}

fn fails(words: &[&str], code: i32, said: &str) {
    let output = run(words);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains(said), "{words:?}: {stderr}");
    assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
    assert_eq!(output.stdout, b"");
}

#[test]
fn a_port_in_use_is_3_and_says_what_to_do() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    fails(
        &["run", "--port", &format!("tcp:{address}")],
        3,
        &format!("simless: {address} is in use by another program; choose another port, or port 0"),
    );
}

#[test]
fn an_address_that_is_not_ours_is_3() {
    fails(
        &["run", "--port", "tcp:192.0.2.1:0"],
        3,
        "simless: 192.0.2.1:0 cannot be listened on: ",
    );
}

#[test]
fn an_error_says_its_cause_once() {
    let output = run(&["run", "--port", "pty:/nonexistent/modem"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.matches("No such file").count(), 1, "{stderr}");
}

#[test]
fn the_flags_of_run_need_no_verb() {
    fails(&["--port", "tcp:192.0.2.1:0"], 3, "cannot be listened on");
    fails(&["--port", "tpc:x"], 2, "did you mean");
    fails(&["-q", "--prot", "pty"], 2, "--port");
}

#[test]
fn a_link_that_leads_elsewhere_is_3_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    symlink("/dev/null", &link).unwrap();
    let endpoint = format!("pty:{}", link.display());
    fails(&["run", "--port", &endpoint], 3, "exists already");
    assert_eq!(link.read_link().unwrap().to_str(), Some("/dev/null"));
}

#[test]
fn the_environment_stands_for_flags() {
    let folder = tempfile::tempdir().unwrap();
    let output = simless(folder.path())
        .env("SIMLESS_PORT", "tcp:localhost:99999")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("'99999' is no port"), "{stderr}");
    assert_eq!(output.status.code(), Some(2));
}
