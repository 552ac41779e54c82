//! A DTE: says bytes, expects bytes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags};
use rustix::fs::OFlags;

use super::DEADLINE;

/// A DTE somewhere. What it has read and not been asked for stays with it.
pub struct Dte {
    writer: Option<Box<dyn Write + Send>>,
    chunks: Receiver<Vec<u8>>,
    read: Vec<u8>,
    shutdown: Option<Box<dyn Fn(Shutdown)>>,
    line: Option<UnixStream>,
}

impl Dte {
    pub fn new(
        mut reader: impl Read + Send + 'static,
        writer: Option<Box<dyn Write + Send>>,
    ) -> Self {
        // Bounded: a DTE that is asked for nothing reads nothing, after these few.
        let (send, chunks) = sync_channel(4);
        std::thread::spawn(move || {
            let mut space = [0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut space) {
                if send.send(space[..n].to_vec()).is_err() {
                    break;
                }
            }
            // Before `send` is: who sees that closed relies on this.
            drop(reader);
        });
        Self {
            writer,
            chunks,
            read: Vec::new(),
            shutdown: None,
            line: None,
        }
    }

    pub fn tcp(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let writer = stream.try_clone().unwrap();
        let mut dte = Self::new(stream.try_clone().unwrap(), Some(Box::new(writer)));
        dte.shutdown = Some(Box::new(move |how| {
            // Of a connection that has gone there is nothing to shut down.
            let _ = stream.shutdown(how);
        }));
        dte
    }

    pub fn unix(path: &Path) -> Self {
        let stream = UnixStream::connect(path).unwrap();
        let writer = stream.try_clone().unwrap();
        let mut dte = Self::new(stream.try_clone().unwrap(), Some(Box::new(writer)));
        dte.shutdown = Some(Box::new(move |how| {
            let _ = stream.shutdown(how);
        }));
        dte
    }

    /// Opens a terminal as it is: its settings are the program's task.
    pub fn tty(path: &Path) -> Self {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits().cast_signed())
            .open(path)
            .unwrap();
        Self::terminal(file)
    }

    /// Either end of a terminal.
    pub fn terminal(file: File) -> Self {
        let (here, there) = UnixStream::pair().unwrap();
        let reader = TtyReader {
            tty: file.try_clone().unwrap(),
            hung_up: there,
        };
        let mut dte = Self::new(reader, Some(Box::new(file)));
        dte.line = Some(here);
        dte
    }

    pub fn say(&mut self, bytes: impl AsRef<[u8]>) {
        self.writer
            .as_mut()
            .expect("this one has said its last byte")
            .write_all(bytes.as_ref())
            .unwrap();
    }

    /// Reads until these bytes have come; gives everything before them.
    pub fn expect(&mut self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let bytes = bytes.as_ref();
        let deadline = Instant::now() + DEADLINE;
        let mut searched = 0;
        loop {
            let found = self.read[searched..]
                .windows(bytes.len())
                .position(|window| window == bytes);
            if let Some(at) = found {
                let mut before: Vec<u8> = self.read.drain(..searched + at + bytes.len()).collect();
                before.truncate(searched + at);
                return before;
            }
            searched = self.read.len().saturating_sub(bytes.len() - 1);
            if !self.read_more(deadline) {
                panic!(
                    "{:?} did not come, but {:?}",
                    String::from_utf8_lossy(bytes),
                    String::from_utf8_lossy(&self.read)
                );
            }
        }
    }

    /// Says a command line; expects OK, and gives what came before it.
    pub fn ok(&mut self, line: &str) -> String {
        self.say(format!("{line}\r"));
        let before = self.expect("\r\nOK\r\n");
        String::from_utf8_lossy(&before).into_owned()
    }

    /// Exactly so many bytes.
    pub fn take(&mut self, count: usize) -> Vec<u8> {
        let deadline = Instant::now() + DEADLINE;
        while self.read.len() < count {
            assert!(
                self.read_more(deadline),
                "{} bytes of {count} came",
                self.read.len()
            );
        }
        self.read.drain(..count).collect()
    }

    /// Everything until the module's side is closed.
    pub fn rest(&mut self) -> Vec<u8> {
        let deadline = Instant::now() + DEADLINE;
        while self.read_more(deadline) {}
        assert!(Instant::now() < deadline, "its side is not closed");
        std::mem::take(&mut self.read)
    }

    /// Sends no more and reads on.
    pub fn end_input(&mut self) {
        self.writer = None;
        if let Some(shutdown) = &self.shutdown {
            shutdown(Shutdown::Write);
        }
    }

    /// Hands its writing side over, to write while it reads.
    pub fn writer(&mut self) -> Box<dyn Write + Send> {
        self.writer.take().unwrap()
    }

    /// Closes everything it has.
    pub fn hang_up(mut self) {
        self.writer = None;
        self.line = None;
        if let Some(shutdown) = self.shutdown.take() {
            shutdown(Shutdown::Both);
        }
        // The reader has closed its file when its channel is closed.
        while self.chunks.recv_timeout(DEADLINE).is_ok() {}
    }

    /// Whether more came; not: its end.
    fn read_more(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.chunks.recv_timeout(left) {
            Ok(chunk) => {
                self.read.extend(chunk);
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }
}

/// Reads a terminal until its DTE hangs up: nothing else ends a read that waits there.
struct TtyReader {
    tty: File,
    hung_up: UnixStream,
}

impl Read for TtyReader {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let mut both = [
            PollFd::new(&self.tty, PollFlags::IN),
            PollFd::new(&self.hung_up, PollFlags::IN),
        ];
        rustix::event::poll(&mut both, None)?;
        match both[1].revents().is_empty() {
            true => self.tty.read(space),
            false => Ok(0),
        }
    }
}
