//! `simless nc` with its input, and servers for it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Output, Stdio};
use std::thread::{self, JoinHandle};

use super::{DEADLINE, random, simless};

/// Starts it; its three streams are the caller's.
pub fn start(words: &[&str]) -> Child {
    let folder = tempfile::tempdir().unwrap();
    simless(folder.path())
        .arg("nc")
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs it with this input to its end.
pub fn nc(words: &[&str], input: &[u8]) -> Output {
    let mut child = start(words);
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = thread::spawn(move || {
        // Whoever ends early does not read it all.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A server for one connection, and its port.
pub fn serve<T: Send + 'static>(
    work: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        work(stream)
    });
    (port.to_string(), serving)
}

/// Sends so many bytes back, and ends.
pub fn echo(count: usize) -> impl FnOnce(TcpStream) {
    move |mut stream| {
        let mut space = vec![0; 65536];
        let mut left = count;
        while left > 0 {
            let n = stream.read(&mut space).unwrap();
            assert_ne!(n, 0, "{left} bytes are missing");
            stream.write_all(&space[..n]).unwrap();
            left -= n;
        }
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(stream.read(&mut space).unwrap(), 0);
    }
}

/// So many random bytes go to a real server and back, unchanged.
pub fn there_and_back(words: &[&str], count: usize) {
    let (port, serving) = serve(echo(count));
    let data = random(21, count);
    let words = [words, &["--linger", "1m", "127.0.0.1", &port]].concat();
    let output = nc(&words, &data);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout == data, "{} bytes", output.stdout.len());
    assert_eq!(stderr(&output), "");
    serving.join().unwrap();
}
