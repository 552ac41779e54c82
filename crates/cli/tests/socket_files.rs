//! Socket files: when one is made, replaced, left alone and taken away.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::os::unix::net::UnixListener;
use std::path::Path;

use harness::{Simless, simless};
use rustix::process::Signal;

fn refused(path: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let port = format!("unix:{}", path.display());
    let output = simless(folder.path())
        .args(["run", "--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn it_is_there_while_the_program_runs_and_people_are_told_how_to_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut simless = Simless::unix(folder.path());
    let path = simless.path(0);
    assert_eq!(path, folder.path().join("modem.sock"));
    assert_eq!(simless.ready()["ports"][0]["kind"], "unix");
    simless.expect_stderr(&format!("UNIX-CONNECT:{}", path.display()));
    assert!(path.exists());
    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
    assert!(!path.exists());
}

#[test]
fn one_that_nobody_listens_at_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("modem.sock");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let simless = Simless::unix(folder.path());
    simless.connect_unix(0).ok("AT");
}

#[test]
fn one_that_somebody_listens_at_is_3_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    let mut dte = simless.connect_unix(0);
    dte.ok("AT");
    let said = refused(&simless.path(0));
    assert!(
        said.contains("is in use by another program; end that one"),
        "{said}"
    );
    dte.ok("AT");
}

#[test]
fn a_file_of_another_kind_is_3_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, "mine").unwrap();
    let said = refused(&path);
    assert!(said.contains("exists already and is no socket"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
}

#[test]
fn a_folder_that_is_not_there_and_a_path_that_is_too_long_are_3() {
    let folder = tempfile::tempdir().unwrap();
    let said = refused(&folder.path().join("none/modem.sock"));
    assert!(said.contains("none/modem.sock cannot be made: "), "{said}");
    let said = refused(&folder.path().join("x".repeat(108)));
    assert!(said.contains("cannot be made: "), "{said}");
}

#[test]
fn one_that_is_somebody_elses_by_now_stays() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    let path = simless.path(0);
    std::fs::remove_file(&path).unwrap();
    let _other = UnixListener::bind(&path).unwrap();
    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
    assert!(path.exists());
}
