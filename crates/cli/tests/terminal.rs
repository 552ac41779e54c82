//! Standard input and output on a terminal: raw while it runs, as before when it ended.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Stdio};

use harness::{Dte, simless};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

struct Terminal {
    child: Child,
    person: Dte,
    slave: File,
    _folder: tempfile::TempDir,
}

impl Terminal {
    fn start() -> Self {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let path = Path::new(std::ffi::OsStr::from_bytes(name.as_bytes())).to_owned();
        let slave = File::options().read(true).write(true).open(path).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let child = simless(folder.path())
            .args(["run", "--port", "stdio"])
            .stdin(Stdio::from(slave.try_clone().unwrap()))
            .stdout(Stdio::from(slave.try_clone().unwrap()))
            .stderr(Stdio::from(slave.try_clone().unwrap()))
            .spawn()
            .unwrap();
        let master = File::from(master);
        let person = Dte::new(master.try_clone().unwrap(), Some(Box::new(master)));
        Self {
            child,
            person,
            slave,
            _folder: folder,
        }
    }

    fn is_raw(&self) -> bool {
        let settings = tcgetattr(&self.slave).unwrap();
        !settings.local_modes.contains(LocalModes::ICANON)
    }
}

#[test]
fn ctrl_bracket_leaves_and_the_terminal_is_as_before() {
    let mut terminal = Terminal::start();
    // The last line for people: another one would stand in what the module says.
    terminal.person.expect("end   Ctrl-]\r\n");
    terminal.person.say("AT\r");
    terminal.person.expect("AT\r\r\nOK\r\n");
    assert!(terminal.is_raw());
    // A byte like any other, here.
    terminal.person.say(b"\x03\r\x1d");
    assert_eq!(terminal.child.wait().unwrap().code(), Some(0));
    assert!(!terminal.is_raw());
}

#[test]
fn a_signal_leaves_the_terminal_as_before() {
    let mut terminal = Terminal::start();
    // The last line for people: another one would stand in what the module says.
    terminal.person.expect("end   Ctrl-]\r\n");
    terminal.person.say("AT\r");
    terminal.person.expect("OK");
    let pid = Pid::from_raw(terminal.child.id().cast_signed()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(terminal.child.wait().unwrap().code(), Some(130));
    assert!(!terminal.is_raw());
}
