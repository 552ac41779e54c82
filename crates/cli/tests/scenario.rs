//! What a run is given, by a file, by presets and by flags; and that a trace knows it.
//!
//! covers: P37 P42

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use harness::{Dte, Simless, piped, simless};
use rustix::process::Signal;

/// A module on a TCP port with this configuration.
fn given(text: &str, words: &[&str]) -> (Simless, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("given.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    (Simless::run(&[&["--config", path], words].concat()), folder)
}

const TCP: [&str; 2] = ["--port", "tcp:127.0.0.1:0"];

#[test]
fn a_file_says_who_and_where_the_modules_are() {
    let text = r#"
[module]
manufacturer = "Somebody"
imei = "352099001000005"

[network]
registration = "roaming"
signal = 7

[[port]]
endpoint = "tcp:127.0.0.1:0"
count = 2

[[port]]
endpoint = "tcp:127.0.0.1:0"
"#;
    let (mut simless, _folder) = given(text, &[]);
    assert_eq!(simless.ready()["ports"].as_array().unwrap().len(), 3);
    let said = simless.expect_stderr("given.toml");
    let summary = "given.toml: 2 ports, a device of its own, a network of its own";
    assert!(
        said.starts_with("  with  ") && said.ends_with(summary),
        "{said}"
    );
    let mut dte = simless.connect(0);
    dte.ok("ATE0");
    assert_eq!(dte.ok("AT+CGMI"), "\r\nSomebody\r\n");
    assert_eq!(dte.ok("AT+CGSN"), "\r\n352099001000005\r\n");
    assert_eq!(dte.ok("AT+CREG?"), "\r\n+CREG: 1,5\r\n");
    assert_eq!(dte.ok("AT+CSQ"), "\r\n+CSQ: 7,99\r\n");
    // The second one's serial number counts on.
    let mut dte = simless.connect(1);
    assert!(dte.ok("AT+CGSN").contains("\r\n35209900100001"));
}

#[test]
fn flags_win_over_a_file_and_a_file_over_a_preset() {
    let text = "[module]\ntiming = \"typical\"\n[[port]]\nendpoint = \"pty\"\n[guards]\nconnect = \"10 ms\"\n";
    let words = ["--timing", "immediate", "--preset", "poor-network"];
    let (mut simless, _folder) = given(text, &[&TCP[..], &words].concat());
    simless.expect_stderr("everything at once");
    let said = simless.expect_stderr("preset poor-network");
    assert!(
        said.contains("COMMAND NO RESPONSE!, and five seconds later CONNECT OK"),
        "{said}"
    );
    assert_eq!(simless.ready()["ports"][0]["kind"], "tcp");
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    // 45 s by the preset.
    dte.expect("\r\nCOMMAND NO RESPONSE!\r\n");
}

#[test]
fn names_lead_where_the_file_says_and_the_policy_holds() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let names = "[network.names]\n\"server.example\" = \"127.0.0.1\"\n";
    let start = format!("AT+CIPSTART=\"TCP\",\"server.example\",{port}");
    let (simless, _folder) = given(names, &TCP);
    let mut dte = simless.connect(0);
    dte.ok(&start);
    dte.expect("\r\nCONNECT OK\r\n");

    let denied = format!("{names}[destinations]\ndeny = [\"127.0.0.1:{port}\"]\n");
    let (mut simless, _folder) = given(&denied, &TCP);
    let mut dte = simless.connect(0);
    dte.ok(&start);
    dte.expect("\r\n+CME ERROR: 50\r\n");
    simless.expect_stderr("the policy denies 127.0.0.1");
}

/// A denied destination stays denied, whatever a flag allows.
#[test]
fn a_flag_cannot_allow_what_the_file_denies() {
    let text = "[destinations]\nallow = [\"10.0.0.0/8\"]\ndeny = [\"127.0.0.1:1\"]\n";
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let (mut simless, _folder) = given(text, &[&TCP[..], &["--allow", "127.0.0.1"]].concat());
    let mut dte = simless.connect(0);
    dte.ok("AT+CIPSTART=\"TCP\",\"127.0.0.1\",1");
    simless.expect_stderr("the policy denies 127.0.0.1:1");
    dte.expect("\r\n+CME ERROR: 50\r\n");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
}

