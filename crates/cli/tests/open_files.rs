//! The limit of open files: raised as far as it goes, a clear error beyond, and nothing but
//! failures of what needs a file when none is left.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::collections::HashSet;
use std::process::Command;

use harness::{Dte, Simless, simless};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, prlimit, setrlimit};

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

/// Lets the program open no more files; gives the limit it had.
fn no_more_files(simless: &Simless) -> Rlimit {
    let open: HashSet<u64> = std::fs::read_dir(format!("/proc/{}/fd", simless.pid()))
        .unwrap()
        .map(|file| file.unwrap().file_name().to_str().unwrap().parse().unwrap())
        .collect();
    let free = (0..).find(|file| !open.contains(file));
    let limit = getrlimit(Resource::Nofile);
    let none = Rlimit {
        current: free,
        maximum: limit.maximum,
    };
    prlimit(Some(simless.pid()), Resource::Nofile, none).unwrap()
}

/// The time that the program has worked, in hundredths of a second.
fn worked(simless: &Simless) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", simless.pid())).unwrap();
    // Its name may contain anything; utime and stime are the 14th and 15th.
    let (_, rest) = stat.rsplit_once(')').unwrap();
    let fields = rest.split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

fn fails_to_connect(dte: &mut Dte, transport: &str, host: &str) {
    dte.ok(&format!("AT+CIPSTART=\"{transport}\",\"{host}\",9"));
    dte.expect("\r\n+CME ERROR: 50\r\n");
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: IP CLOSE\r\n");
}

#[test]
fn when_none_is_left_connections_fail_and_dtes_wait_at_the_door() {
    let mut simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--count", "3"]);
    let mut there = simless.connect(0);
    there.ok("ATE0");
    let limit = no_more_files(&simless);

    fails_to_connect(&mut there, "TCP", "127.0.0.1");
    simless.expect_stderr(
        "+CME ERROR: 50: no socket is left for 127.0.0.1:9 (open files or ports have run out)",
    );
    fails_to_connect(&mut there, "UDP", "127.0.0.1");
    fails_to_connect(&mut there, "TCP", "localhost");

    let before = worked(&simless);
    let mut waiting = [simless.connect(1), simless.connect(2)];
    let line = simless.expect_stderr("a DTE came and could not be let in: Too many open files");
    // Not each of them each time: the door was tried for five seconds.
    let unsaid: u32 = line
        .split_whitespace()
        .rev()
        .find_map(|word| word.parse().ok())
        .unwrap();
    assert!((2..=100).contains(&unsaid), "{line}");
    let worked = worked(&simless) - before;
    assert!(worked < 100, "it worked {worked}0 ms of five seconds");
    there.ok("AT");

    prlimit(Some(simless.pid()), Resource::Nofile, limit).unwrap();
    for dte in &mut waiting {
        dte.ok("AT");
    }
    simless.signal(Signal::TERM);
    let ended = simless.wait();
    assert_eq!(ended.code, Some(0));
    let said = ended.stderr.matches("could not be let in").count();
    assert!(said <= 2, "{}", ended.stderr);
}
