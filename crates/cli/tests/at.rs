//! `simless at`: commands, and what a module answers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Output;
use std::thread;

use harness::{Simless, simless};
use serde_json::Value;

fn at(words: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = simless(folder.path());
    command.arg("at").args(words).output().unwrap()
}

fn says(words: &[&str], stdout: &str, code: i32) -> String {
    let output = at(words);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout, "{stderr}");
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    stderr
}

/// A modem that says this to each line, and nothing of its own.
fn modem(answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp:{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut byte = [0];
        for answer in answers {
            while byte != *b"\r" {
                stream.read_exact(&mut byte).unwrap();
            }
            byte = [0];
            stream.write_all(answer.as_bytes()).unwrap();
        }
        // Until it is left alone.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    endpoint
}

#[test]
fn answers_are_printed_and_ok_is_0() {
    says(
        &["ATI", "AT+CREG?"],
        "Kingcom_Ltd\nKingcom_G3524\nRevision: G3524_SHNZ_B5_R04_A01_D160927\nOK\n+CREG: 1,1\nOK\n",
        0,
    );
}

#[test]
fn the_first_error_ends_it_with_5() {
    says(&["AT", "AT+NOSUCH", "ATI"], "OK\n+CME ERROR: 58\n", 5);
    says(&["AT+CIPCLOSE"], "ERROR\n", 5);
    let endpoint = modem(&["\r\nCOMMAND NO RESPONSE!\r\n"]);
    says(
        &["--port", &endpoint, "AT+CGATT=1"],
        "COMMAND NO RESPONSE!\n",
        5,
    );
}

#[test]
fn unsolicited_codes_that_come_in_time_are_printed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let start = format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}");
    says(&["--wait", "2s", &start], "OK\nCONNECT OK\n", 0);
}

#[test]
fn no_answer_in_time_is_4() {
    let endpoint = modem(&["\r\n+CSQ: 21,99\r\n"]);
    let words = ["--port", &endpoint, "--timeout", "200ms", "AT+CSQ", "AT"];
    let stderr = says(&words, "+CSQ: 21,99\n", 4);
    assert!(
        stderr.contains("AT+CSQ was not answered within 200ms"),
        "{stderr}"
    );
}

#[test]
fn a_module_elsewhere_keeps_what_it_was_told() {
    let simless = Simless::tcp();
    let endpoint = format!("tcp:{}", simless.address(0));
    says(&["--port", &endpoint, "AT+CIPHEAD=1"], "OK\n", 0);
    says(
        &["--port", &endpoint, "AT+CIPHEAD?"],
        "+CIPHEAD: 1\nOK\n",
        0,
    );
}

#[test]
fn a_command_that_asks_for_data_gets_none() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let simless = Simless::tcp();
    let endpoint = format!("tcp:{}", simless.address(0));
    let start = format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}");
    let words = ["--port", &endpoint, "--wait", "2s", &start, "AT+CIPSEND"];
    let stderr = says(&words, "OK\nCONNECT OK\n", 1);
    assert!(stderr.contains("AT+CIPSEND asks for data"), "{stderr}");
    // It is not left in data entry.
    let send = "AT+CIPSEND=5,\"hello\"";
    says(&["--port", &endpoint, send, "AT+CIPCLOSE"], "OK\nOK\n", 0);
    let (mut peer, _) = listener.accept().unwrap();
    let mut got = String::new();
    peer.read_to_string(&mut got).unwrap();
    assert_eq!(got, "hello");
}

#[test]
fn for_programs_there_is_one_object_per_command() {
    let endpoint = modem(&[
        "AT+X\r\r\n+X: 1\r\n\r\nOK\r\n\r\n+CREG: 5\r\n",
        "\r\nERROR\r\n",
    ]);
    let output = at(&["--json", "--port", &endpoint, "AT+X", "AT+Y"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut objects: Vec<Value> = stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for object in &mut objects {
        assert!(object["ms"].take().as_f64().unwrap() >= 0.0);
    }
    assert_eq!(
        objects,
        [
            serde_json::json!({"v": 1, "command": "AT+X", "lines": ["+X: 1"], "result": "OK", "urcs": ["+CREG: 5"], "ms": null}),
            serde_json::json!({"v": 1, "command": "AT+Y", "lines": [], "result": "ERROR", "urcs": [], "ms": null}),
        ]
    );
    assert_eq!(output.status.code(), Some(5));
}

#[test]
fn a_port_that_ends_is_3() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp:{}", listener.local_addr().unwrap());
    let serving = thread::spawn(move || drop(listener.accept().unwrap()));
    says(&["--port", &endpoint, "AT"], "", 3);
    serving.join().unwrap();
}
