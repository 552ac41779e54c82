//! `simless nc`: from standard input through a module to a server, and back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::UdpSocket;

use harness::nc::{nc, serve, start, stderr, there_and_back};
use harness::{DEADLINE, Simless, closed_port};
use rustix::process::{Pid, Signal, kill_process};

const MUCH: usize = 10 << 20;

// covers: L1 L3
#[test]
fn ten_megabytes_come_back_unchanged() {
    there_and_back(&[], MUCH);
}

/// A send takes half a second there.
#[test]
fn with_real_times_it_comes_back_unchanged_too() {
    there_and_back(&["--timing", "typical"], 12 * 1460);
}

#[test]
#[ignore = "takes an hour; the driver's own tests do it on virtual time"]
fn with_real_times_ten_megabytes_come_back_unchanged_too() {
    there_and_back(&["--timing", "typical"], MUCH);
}

#[test]
fn through_a_module_at_a_tcp_port() {
    let simless = Simless::tcp();
    let endpoint = format!("tcp:{}", simless.address(0));
    there_and_back(&["--port", &endpoint], 300_000);
    // The module is as good as new.
    there_and_back(&["--port", &endpoint], 1000);
}

#[test]
fn through_a_module_at_a_socket_file() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    let endpoint = format!("unix:{}", simless.path(0).display());
    there_and_back(&["--port", &endpoint], 300_000);
}

#[test]
fn through_a_module_at_a_terminal() {
    let simless = Simless::run(&[]);
    let endpoint = format!("pty:{}", simless.link(0).display());
    there_and_back(&["--port", &endpoint], 300_000);
    there_and_back(&["--port", &endpoint], 1000);
}

#[test]
fn through_a_module_at_a_serial_device() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("ttyUSB0");
    let line = harness::SerialLine::plug_in(&link);
    let mut module = line.dte();
    let endpoint = format!("serial:{},9600", link.display());
    let mut child = start(&["--port", &endpoint, "127.0.0.1", "1"]);
    // The device's bytes go both ways.
    module.expect("AT\r");
    module.say("\r\nOK\r\n");
    module.expect("ATE0\r");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn after_the_end_of_input_it_waits_for_silence_and_closes() {
    let (port, serving) = serve(|mut stream| {
        let mut got = [0; 5];
        stream.read_exact(&mut got).unwrap();
        stream.write_all(b"answer").unwrap();
        // It does not end by itself.
        assert_eq!(stream.read(&mut got).unwrap(), 0);
        got
    });
    let output = nc(&["--linger", "300ms", "127.0.0.1", &port], b"hello");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(output.stdout, b"answer");
    assert_eq!(&serving.join().unwrap(), b"hello");
}

#[test]
fn a_server_that_ends_ends_it_though_there_is_more_input() {
    let (port, serving) = serve(|mut stream| stream.write_all(b"bye").unwrap());
    let mut child = start(&["127.0.0.1", &port]);
    let _stdin = child.stdin.take();
    serving.join().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(output.stdout, b"bye");
}

// covers: P29
#[test]
fn each_read_is_a_datagram() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    let mut child = start(&["--udp", "--linger", "300ms", "127.0.0.1", &port]);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut space = [0; 2000];
    for text in ["one", "two", "three"] {
        stdin.write_all(text.as_bytes()).unwrap();
        let (n, from) = peer.recv_from(&mut space).unwrap();
        assert_eq!(&space[..n], text.as_bytes());
        peer.send_to(&space[..n], from).unwrap();
        stdout.read_exact(&mut space[..n]).unwrap();
        assert_eq!(&space[..n], text.as_bytes());
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_server_that_does_not_listen_is_5_with_its_cause() {
    let port = closed_port();
    let output = nc(&["--attempts", "1", "127.0.0.1", &port.to_string()], b"");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    let said = stderr(&output);
    let cause = format!("nothing listens at 127.0.0.1:{port} (guide 9.2.2)");
    assert!(said.contains(&cause), "{said}");
    assert!(said.contains("connecting failed"), "{said}");
}

#[test]
fn a_module_of_its_own_keeps_to_the_policy() {
    let (port, _serving) = serve(drop);
    let words = ["--deny", "127.0.0.1", "--attempts", "1", "127.0.0.1", &port];
    let output = nc(&words, b"");
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains("--deny"), "{}", stderr(&output));
}

#[test]
fn so_it_does_when_a_file_says_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("closed.toml");
    std::fs::write(&file, "[destinations]\ndeny = [\"127.0.0.1\"]\n").unwrap();
    let (port, _serving) = serve(drop);
    let file = file.to_str().unwrap();
    let words = ["--config", file, "--attempts", "1", "127.0.0.1", &port];
    let output = nc(&words, b"");
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains("the policy denies"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_port_where_nobody_is_is_3_and_says_what_to_do() {
    for endpoint in [
        format!("tcp:127.0.0.1:{}", closed_port()),
        "unix:/nonexistent/modem".into(),
        "pty:/nonexistent/modem".into(),
        "serial:/nonexistent/modem".into(),
        "serial:/dev/null".into(),
    ] {
        let output = nc(&["--port", &endpoint, "127.0.0.1", "1"], b"");
        assert_eq!(output.status.code(), Some(3), "{endpoint}");
        assert!(!stderr(&output).is_empty());
    }
}

#[test]
fn a_port_that_ends_in_the_middle_is_3() {
    let (port, serving) = serve(drop);
    let endpoint = format!("tcp:127.0.0.1:{port}");
    let output = nc(&["--port", &endpoint, "127.0.0.1", "1"], b"");
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    serving.join().unwrap();
}

#[test]
fn with_v_each_step_is_said_with_its_time() {
    let (port, _serving) = serve(drop);
    let output = nc(&["-v", "--timing", "typical", "127.0.0.1", &port], b"");
    let said = stderr(&output);
    let mut lines = said.lines();
    for step in [
        "waking the module",
        "registering",
        "attaching",
        "connecting",
    ] {
        let line = lines.find(|line| line.ends_with(step));
        let line = line.unwrap_or_else(|| panic!("no {step} in:\n{said}"));
        let seconds: f64 = line.split_whitespace().next().unwrap().parse().unwrap();
        assert!(step != "attaching" || seconds > 0.5, "{line}");
    }
}

#[test]
fn ctrl_c_closes_the_connection_and_is_130() {
    let simless = Simless::tcp();
    let endpoint = format!("tcp:{}", simless.address(0));
    let (port, serving) = serve(|mut stream| {
        stream.write_all(b"there").unwrap();
        stream.read(&mut [0]).unwrap()
    });
    let mut child = start(&["-v", "--port", &endpoint, "127.0.0.1", &port]);
    let _stdin = child.stdin.take();
    child
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut [0; 5])
        .unwrap();
    let pid = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    // The module is elsewhere and lives on; its connection does not.
    assert_eq!(serving.join().unwrap(), 0);
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let said: Vec<String> = lines.map(Result::unwrap).collect();
    assert!(said.iter().any(|line| line.contains("closed")), "{said:?}");
}

#[test]
fn whoever_reads_its_output_may_have_read_enough() {
    let (port, serving) = serve(|mut stream| while stream.write_all(&[b'x'; 1000]).is_ok() {});
    let mut child = start(&["127.0.0.1", &port]);
    let stdin = child.stdin.take();
    child
        .stdout
        .take()
        .unwrap()
        .read_exact(&mut [0; 5])
        .unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    serving.join().unwrap();
}
