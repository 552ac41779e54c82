//! The guide's dialogue, from a DTE to a real server and back, over every kind of port.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};

use harness::{DEADLINE, Dte, SerialLine, Simless, closed_port};

/// The flow of guide 9.4, a send (5.2), a received block (6.3), the end by the server (9.1).
fn dialogue(mut dte: Dte) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();

    dte.ok("ATE0");
    dte.ok("AT+CGATT=1");
    dte.ok("AT+CGDCONT=1,\"IP\",\"CMNET\"");
    dte.ok("AT+CGACT=1,1");
    dte.ok("AT+CIPHEAD=1");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();

    dte.say("AT+CIPSEND\r");
    dte.expect("\r\n> ");
    dte.say(b"KINGCOMTEST\x1a");
    dte.expect("\r\nOK\r\n");
    let mut got = [0; 11];
    peer.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"KINGCOMTEST");

    peer.write_all(b"KINGCOMTEST").unwrap();
    dte.expect("\r\n+IPD:11\r\nKINGCOMTEST");
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: CONNECT OK\r\n");

    peer.write_all(b"BYE").unwrap();
    drop(peer);
    dte.expect("\r\n+IPD:3\r\nBYE");
    dte.expect("\r\nCLOSED\r\n");
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: IP CLOSE\r\n");
    dte.ok("AT+CIPSHUT");
}

#[test]
fn over_a_pty() {
    let simless = Simless::run(&[]);
    dialogue(simless.open(0));
}

#[test]
fn over_tcp() {
    let simless = Simless::tcp();
    dialogue(simless.connect(0));
}

#[test]
fn over_a_socket_file() {
    let folder = tempfile::tempdir().unwrap();
    let simless = Simless::unix(folder.path());
    dialogue(simless.connect_unix(0));
}

#[test]
fn over_a_serial_device() {
    let folder = tempfile::tempdir().unwrap();
    let device = folder.path().join("ttyUSB0");
    let line = SerialLine::plug_in(&device);
    let _simless = Simless::run(&["--port", &format!("serial:{}", device.display())]);
    dialogue(line.dte());
}

#[test]
fn over_stdio() {
    let (_simless, dte) = Simless::stdio();
    dialogue(dte);
}

#[test]
fn over_ipv6_on_both_sides() {
    let simless = Simless::run(&["--port", "tcp:[::1]:0"]);
    let server = TcpListener::bind("[::1]:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"::1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (mut peer, _) = server.accept().unwrap();
    peer.write_all(b"over six").unwrap();
    dte.expect("over six");
}

#[test]
fn a_name_leads_to_its_address() {
    let simless = Simless::tcp();
    // Whichever of the two `localhost` comes first is the one that is connected.
    let four = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = four.local_addr().unwrap().port();
    let _six = TcpListener::bind(("::1", port));
    let mut dte = simless.connect(0);
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"localhost\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
}

#[test]
fn datagrams_keep_their_bounds_both_ways_p29() {
    let simless = Simless::tcp();
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = peer.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok("ATE0;+CIPHEAD=1");
    dte.ok(&format!("AT+CIPSTART=\"UDP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");

    let mut space = [0; 2048];
    let mut module = None;
    for payload in [b"first".as_slice(), b"x", &[0x1a; 1460]] {
        dte.say(format!("AT+CIPSEND={}\r", payload.len()));
        dte.expect("\r\n> ");
        dte.say(payload);
        dte.expect("\r\nOK\r\n");
        let (n, from) = peer.recv_from(&mut space).unwrap();
        assert_eq!(&space[..n], payload);
        module = Some(from);
    }
    for payload in [b"one".as_slice(), b"two", &[0xff; 1472]] {
        peer.send_to(payload, module.unwrap()).unwrap();
        dte.expect(format!("\r\n+IPD:{}\r\n", payload.len()));
        assert_eq!(dte.take(payload.len()), payload);
    }
    // What was readable when CIPCLOSE ran comes before its OK (G7.4).
    peer.send_to(b"last", module.unwrap()).unwrap();
    assert_eq!(dte.ok("AT+CIPCLOSE"), "\r\n+IPD:4\r\nlast");
}

#[test]
fn nobody_listening_does_not_end_udp_g9_1() {
    let simless = Simless::tcp();
    let mut dte = simless.connect(0);
    let port = closed_port();
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"UDP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    for _ in 0..5 {
        dte.say("AT+CIPSEND=4\rlost");
        dte.expect("\r\nOK\r\n");
    }
    assert_eq!(dte.ok("AT+CIPSTATUS"), "\r\n+IPSTATUS: CONNECT OK\r\n");
}

#[test]
fn what_the_peer_had_sent_comes_before_the_ok_of_cipclose_g7_4() {
    let simless = Simless::tcp();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(0);
    dte.ok("ATE0");
    for round in 0..20 {
        dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
        dte.expect("\r\nCONNECT OK\r\n");
        let (mut peer, _) = server.accept().unwrap();
        let last = format!("last words {round}");
        peer.write_all(last.as_bytes()).unwrap();
        assert_eq!(dte.ok("AT+CIPCLOSE"), last);
        // FIN, not a reset.
        let mut rest = Vec::new();
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        peer.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty());
    }
}
