//! Every preset and every type of fault, over a real port and with a real peer. Each is the preset's
//! own file, copied and changed as a person would: with shorter times.
//!
//! covers: G9.1 G9.2.1 G9.2.4 G9.3 G9.5

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use harness::{DEADLINE, Dte, Simless, piped};
use simless_scenario::Preset;

/// A test for each preset: its name, what is changed in its file, and what a DTE meets.
macro_rules! presets {
    ($($name:literal $test:ident [$($from:literal => $to:literal),*] |$session:ident| $body:block)*) => {
        const WITH_A_PEER: &[&str] = &[$($name),*];
        $(
            #[test]
            fn $test() {
                let mut $session = Session::start($name, &[$(($from, $to)),*]);
                $body
            }
        )*
    };
}

presets! {
    "no-credit" no_credit [] |s| {
        s.dte.say("AT+CGATT=1\r");
        s.dte.expect("\r\n+CME ERROR: 50\r\n");
        s.simless.expect_stderr("the SIM has no credit");
    }

    "poor-network" poor_network ["connect = \"45 s\"" => "connect = \"50 ms\"", "\"5 s\"" => "\"20 ms\""] |s| {
        s.open();
        s.dte.expect("\r\nCOMMAND NO RESPONSE!\r\n");
        assert!(s.dte.expect("\r\nCONNECT OK\r\n").is_empty());
        s.passes("hi");
    }

    "stuck-attach" stuck_attach ["packet = \"45 s\"" => "packet = \"50 ms\""] |s| {
        s.dte.say("AT+CGATT=1\rAT+CGATT=0\r");
        s.dte.expect("\r\nCOMMAND NO RESPONSE!\r\n\r\nOK\r\n");
        s.dte.ok("AT+CGATT=1");
    }

    "context-dies" context_dies ["delay = \"20 s\"" => "delay = \"50 ms\""] |s| {
        let _peer = s.connect();
        s.dte.expect("\r\nCLOSED\r\n");
        assert_eq!(s.dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: PDP DEACT\r\n");
        s.dte.ok("AT+CIPSHUT");
        s.connect();
    }

    "server-resets" server_resets ["delay = \"5 s\"" => "delay = \"50 ms\""] |s| {
        for _ in 0..2 {
            let _peer = s.connect();
            s.dte.expect("\r\nCLOSED\r\n");
        }
    }

    "no-prompt" no_prompt [] |s| {
        let mut peer = s.connect();
        s.dte.say("AT+CIPSEND=5\rhello");
        assert_eq!(s.dte.take(6), b"\r\nOK\r\n");
        assert_eq!(read(&mut peer, 5), b"hello");
    }

    "urc-in-the-middle" urc_in_the_middle [] |s| {
        assert_eq!(s.dte.ok("AT+CGATT=1"), "\r\n+CGREG: 1\r\n");
        assert_eq!(s.dte.ok("AT+CGDCONT=1,\"IP\",\"CMNET\""), "");
        assert_eq!(s.dte.ok("AT+CGACT=1,1"), "\r\n+CTZV:17/01/08,21:33:19,+02\r\n");
    }

    "cme-error" cme_error [] |s| {
        s.dte.say("AT+CGDCONT=1,\"IP\",\"CMNET\";+CGACT=1,1\r");
        s.dte.expect("\r\n+CME ERROR: 148\r\n");
        s.dte.ok("AT+CGACT=1,1");
    }

    "no-final" no_final [] |s| {
        let mut peer = s.connect();
        s.dte.say("AT+CIPSEND=2\rhiAT\r");
        assert_eq!(s.dte.take(10), b"\r\n> \r\nOK\r\n");
        assert_eq!(read(&mut peer, 2), b"hi");
    }

    "no-response" no_response ["[[fault]]" => "[guards]\npacket = \"50 ms\"\n[[fault]]"] |s| {
        s.dte.ok("AT+CGDCONT=1,\"IP\",\"CMNET\"");
        s.dte.say("AT+CGACT=1,1\r");
        s.dte.expect("\r\nCOMMAND NO RESPONSE!\r\n");
        assert_eq!(s.dte.ok("AT+CGACT?"), "\r\n+CGACT: 0,0\r\n");
    }

    "late-ok" late_ok ["\"40 s\"" => "\"50 ms\""] |s| {
        let start = Instant::now();
        s.dte.ok("AT+CGATT=1");
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    "late-connect-ok" late_connect_ok ["[[fault]]" => "[guards]\nconnect = \"50 ms\"\n[[fault]]", "\"5 s\"" => "\"20 ms\""] |s| {
        s.open();
        s.dte.expect("\r\nCOMMAND NO RESPONSE!\r\n\r\nCONNECT OK\r\n");
    }

    "urc-collision" urc_collision [] |s| {
        assert_eq!(s.dte.ok("AT+CSQ"), "\r\n+CSQ: 21,99\r\n\r\n+CTZV:17/01/08,21:33:19,+02\r\n");
    }

    "dns-fail" dns_fail ["\"5 s\"" => "\"50 ms\""] |s| {
        s.dte.ok("AT+CIPSTART=\"TCP\",\"localhost\",1");
        s.dte.expect("\r\n+CME ERROR: 50\r\n");
        s.simless.expect_stderr("guide 9.2.4");
    }

    "sim-absent" sim_absent [] |s| {
        s.dte.say("AT+CPIN?\r");
        s.dte.expect("\r\n+CME ERROR: 10\r\n");
    }

    "pin-locked" pin_locked [] |s| {
        assert_eq!(s.dte.ok("AT+CPIN?"), "\r\n+CPIN:SIM PIN\r\n");
        s.dte.ok("AT+CPIN=\"1234\"");
        s.dte.expect("\r\n+CREG: 1\r\n");
    }

    "creg-denied" creg_denied [] |s| {
        assert_eq!(s.dte.ok("AT+CREG?"), "\r\n+CREG: 1,3\r\n");
    }

    "searching" searching [] |s| {
        assert_eq!(s.dte.ok("AT+CREG?"), "\r\n+CREG: 1,2\r\n");
    }

    "attach-fail" attach_fail [] |s| {
        s.dte.say("AT+CGATT=1\r");
        s.dte.expect("\r\n+CME ERROR: 50\r\n");
    }

    // However late this test is, another one comes.
    "pdp-deact" pdp_deact ["after = \"30 s\"" => "after = \"100 ms\"\ntimes = 10000"] |s| {
        s.open();
        s.until("AT+CIPSTATUS", "PDP DEACT");
    }

    "reset" reset ["after = \"30 s\"" => "after = \"100 ms\"\ntimes = 10000"] |s| {
        // Echo is off here, and on again behind a reset.
        s.until("AT", "AT\r");
    }

    "brownout" brownout ["\"2 s\"" => "\"20 ms\"", "\"500 ms\"" => "\"50 ms\""] |s| {
        s.open();
        // It boots, and has forgotten ATE0.
        s.dte.expect("\r\nInit...\r\n");
        s.dte.ok("ATE0");
        let mut peer = s.connect();
        s.dte.say("AT+CIPSEND\r");
        s.dte.expect("\r\nInit...\r\n");
        assert!(matches!(peer.read(&mut [0]), Ok(0) | Err(_)));
    }

    "slow-boot" slow_boot ["\"2 s\"" => "\"20 ms\"", "\"500 ms\"" => "\"50 ms\"", "\"10 s\"" => "\"9 s\"",
        "\"6100 ms\"" => "\"100 ms\"", "\"6300 ms\"" => "\"110 ms\"", "\"8 s\"" => "\"120 ms\"", "\"9 s\"" => "\"130 ms\""] |s| {
        s.dte.expect("\r\n^CINIT: 1, 0, 0\r\n\r\n^CINIT: 2, 8, 41891\r\n\r\n^CINIT: 4, 8192, 3\r\n\r\n+CIEV: READY\r\n");
        s.dte.expect("\r\n+CREG: 1\r\n");
        s.dte.ok("AT+CPIN?");
    }

    "latency" latency ["\"600 ms\"" => "\"30 ms\"", "\"200 ms\"" => "\"10 ms\""] |s| {
        let mut peer = s.connect();
        let start = Instant::now();
        s.dte.ok("AT+CIPSEND=2\rhi");
        assert_eq!(read(&mut peer, 2), b"hi");
        assert!(start.elapsed() >= Duration::from_millis(20));
        peer.write_all(b"and back").unwrap();
        s.dte.expect("and back");
        assert!(start.elapsed() >= Duration::from_millis(40));
    }

    "bandwidth" bandwidth ["rate = 1200" => "rate = 100000"] |s| {
        let mut peer = s.connect();
        let start = Instant::now();
        let sent = harness::random(1, 5000);
        peer.write_all(&sent).unwrap();
        assert_eq!(s.dte.take(sent.len()), sent);
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    "down" down ["[[fault]]" => "[guards]\nconnect = \"50 ms\"\n[[fault]]"] |s| {
        s.open();
        s.dte.expect("\r\nCOMMAND NO RESPONSE!\r\n");
        s.server.set_nonblocking(true).unwrap();
        assert_eq!(s.server.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    }

    "timeout" timeout ["\"30 s\"" => "\"50 ms\""] |s| {
        let mut peer = s.connect();
        peer.write_all(b"lost").unwrap();
        assert!(s.dte.expect("\r\nCLOSED\r\n").is_empty());
    }

    "reset-peer" reset_peer ["\"5 s\"" => "\"50 ms\""] |s| {
        let mut peer = s.connect();
        s.dte.expect("\r\nCLOSED\r\n");
        assert!(matches!(peer.read(&mut [0]), Ok(0) | Err(_)));
    }

    "slow-close" slow_close ["\"5 s\"" => "\"50 ms\""] |s| {
        let mut peer = s.connect();
        let start = Instant::now();
        peer.write_all(b"bye").unwrap();
        drop(peer);
        assert_eq!(s.dte.expect("\r\nCLOSED\r\n"), b"bye");
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    "limit-data" limit_data ["bytes = 1000" => "bytes = 5"] |s| {
        let mut peer = s.connect();
        peer.write_all(b"123456789").unwrap();
        assert_eq!(s.dte.expect("\r\nCLOSED\r\n"), b"12345");
    }

    "loss" loss ["toxicity = 0.2" => "times = 1"] |s| {
        let peer = s.bind();
        s.dte.ok("AT+CIPSEND=4\rlost");
        s.dte.ok("AT+CIPSEND=4\rseen");
        assert_eq!(receive(&peer), b"seen");
    }

    "duplicate" duplicate ["toxicity = 0.2" => "times = 1"] |s| {
        let peer = s.bind();
        s.dte.ok("AT+CIPSEND=3\rone");
        s.dte.ok("AT+CIPSEND=3\rtwo");
        assert_eq!([receive(&peer), receive(&peer), receive(&peer)], [b"one", b"one", b"two"]);
    }

    "reorder" reorder ["toxicity = 0.2" => "times = 1"] |s| {
        let peer = s.bind();
        s.dte.ok("AT+CIPSEND=3\rone");
        s.dte.ok("AT+CIPSEND=3\rtwo");
        assert_eq!([receive(&peer), receive(&peer)], [b"two", b"one"]);
    }
}

/// The serial line's, on a pipe: what comes out of many lines is all there is to see.
const ON_A_PIPE: &[&str] = &[
    "slicer",
    "drop",
    "corrupt",
    "repeat",
    "noise",
    "stall",
    "flaky-line",
];

#[test]
fn a_line_that_strikes_bytes_strikes_the_same_ones_again() {
    for name in ["drop", "corrupt", "repeat", "noise", "flaky-line"] {
        let said = b"AT+CSQ\r".repeat(400);
        let well = piped(&[], &said);
        let changes: &[(&str, &str)] = match name {
            // Its pieces take a while.
            "flaky-line" => &[("2 ms", "0 ms")],
            _ => &[],
        };
        let (path, _folder) = changed(name, changes);
        let answers = |seed| piped(&["--config", &path, "--seed", seed], &said);
        let first = answers("7");
        assert_ne!(first, well, "{name} did nothing");
        assert!(first.len() > well.len() / 4, "{name} left nothing");
        assert_eq!(answers("7"), first, "{name}");
        assert_ne!(answers("8"), first, "{name}");
    }
}

#[test]
fn a_line_that_is_slow_loses_nothing() {
    for (name, pause) in [("slicer", "2 ms"), ("stall", "500 ms")] {
        let said = b"AT+CSQ\r".repeat(20);
        let well = piped(&[], &said);
        let (path, _folder) = changed(name, &[(pause, "1 ms")]);
        let start = Instant::now();
        assert_eq!(piped(&["--config", &path], &said), well, "{name}");
        let least = match name {
            "slicer" => well.len(),
            _ => 1,
        };
        assert!(
            start.elapsed() >= Duration::from_millis(least as u64 - 1),
            "{name}"
        );
    }
}

/// `--air` is the fault of that name.
#[test]
fn the_air_carries_so_many_bytes_a_second() {
    let mut s = Session::run(&["--air", "100k"]);
    let mut peer = s.connect();
    let start = Instant::now();
    let sent = harness::random(1, 5000);
    peer.write_all(&sent).unwrap();
    assert_eq!(s.dte.take(sent.len()), sent);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn every_preset_has_a_test() {
    for preset in Preset::all() {
        let mut tested = WITH_A_PEER.iter().chain(ON_A_PIPE);
        assert!(tested.any(|name| *name == preset.name), "{}", preset.name);
    }
}

/// A module on a TCP port, its DTE, and a server.
struct Session {
    simless: Simless,
    dte: Dte,
    server: TcpListener,
    _folder: Option<tempfile::TempDir>,
}

impl Session {
    /// Under a preset whose file was changed.
    fn start(name: &str, changes: &[(&str, &str)]) -> Self {
        let mut session = match changes {
            [] => Self::run(&["--preset", name]),
            changes => {
                let (path, folder) = changed(name, changes);
                let mut session = Self::run(&["--config", &path]);
                session._folder = Some(folder);
                session
            }
        };
        if ["brownout", "slow-boot"].contains(&name) {
            // It hears nothing before.
            session.dte.expect("\r\nInit...\r\n");
        } else {
            session.dte.say("ATE0\r");
            session.dte.expect("\r\nOK\r\n");
        }
        if name == "brownout" {
            session.dte.ok("ATE0");
        }
        session
    }

    fn run(words: &[&str]) -> Self {
        let simless = Simless::run(&[&["--port", "tcp:127.0.0.1:0"], words].concat());
        let dte = simless.connect(0);
        Self {
            dte,
            simless,
            server: TcpListener::bind("127.0.0.1:0").unwrap(),
            _folder: None,
        }
    }

    /// Asks for a connection to the server.
    fn open(&mut self) {
        let port = self.server.local_addr().unwrap().port();
        self.dte
            .ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    }

    /// Has one; gives the server's end.
    fn connect(&mut self) -> TcpStream {
        self.open();
        self.dte.expect("\r\nCONNECT OK\r\n");
        self.accept()
    }

    fn accept(&mut self) -> TcpStream {
        let (peer, _) = self.server.accept().unwrap();
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        peer
    }

    /// Sends this, and the server gets it.
    fn passes(&mut self, text: &str) {
        let mut peer = self.accept();
        self.dte.ok(&format!("AT+CIPSEND={}\r{text}", text.len()));
        assert_eq!(read(&mut peer, text.len()), text.as_bytes());
    }

    /// A UDP port to a peer; gives the peer.
    fn bind(&mut self) -> UdpSocket {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        let port = peer.local_addr().unwrap().port();
        self.dte
            .ok(&format!("AT+CIPSTART=\"UDP\",\"127.0.0.1\",{port}"));
        self.dte.expect("\r\nCONNECT OK\r\n");
        peer
    }

    /// Asks again until the answer has this in it.
    fn until(&mut self, line: &str, has: &str) {
        let start = Instant::now();
        while !self.dte.ok(line).contains(has) {
            assert!(start.elapsed() < DEADLINE, "{line} never answers {has}");
        }
    }
}

fn read(peer: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    peer.read_exact(&mut bytes).unwrap();
    bytes
}

fn receive(peer: &UdpSocket) -> Vec<u8> {
    let mut bytes = [0; 64];
    let count = peer.recv(&mut bytes).unwrap();
    bytes[..count].to_vec()
}

/// A copy of a preset's file with something changed in it.
fn changed(name: &str, changes: &[(&str, &str)]) -> (String, tempfile::TempDir) {
    let mut text = Preset::named(name).unwrap().text.into_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "there is no {from} in {text}");
        text = text.replace(from, to);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{name}.toml"));
    fs::write(&path, text).unwrap();
    (path.to_str().unwrap().into(), folder)
}
