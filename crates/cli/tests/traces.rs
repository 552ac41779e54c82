//! Sessions are recorded and played again.

mod harness;

use std::fs;
use std::path::Path;

use harness::{Simless, closed_port, simless};
use rustix::process::Signal;

/// A session over TCP, with a peer and without; gives the words of its two traces.
fn recorded(folder: &Path, words: &[&str]) -> (String, String) {
    let [text, lines] = ["trace.txt", "trace.jsonl"].map(|name| folder.join(name));
    let [text, lines] = [&text, &lines].map(|path| path.to_str().unwrap());
    let port = ["-v", "--port", "tcp:127.0.0.1:0"];
    let traces = ["--trace", text, "--trace", lines];
    let mut simless = Simless::run(&[&port[..], &traces, words].concat());
    let mut dte = simless.connect(0);
    let peer = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    dte.say("ATE0\r");
    dte.expect("ATE0\r\r\nOK\r\n");
    dte.say(format!(
        "AT+CIPSTART=\"TCP\",\"127.0.0.1\",{}\r",
        address.port()
    ));
    dte.expect("\r\nOK\r\n\r\nCONNECT OK\r\n");
    let (mut stream, _) = peer.accept().unwrap();
    dte.say("AT+CIPSEND=3\r1\x1a2");
    dte.expect("\r\n> \r\nOK\r\n");
    std::io::Write::write_all(&mut stream, b"KINGCOMTEST").unwrap();
    drop(stream);
    dte.expect("KINGCOMTEST\r\nCLOSED\r\n");
    dte.say(format!(
        "AT+CIPSTART=\"TCP\",\"127.0.0.1\",{}\r",
        closed_port()
    ));
    dte.expect("\r\nOK\r\n\r\n+CME ERROR: 50\r\n");
    dte.hang_up();
    simless.expect_stderr("the DTE has left");
    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
    [text, lines]
        .map(|path| fs::read_to_string(path).unwrap())
        .into()
}

/// `simless replay` of these lines: its code and what it prints.
fn replay(folder: &Path, lines: impl AsRef<[u8]>) -> (Option<i32>, String) {
    let path = folder.join("again.jsonl");
    fs::write(&path, lines).unwrap();
    let output = simless(folder).arg("replay").arg(path).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap() + &stderr,
    )
}

#[test]
fn a_recorded_session_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let (text, lines) = recorded(folder.path(), &[]);

    // For people: both directions and what the DTE does not see, in order.
    let mut rest = text.as_str();
    for row in [
        "# module 0: kingcom-g3524, immediate, since 2",
        "-> ATE0␍",
        "<- ATE0␍␍␊OK␍␊",
        "asks connect 1 TCP 127.0.0.1:",
        "state TCP/UDP CONNECTING",
        "socket 1 connected",
        "-> AT+CIPSEND=3␍1␚2",
        "socket 1 sends 1␚2",
        "socket 1 receives KINGCOMTEST",
        "state IP CLOSE",
        "socket 2 refused",
        "failed +CME ERROR: 50: nothing listens at 127.0.0.1:",
        "port the DTE has left",
        "# end",
    ] {
        let at = rest.find(row);
        let at = at.unwrap_or_else(|| panic!("no {row:?} in {rest}"));
        rest = &rest[at..];
    }

    let (code, said) = replay(folder.path(), &lines);
    assert!(said.ends_with(" s came out as recorded\n"), "{said}");
    assert_eq!(code, Some(0));
}

/// The rate of the line is part of what a module is made from.
#[test]
fn a_session_over_a_paced_line_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let (text, lines) = recorded(folder.path(), &["--baud", "9600"]);
    let header = "# module 0: kingcom-g3524, immediate, 9600 baud, since 2";
    assert!(text.starts_with(header), "{text}");
    let (code, said) = replay(folder.path(), &lines);
    assert!(said.ends_with(" s came out as recorded\n"), "{said}");
    assert_eq!(code, Some(0));
    let (code, said) = replay(folder.path(), lines.replace("\"baud\":9600,", ""));
    assert_eq!(code, Some(1), "another line is another session: {said}");
}

#[test]
fn the_first_difference_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (_, lines) = recorded(folder.path(), &[]);
    // A network that refuses the first connection, too.
    let lines = lines.replacen(r#""what":"connected""#, r#""what":"refused""#, 1);
    let (code, said) = replay(folder.path(), &lines);
    assert_eq!(code, Some(1), "{said}");
    let recorded = "\n  recorded  state CONNECT OK\n";
    let played = "\n  played    failed +CME ERROR: 50: nothing listens at 127.0.0.1:";
    assert!(said.contains(recorded) && said.contains(played), "{said}");
}

#[test]
fn a_gap_cannot_be_played_over() {
    let folder = tempfile::tempdir().unwrap();
    let (_, lines) = recorded(folder.path(), &[]);
    let lines: Vec<&str> = lines.lines().collect();
    let gap = r#"{"t":1,"modem":0,"lane":"lost","steps":3}"#;
    let lines = [lines[0], lines[1], gap, lines[9]].join("\n") + "\n";
    let (code, said) = replay(folder.path(), &lines);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("3 steps are missing here"), "{said}");
}

#[test]
fn what_is_no_trace_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (text, lines) = recorded(folder.path(), &[]);
    let (code, said) = replay(folder.path(), &text);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("a name that ends in .jsonl"), "{said}");
    let (code, said) = replay(folder.path(), lines.replace("kingcom-g3524", "kingcom-g9"));
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("there is no profile \"kingcom-g9\""),
        "{said}"
    );
    // A program that was killed leaves a line that is cut.
    let (code, said) = replay(folder.path(), lines.trim_end().trim_end_matches('}'));
    assert_eq!(code, Some(0), "{said}");
    // Perhaps in the middle of a character.
    let cut = lines + r#"{"t":9000000,"modem":0,"lane":"port","text":"é"#;
    let (code, said) = replay(folder.path(), &cut.as_bytes()[..cut.len() - 1]);
    assert_eq!(code, Some(0), "{said}");
    let broken = [&cut.as_bytes()[..cut.len() - 1], b"\"}\n"].concat();
    let (code, said) = replay(folder.path(), broken);
    assert_eq!(code, Some(2), "{said}");
}
