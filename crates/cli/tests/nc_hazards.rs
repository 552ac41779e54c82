//! `simless nc` when the module does not do what it should: the driver's ways out, in the program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::PathBuf;

use harness::nc::{nc, serve, stderr, there_and_back};
use simless_scenario::Preset;
use tempfile::TempDir;

/// A configuration in a file.
struct Given {
    _folder: TempDir,
    file: PathBuf,
}

impl Given {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("given.toml");
        fs::write(&file, text).unwrap();
        Self {
            _folder: folder,
            file,
        }
    }

    fn words(&self) -> [&str; 2] {
        ["--config", self.file.to_str().unwrap()]
    }
}

// covers: H21 L1 L3
#[test]
fn a_power_cycle_in_the_middle_of_the_flow_is_survived() {
    // No boot URC tells of it: AT+CGDCONT is not answered within its ten seconds.
    let given = Given::new(
        r#"
        [[step]]
        on_command = "AT+CGDCONT"
        times = 1
        event = "power_cycle"
        "#,
    );
    there_and_back(&given.words(), 10 << 20);
}

// covers: H21 L1 L3
#[test]
fn a_module_that_says_that_it_starts_is_heard_at_once() {
    // Once in the prelude, and once with the connection under way.
    let given = Given::new(
        r#"
        [[step]]
        on_command = "AT+CIPSTART"
        times = 1
        event = "power_cycle"

        [[step]]
        on_command = "AT+CIPHEAD"
        times = 1
        event = "reset"

        [[step]]
        on_boot = true
        urc = "Init..."
        "#,
    );
    there_and_back(&given.words(), 10 << 20);
}

// covers: H15 H21
#[test]
fn a_power_cycle_under_a_connection_ends_it_and_says_what_was_accepted() {
    let given = Given::new(
        r#"
        [[step]]
        on_command = "AT+CIPSEND"
        delay = "100 ms"
        times = 1
        event = "power_cycle"

        [[step]]
        on_boot = true
        urc = "Init..."
        "#,
    );
    let (port, serving) = serve(|mut stream| {
        let mut got = [0; 4];
        stream.read_exact(&mut got).unwrap();
        // It has no connection any more: what is left is its end, or a reset.
        let _ = stream.read(&mut [0]);
        got
    });
    let [config, file] = given.words();
    let words = [config, file, "--linger", "1m", "127.0.0.1", &port];
    let output = nc(&words, b"four");
    assert_eq!(&serving.join().unwrap(), b"four");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(
        said,
        "simless: the module started again; 4 bytes are accepted, 0 in doubt\n"
    );
}

/// The module printed its prompt, took the payload and started again: whether it was sent nobody
/// knows, and a stream can't go on with a hole in it.
// covers: H15 H16 H21
#[test]
fn a_brownout_in_the_middle_of_a_send_is_1() {
    let mut brownout = Preset::named("brownout").unwrap().text.into_owned();
    for (from, to) in [("\"2 s\"", "\"20 ms\""), ("\"500 ms\"", "\"50 ms\"")] {
        assert!(brownout.contains(from));
        brownout = brownout.replace(from, to);
    }
    let given = Given::new(&brownout);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let [config, file] = given.words();
    let output = nc(&[config, file, "127.0.0.1", &port], b"hello");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let why = "the module started again; 0 bytes are accepted, 5 in doubt";
    assert!(stderr(&output).contains(why), "{}", stderr(&output));
}

#[test]
fn a_module_that_never_answers_is_4() {
    let given = Given::new(
        r#"
        [[fault]]
        type = "drop"
        stream = "uplink"
        "#,
    );
    let [config, file] = given.words();
    let output = nc(&[config, file, "--attempts", "1", "127.0.0.1", "1"], b"");
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("the module did not answer in time"), "{said}");
}
