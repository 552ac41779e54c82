//! Several modules for one `--port`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::collections::HashSet;
use std::path::Path;

use harness::{Dte, Simless};

fn imei(dte: &mut Dte) -> String {
    dte.ok("ATE0");
    dte.ok("AT+CGSN").trim().to_owned()
}

#[test]
fn each_is_a_module_of_its_own() {
    let mut simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--count", "3"]);
    assert_eq!(simless.ready()["ports"].as_array().unwrap().len(), 3);
    let mut dtes: Vec<Dte> = (0..3).map(|port| simless.connect(port)).collect();
    let imeis: HashSet<String> = dtes.iter_mut().map(imei).collect();
    assert_eq!(imeis.len(), 3);
    dtes[1].ok("AT+CIPHEAD=1");
    assert_eq!(dtes[2].ok("AT+CIPHEAD?"), "\r\n+CIPHEAD: 0\r\n");
    assert_eq!(dtes[1].ok("AT+CIPHEAD?"), "\r\n+CIPHEAD: 1\r\n");

    simless.expect_stderr("127.0.0.1, 3 modules at free ports; --json names them all");
    simless.expect_stderr(&format!(
        "nc -C 127.0.0.1 {}",
        simless.address(0).rsplit(':').next().unwrap()
    ));
}

#[test]
fn one_alone_has_the_imei_of_its_profile_and_the_first_of_several_too() {
    let alone = imei(&mut Simless::tcp().connect(0));
    let several = Simless::run(&["--port", "tcp:127.0.0.1:0", "--count", "2"]);
    assert_eq!(imei(&mut several.connect(0)), alone);
}

#[test]
fn modules_of_several_ports_differ_too() {
    let port = "tcp:127.0.0.1:0";
    let simless = Simless::run(&["--port", port, "--port", port, "--count", "2"]);
    let imeis: HashSet<String> = (0..4)
        .map(|port| imei(&mut simless.connect(port)))
        .collect();
    assert_eq!(imeis.len(), 4);
}

#[test]
fn links_and_socket_files_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let socket = folder.path().join("socket");
    let mut simless = Simless::run(&[
        "--count",
        "2",
        "--port",
        &format!("pty:{}", link.display()),
        "--port",
        &format!("unix:{}", socket.display()),
    ]);
    let numbered = |path: &Path, number| format!("{}{number}", path.display());
    for number in 0..2 {
        assert_eq!(simless.link(number), Path::new(&numbered(&link, number)));
        simless.open(number).ok("AT");
        let path = simless.path(2 + number);
        assert_eq!(path, Path::new(&numbered(&socket, number)));
        simless.connect_unix(2 + number).ok("AT");
    }
    simless.expect_stderr(&format!(
        "{} to {}, 2 modules",
        numbered(&link, 0),
        numbered(&link, 1)
    ));
    simless.expect_stderr(&format!(
        "{} to {}, 2 modules",
        numbered(&socket, 0),
        numbered(&socket, 1)
    ));
}

#[test]
fn default_links_are_just_the_next_ones() {
    let simless = Simless::run(&["--count", "2"]);
    assert!(simless.link(0).ends_with("simless/ttySIM0"));
    assert!(simless.link(1).ends_with("simless/ttySIM1"));
}

#[test]
fn a_thousand() {
    let simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--count", "1000"]);
    assert_eq!(simless.ready()["ports"].as_array().unwrap().len(), 1000);
    for port in [0, 500, 999] {
        simless.connect(port).ok("AT");
    }
}
