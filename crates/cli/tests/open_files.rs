//! The limit of open files: raised as far as it goes, and a clear error beyond.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::process::Command;

use harness::{Simless, simless};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

#[test]
fn the_soft_limit_is_raised() {
    let limit = getrlimit(Resource::Nofile);
    let few = Rlimit {
        current: Some(100),
        maximum: limit.maximum,
    };
    // The program inherits it.
    setrlimit(Resource::Nofile, few).unwrap();
    let simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--count", "200"]);
    setrlimit(Resource::Nofile, limit).unwrap();
    simless.connect(199).ok("AT");
}

#[test]
fn beyond_the_hard_limit_it_is_3_and_told_how_many_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let program = simless(folder.path());
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 100; exec \"$@\"", "sh"])
        .arg(program.get_program())
        .args(["run", "--port", "tcp:127.0.0.1:0", "--count", "1000"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("1000 modules need 1064 open files, but the limit is 100; start fewer"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(3));
}
