//! `simless nc` over a module that knows the few commands it must, and does with a payload what the
//! test says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use harness::DEADLINE;
use harness::nc::{start, stderr};

const BLOCK: &[u8] = b"\r\n+IPD:8\r\nreceived";
const OK: &[u8] = b"\r\nOK\r\n";

/// One host is served at this endpoint, until it leaves; `sent` says what comes of a payload, its result
/// included.
fn module(sent: impl Fn(&mut TcpStream) + Send + 'static) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp:{}", listener.local_addr().unwrap());
    let serving = thread::spawn(move || {
        let (mut port, _) = listener.accept().unwrap();
        port.set_read_timeout(Some(DEADLINE)).unwrap();
        port.set_write_timeout(Some(DEADLINE)).unwrap();
        let mut host = BufReader::new(port.try_clone().unwrap());
        let mut line = Vec::new();
        while host.read_until(b'\r', &mut line).is_ok_and(|n| n > 0) {
            let said = String::from_utf8(std::mem::take(&mut line)).unwrap();
            let answer: &[u8] = match said.trim_end() {
                "AT+CIPSTATUS" => b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
                "AT+CPIN?" => b"\r\n+CPIN:READY\r\n\r\nOK\r\n",
                "AT+CREG?" => b"\r\n+CREG: 1,1\r\n\r\nOK\r\n",
                said if said.starts_with("AT+CIPSTART=") => b"\r\nOK\r\n\r\nCONNECT OK\r\n",
                said if said.starts_with("AT+CIPSEND=") => {
                    let length = said["AT+CIPSEND=".len()..].parse().unwrap();
                    port.write_all(b"\r\n> ").unwrap();
                    host.read_exact(&mut vec![0; length]).unwrap();
                    sent(&mut port);
                    continue;
                }
                _ => OK,
            };
            port.write_all(answer).unwrap();
        }
    });
    (endpoint, serving)
}

/// A result stands behind more received data than anybody keeps. Who reads the output has left, and
/// the data went nowhere: so nobody came to the result, and the time of a reader that is slow stands
/// still.
#[test]
fn a_result_behind_data_that_nobody_reads_is_come_to() {
    for udp in [&[][..], &["--udp"]] {
        let (endpoint, serving) = module(|port| {
            port.write_all(&BLOCK.repeat(50_000)).unwrap();
            port.write_all(OK).unwrap();
        });
        let words = [udp, &["--port", &endpoint, "127.0.0.1", "7"]].concat();
        let mut child = start(&words);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"hello").unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 8]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        serving.join().unwrap();
    }
}

/// Who reads the output takes longer than the silence that ends a session: what came before, and
/// what stands behind it, is printed without a hole.
#[test]
fn a_reader_that_is_slow_is_no_silence() {
    let blocks = 50_000;
    let (endpoint, serving) = module(move |port| {
        port.write_all(OK).unwrap();
        port.write_all(&BLOCK.repeat(blocks)).unwrap();
    });
    let words = ["--linger", "500ms", "--port", &endpoint, "127.0.0.1", "7"];
    let mut child = start(&words);
    child.stdin.take().unwrap().write_all(b"hello").unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut printed = vec![0; 8];
    stdout.read_exact(&mut printed).unwrap();
    // Time is what this is about: the pipe is full by then, and for longer than the silence.
    thread::sleep(std::time::Duration::from_millis(1500));
    stdout.read_to_end(&mut printed).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        printed == b"received".repeat(blocks),
        "{} bytes",
        printed.len()
    );
    serving.join().unwrap();
}
