//! Starts the program and talks to it. Nothing here waits for time to pass: everything waits for
//! bytes, and the deadline only makes a test fail that would otherwise hang.

#![allow(
    dead_code,
    unused_imports,
    reason = "every test file uses a part of it"
)]

mod dte;
mod line;
pub mod nc;
mod peer;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

#[allow(unused_imports, reason = "every test file uses a part of it")]
pub use dte::Dte;
#[allow(unused_imports, reason = "every test file uses a part of it")]
pub use line::SerialLine;
#[allow(unused_imports, reason = "every test file uses a part of it")]
pub use peer::{closed_port, connected, random};

/// When a test that waits has failed.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A running `simless`. Dropping it kills it.
pub struct Simless {
    child: Child,
    ready: Value,
    stderr: Lines,
    _folder: tempfile::TempDir,
}

/// How a program ended.
pub struct Ended {
    pub code: Option<i32>,
    pub stderr: String,
}

impl Simless {
    /// `simless run --json` with these words, ready to be used.
    pub fn run(words: &[&str]) -> Self {
        let (mut simless, stdin, mut stdout) = Self::start(words);
        drop(stdin);
        simless.ready = read_ready(&mut stdout);
        simless
    }

    /// One module on a TCP port.
    pub fn tcp() -> Self {
        Self::run(&["--port", "tcp:127.0.0.1:0"])
    }

    /// One module on a socket file with this name, in this folder.
    pub fn unix(folder: &Path) -> Self {
        let path = folder.join("modem.sock");
        Self::run(&["-v", "--port", &format!("unix:{}", path.display())])
    }

    /// One module on standard input and output, and the DTE there.
    pub fn stdio() -> (Self, Dte) {
        let (mut simless, stdin, mut stdout) = Self::start(&["--port", "stdio"]);
        simless.ready = read_ready(&mut stdout);
        (simless, Dte::new(stdout, Some(Box::new(stdin))))
    }

    fn start(words: &[&str]) -> (Self, ChildStdin, ChildStdout) {
        let folder = tempfile::tempdir().unwrap();
        let mut child = simless(folder.path())
            .args(["run", "--json"])
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = child.stdout.take().unwrap();
        let stderr = Lines::of(child.stderr.take().unwrap());
        let simless = Self {
            child,
            ready: Value::Null,
            stderr,
            _folder: folder,
        };
        (simless, stdin, stdout)
    }

    /// The object of the ready line.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    pub fn address(&self, port: usize) -> &str {
        self.ready["ports"][port]["address"].as_str().unwrap()
    }

    pub fn link(&self, port: usize) -> PathBuf {
        self.ready["ports"][port]["link"].as_str().unwrap().into()
    }

    pub fn path(&self, port: usize) -> PathBuf {
        self.ready["ports"][port]["path"].as_str().unwrap().into()
    }

    /// A DTE at the TCP port with this number.
    pub fn connect(&self, port: usize) -> Dte {
        Dte::tcp(self.address(port))
    }

    /// A DTE at the socket file with this number.
    pub fn connect_unix(&self, port: usize) -> Dte {
        Dte::unix(&self.path(port))
    }

    /// A DTE at the PTY with this number.
    pub fn open(&self, port: usize) -> Dte {
        Dte::tty(&self.link(port))
    }

    /// The next line on stderr that contains `words`.
    pub fn expect_stderr(&mut self, words: &str) -> String {
        self.stderr.expect(words)
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until it has ended by itself.
    pub fn wait(mut self) -> Ended {
        let deadline = Instant::now() + DEADLINE;
        let stderr = self.stderr.rest();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Ended {
                    code: status.code(),
                    stderr,
                };
            }
            assert!(Instant::now() < deadline, "it does not end: {stderr}");
            // Its stderr is closed: it is on its way out.
            std::thread::yield_now();
        }
    }
}

impl Drop for Simless {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, with nothing of this machine's settings. `folder` is where its default links are.
pub fn simless(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simless"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SIMLESS_") {
            command.env_remove(name);
        }
    }
    command
        .env("XDG_RUNTIME_DIR", folder)
        .env_remove("NO_COLOR");
    command
}

/// One module on a pipe, with these words: what it answers to all of this, until it ends.
pub fn piped(words: &[&str], said: &[u8]) -> Vec<u8> {
    let (mut simless, stdin, stdout) = Simless::start(&[&["--port", "stdio"], words].concat());
    let mut dte = Dte::new(stdout, Some(Box::new(stdin)));
    dte.expect("\n");
    // It may answer before it has heard all of it.
    let mut writer = dte.writer();
    let said = said.to_vec();
    let writing = std::thread::spawn(move || writer.write_all(&said));
    let answers = dte.rest();
    writing.join().unwrap().unwrap();
    simless.stderr.rest();
    answers
}

/// Reads the ready line and not a byte more: what follows is the module's.
fn read_ready(stdout: &mut ChildStdout) -> Value {
    let mut line = Vec::new();
    let mut byte = [0];
    while byte != *b"\n" {
        stdout.read_exact(&mut byte).expect("no ready line");
        line.push(byte[0]);
    }
    serde_json::from_slice(&line).unwrap()
}

/// Lines that somebody else writes.
struct Lines {
    lines: Receiver<String>,
    seen: String,
}

impl Lines {
    fn of(reader: impl Read + Send + 'static) -> Self {
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            lines,
            seen: String::new(),
        }
    }

    fn expect(&mut self, words: &str) -> String {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with {words:?} in:\n{}", self.seen);
            };
            self.seen += &line;
            self.seen += "\n";
            if line.contains(words) {
                return line;
            }
        }
    }

    fn rest(&mut self) -> String {
        while let Ok(line) = self.lines.recv_timeout(DEADLINE) {
            self.seen += &line;
            self.seen += "\n";
        }
        std::mem::take(&mut self.seen)
    }
}
