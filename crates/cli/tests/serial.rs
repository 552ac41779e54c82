//! Serial devices: used, vanished, come back. A PTY stands for the device.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;

use harness::{SerialLine, Simless, simless};
use rustix::process::Signal;
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, tcgetattr, tcsetattr,
};

fn run(device: &Path, baud: &str) -> Simless {
    let port = format!("serial:{}{baud}", device.display());
    Simless::run(&["-v", "--port", &port])
}

fn refused(device: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let port = format!("serial:{}", device.display());
    let output = simless(folder.path())
        .args(["run", "--port", &port])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_line_is_raw_8n1_at_its_rate_and_as_before_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let line = SerialLine::plug_in(&device);
    let mut before = tcgetattr(&line.slave).unwrap();
    before.control_modes |= ControlModes::CRTSCTS | ControlModes::CSTOPB;
    before.set_speed(1200).unwrap();
    tcsetattr(&line.slave, OptionalActions::Now, &before).unwrap();

    let simless = run(&device, ",9600");
    assert_eq!(
        simless.ready()["ports"],
        serde_json::json!([{"kind": "serial", "path": device, "baud": 9600}])
    );
    let mut dte = line.dte();
    dte.say("ATE0\r");
    assert_eq!(dte.take(11), b"ATE0\r\r\nOK\r\n");
    let settings = tcgetattr(&line.slave).unwrap();
    assert_eq!(settings.output_speed(), 9600);
    let bits = ControlModes::CSIZE | ControlModes::CRTSCTS | ControlModes::CSTOPB;
    assert_eq!(settings.control_modes & bits, ControlModes::CS8);
    assert!(!settings.control_modes.contains(ControlModes::PARENB));
    let local = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
    assert!(!settings.local_modes.intersects(local));
    let input = InputModes::IXON | InputModes::IXOFF | InputModes::ICRNL;
    assert!(!settings.input_modes.intersects(input));

    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
    let after = tcgetattr(&line.slave).unwrap();
    assert_eq!(after.output_speed(), 1200);
    assert_eq!(after.control_modes, before.control_modes);
    assert_eq!(after.local_modes, before.local_modes);
}

#[test]
fn the_module_and_its_connection_outlive_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let line = SerialLine::plug_in(&device);
    let mut simless = run(&device, "");
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = line.dte();
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();

    // Twice: whatever waits must be able to wait again.
    let (mut dte, mut line) = (dte, line);
    for word in ["once", "twice"] {
        dte.hang_up();
        drop(line);
        simless.expect_stderr("has gone; the module keeps what it has");
        peer.write_all(word.as_bytes()).unwrap();
        line = SerialLine::plug_in(&device);
        simless.expect_stderr("is there");
        dte = line.dte();
        dte.expect(word);
        assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: CONNECT OK\r\n");
    }
}

#[test]
fn a_device_that_is_not_there_yet_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let mut simless = run(&device, "");
    simless.expect_stderr("it is not there yet, and waited for");
    let line = SerialLine::plug_in(&device);
    simless.expect_stderr("is there");
    line.dte().ok("AT");
}

#[test]
fn even_its_folder_can_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let by_id = folder.path().join("by-id");
    let device = by_id.join("usb-serial");
    let mut simless = run(&device, "");
    simless.expect_stderr("it is not there yet, and waited for");
    std::fs::create_dir(&by_id).unwrap();
    let line = SerialLine::plug_in(&device);
    simless.expect_stderr("is there");
    line.dte().ok("AT");

    // It goes with its last device, as udev's does.
    drop(line);
    simless.expect_stderr("has gone");
    std::fs::remove_dir_all(&by_id).unwrap();
    std::fs::create_dir(&by_id).unwrap();
    let line = SerialLine::plug_in(&device);
    simless.expect_stderr("is there");
    line.dte().ok("AT");
}

#[test]
fn one_that_comes_and_cannot_be_used_is_told_about_and_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let mut simless = run(&device, "");
    std::fs::write(&device, "no device").unwrap();
    simless.expect_stderr("ttyUSB0 is no serial device");
    let line = SerialLine::plug_in(&device);
    simless.expect_stderr("is there");
    line.dte().ok("AT");
}

#[test]
fn one_in_use_is_3() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let line = SerialLine::plug_in(&device);
    let _simless = run(&device, "");
    let said = refused(&device);
    assert!(
        said.contains("is in use by another program; end that one"),
        "{said}"
    );
    line.dte().ok("AT");
}

#[test]
fn what_is_no_terminal_is_3() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    for other in [&file, Path::new("/dev/null"), folder.path()] {
        let said = refused(other);
        assert!(said.contains("is no serial device; for a socket"), "{said}");
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
}