#[test]
fn presets_add_up_and_the_environment_names_them_too() {
    let words = ["--preset", "no-prompt", "--preset", "cme-error"];
    let answers = piped(&words, b"ATE0\rAT+CGACT=1,1\r");
    assert!(answers.ends_with(b"\r\n+CME ERROR: 148\r\n"), "{answers:?}");

    let folder = tempfile::tempdir().unwrap();
    let output = simless(folder.path())
        .args(["--port", "stdio"])
        .env("SIMLESS_PRESET", "sim-absent,no-prompt")
        .env("SIMLESS_SEED", "7")
        .env("SIMLESS_AIR", "9.6k")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    for said in [
        "  with  preset sim-absent: There is no SIM.\n",
        "  with  preset no-prompt: ",
        "  with  air: 9600 bytes a second, each way\n",
        "  with  seed 7\n",
    ] {
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn a_seed_decides_what_chance_does() {
    let text = "[[fault]]\ntype = \"cme_error\"\ntoxicity = 0.5\nattributes = { command = \"+CSQ\", code = 50 }\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let run = |seed| piped(&["--config", path, "--seed", seed], &b"AT+CSQ\r".repeat(40));
    let first = run("7");
    assert_eq!(run("7"), first);
    assert_ne!(run("8"), first);
}

#[test]
fn a_file_that_is_no_text_is_refused_where_it_is_none() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, said) in [
        (
            "bytes.toml",
            &b"# \n\xFF"[..],
            "bytes.toml:2: this is no UTF-8\n",
        ),
        (
            "large.toml",
            &[b' '; 1_048_577],
            "large.toml:1: a configuration has at most 1048576 bytes\n",
        ),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = simless(folder.path())
            .current_dir(folder.path())
            .args(["scenario", "check", name])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), said);
        assert_eq!(output.status.code(), Some(2));
    }
}

/// A session under faults, with a configuration; gives the words of its trace.
fn recorded(folder: &Path) -> String {
    let trace = folder.join("trace.jsonl");
    let text = r#"
[module]
imei = "352099001000005"

[guards]
connect = "50 ms"

[network]
registration = 13

[network.names]
"server.example" = "127.0.0.1"

[[fault]]
type = "late_connect_ok"
attributes = { delay = "20 ms" }

[[fault]]
type = "cme_error"
toxicity = 0.5
attributes = { command = "+CSQ", code = 50 }

[[step]]
on_command = "AT+CGSN"
set = { registration = "home" }
urc = "+CIEV: service,  1"
"#;
    let text_trace = folder.join("trace.txt");
    let text_trace = text_trace.to_str().unwrap();
    let traces = ["--trace", trace.to_str().unwrap(), "--trace", text_trace];
    let words = [&["-v", "--seed", "7"], &traces[..]].concat();
    let (mut simless, _folder) = given(text, &[&TCP[..], &words].concat());
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok("AT+CGSN");
    for _ in 0..8 {
        dte.say("AT+CSQ\r");
    }
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"server.example\",{port}"));
    dte.expect("\r\nCOMMAND NO RESPONSE!\r\n");
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();
    dte.ok("AT+CIPSEND=2\rhi");
    let mut got = [0; 2];
    peer.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"hi");
    leave(dte, &mut simless);
    simless.signal(Signal::TERM);
    assert_eq!(simless.wait().code, Some(0));
    // People are told what it was given, too.
    let for_people = fs::read_to_string(text_trace).unwrap();
    let head = "# module 0: kingcom-g3524, immediate, a device of its own, guards, a network of its own, faults late_connect_ok and cme_error, 1 step, since 2";
    assert!(for_people.starts_with(head), "{for_people}");
    fs::read_to_string(trace).unwrap()
}

fn leave(dte: Dte, simless: &mut Simless) {
    dte.hang_up();
    simless.expect_stderr("the DTE has left");
}

/// `simless replay` of these lines: its code and what it prints.
fn replay(folder: &Path, lines: &str) -> (Option<i32>, String) {
    let path = folder.join("again.jsonl");
    fs::write(&path, lines).unwrap();
    let output = simless(folder).arg("replay").arg(path).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_session_under_faults_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let lines = recorded(folder.path());
    assert!(
        lines.starts_with("{\"trace\":1,") && lines.contains("\"configuration\""),
        "{lines}"
    );
    let header = lines.lines().next().unwrap();
    assert!(!header.contains("endpoint"), "{header}");
    let (code, said) = replay(folder.path(), &lines);
    assert!(said.ends_with(" s came out as recorded\n"), "{said}");
    assert_eq!(code, Some(0));

    // Another seed is another session, and so is none of it.
    let (code, said) = replay(
        folder.path(),
        &lines.replacen("\"seed\":7", "\"seed\":8", 1),
    );
    assert_eq!(code, Some(1), "{said}");
    let (code, said) = replay(
        folder.path(),
        &lines.replacen("\"configuration\"", "\"unknown\"", 1),
    );
    assert_eq!(code, Some(1), "{said}");
    // A form that is not known yet.
    let (code, said) = replay(
        folder.path(),
        &lines.replacen("{\"trace\":1", "{\"trace\":2", 1),
    );
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("the trace is of version 2; this program reads version 1"),
        "{said}"
    );
}

/// Who was given nothing leaves a plain header.
#[test]
fn a_session_without_a_configuration_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace.jsonl");
    piped(&["--trace", trace.to_str().unwrap()], b"AT\r");
    let lines = fs::read_to_string(trace).unwrap();
    let header = "{\"trace\":1,\"modem\":0,\"profile\":\"kingcom-g3524\",\"timing\":\"immediate\",\"started\"";
    assert!(lines.starts_with(header), "{lines}");
    assert_eq!(replay(folder.path(), &lines).0, Some(0));
}
