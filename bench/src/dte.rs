//! The DTE: one thread with blocking reads and writes on its end of a port.

mod answers;
mod blocks;

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::pattern::{MAX_PIECE, Pattern};
use crate::pty::open_slave;
use answers::Answers;
use blocks::Blocks;

/// Tenths of a second. Silence of this length means that bytes were lost.
const PATIENCE: u8 = 50;

/// What one `AT+CIPSEND` carries: the default profile's limit (guide G5.6).
pub(crate) const PAYLOAD: usize = 1460;
/// What precedes it.
pub(crate) const CIPSEND: &[u8] = b"AT+CIPSEND=1460\r";
pub(crate) const PROMPT: &[u8] = b"\r\n> ";
pub(crate) const OK: &[u8] = b"\r\nOK\r\n";

/// How many dialogues are under way when the DTE waits for nothing. Their answers must fit into a
/// PTY's buffer, since the DTE does not read them while it writes.
const WINDOW: usize = 16;

/// How a DTE goes from one `AT+CIPSEND` to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// It sends command and payload in one write, and has several of them under way.
    Pipelined,
    /// It waits for the prompt, then for OK.
    Waiting,
}

pub(crate) struct Dte {
    from: File,
    to: File,
    space: Vec<u8>,
}

impl Dte {
    /// At the slave of a PTY.
    pub(crate) fn open(slave: &Path) -> io::Result<Self> {
        Self::on(open_slave(slave, 0, PATIENCE)?)
    }

    /// At a TCP port.
    pub(crate) fn call(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience()))?;
        Self::on(stream.into())
    }

    /// At a socket file.
    pub(crate) fn on_unix(stream: UnixStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(patience()))?;
        Self::on(stream.into())
    }

    /// At the standard input and output of another program. It waits for ever: pipes know no
    /// patience, and the whole run is bounded.
    pub(crate) fn on_pipes(from: OwnedFd, to: OwnedFd) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            space: vec![0; MAX_PIECE],
        }
    }

    fn on(line: OwnedFd) -> io::Result<Self> {
        Ok(Self::on_pipes(line.try_clone()?, line))
    }

    /// Says something, and expects exactly this in return.
    pub(crate) fn converse(&mut self, line: &[u8], answer: &[u8]) -> io::Result<()> {
        self.to.write_all(line)?;
        let mut got = 0;
        while got < answer.len() {
            let read = self.read()?;
            let expected = answer.get(got..got + read.len()).unwrap_or_default();
            if read != expected {
                return Err(io::Error::other(format!(
                    "after {:?} came {:?} where {:?} was due",
                    String::from_utf8_lossy(line),
                    String::from_utf8_lossy(read),
                    String::from_utf8_lossy(&answer[got..]),
                )));
            }
            got += read.len();
        }
        Ok(())
    }

    /// Receives so many bytes of the pattern, as they are or in blocks with headers.
    pub(crate) fn receive(
        &mut self,
        pattern: &Pattern,
        bytes: usize,
        headed: bool,
    ) -> io::Result<()> {
        let mut check = pattern.check();
        let mut blocks = Blocks::default();
        while check.position() < bytes {
            let position = check.position();
            let read = self.read().map_err(|error| {
                io::Error::other(format!("the DTE got {position} of {bytes} bytes: {error}"))
            })?;
            match headed {
                true => blocks.take(read, |payload| check.take(payload))?,
                false => check.take(read)?,
            }
        }
        match check.position() == bytes && blocks.is_whole() {
            true => Ok(()),
            false => Err(io::Error::other("the DTE got more than was sent")),
        }
    }

    /// Sends so many bytes of the pattern as they are, in writes of 64 KiB.
    pub(crate) fn send(&mut self, pattern: &Pattern, bytes: usize) -> io::Result<()> {
        let mut sent = 0;
        while sent < bytes {
            let piece = pattern.at(sent, MAX_PIECE.min(bytes - sent));
            self.to.write_all(piece)?;
            sent += piece.len();
        }
        Ok(())
    }

    /// Sends the pattern by so many dialogues.
    pub(crate) fn send_by_dialogues(
        &mut self,
        pattern: &Pattern,
        dialogues: usize,
        pace: Pace,
    ) -> io::Result<()> {
        match pace {
            Pace::Pipelined => self.pipeline(pattern, dialogues),
            Pace::Waiting => (0..dialogues).try_for_each(|number| {
                self.converse(CIPSEND, PROMPT)?;
                self.converse(pattern.at(number * PAYLOAD, PAYLOAD), OK)
            }),
        }
    }

    fn pipeline(&mut self, pattern: &Pattern, dialogues: usize) -> io::Result<()> {
        let mut dialogue = [CIPSEND, &[0; PAYLOAD]].concat();
        let mut answers = Answers::default();
        for number in 0..dialogues {
            while number - answers.whole() >= WINDOW {
                answers.take(self.read()?)?;
            }
            dialogue[CIPSEND.len()..].copy_from_slice(pattern.at(number * PAYLOAD, PAYLOAD));
            self.to.write_all(&dialogue)?;
        }
        while answers.whole() < dialogues {
            answers.take(self.read()?)?;
        }
        Ok(())
    }

    /// From `AT` to OK.
    pub(crate) fn round_trip(&mut self) -> io::Result<()> {
        self.converse(b"AT\r", OK)
    }

    fn read(&mut self) -> io::Result<&[u8]> {
        match self.from.read(&mut self.space) {
            Ok(read) if read > 0 => Ok(&self.space[..read]),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Err(io::Error::other("nothing came for 5 s, or the line ended")),
        }
    }
}

fn patience() -> Duration {
    Duration::from_millis(100) * u32::from(PATIENCE)
}
