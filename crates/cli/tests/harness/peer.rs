//! The other end of a connection.

use std::net::{TcpListener, TcpStream};

use super::{DEADLINE, Dte};

/// Has a DTE turn its echo off and open a connection; gives the other end.
pub fn connected(dte: &mut Dte) -> TcpStream {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    dte.ok("ATE0");
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\nCONNECT OK\r\n");
    let (peer, _) = server.accept().unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    peer
}

/// A port of 127.0.0.1 that nobody listens on, as long as nobody else is given it.
pub fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Bytes of every value, the same for the same seed (xorshift).
pub fn random(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}
