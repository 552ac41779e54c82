//! One DTE of thousands.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::dialogue::Dialogue;
use crate::pattern::Pattern;

/// So many payloads of a stream are under way at once.
const WINDOW: usize = 4;

const SPACE: usize = 8 * 1024;

pub(crate) struct Dte {
    stream: TcpStream,
    pattern: Arc<Pattern>,
    dialogue: Dialogue,
    space: Vec<u8>,
    /// Bytes of the pattern that were sent, and that came back.
    sent: usize,
    came: usize,
    sends: usize,
}

impl Dte {
    /// At a module, without echo and with headers.
    pub(crate) async fn connect(place: &str, pattern: Arc<Pattern>) -> io::Result<Self> {
        let stream = TcpStream::connect(place).await?;
        stream.set_nodelay(true)?;
        let mut dte = Self {
            stream,
            pattern,
            dialogue: Dialogue::default(),
            space: vec![0; SPACE],
            sent: 0,
            came: 0,
            sends: 0,
        };
        dte.converse("ATE0\r", "ATE0\r\r\nOK\r\n").await?;
        dte.converse("AT+CIPHEAD=1\r", "\r\nOK\r\n").await?;
        Ok(dte)
    }

    /// From CIPSTART to CONNECT OK.
    pub(crate) async fn open_link(mut self, server: SocketAddr) -> io::Result<Self> {
        let (ip, port) = (server.ip(), server.port());
        let start = format!("AT+CIPSTART=\"TCP\",\"{ip}\",{port}\r");
        self.converse(&start, "\r\nOK\r\n\r\nCONNECT OK\r\n")
            .await?;
        Ok(self)
    }

    pub(crate) async fn close_link(mut self) -> io::Result<Self> {
        self.converse("AT+CIPCLOSE\r", "\r\nOK\r\n").await?;
        Ok(self)
    }

    async fn converse(&mut self, say: &str, expect: &str) -> io::Result<()> {
        self.stream.write_all(say.as_bytes()).await?;
        let answer = &mut self.space[..expect.len()];
        self.stream.read_exact(answer).await?;
        match answer == expect.as_bytes() {
            true => Ok(()),
            false => Err(io::Error::other(format!(
                "a module answered {:?} to {say:?}",
                String::from_utf8_lossy(answer)
            ))),
        }
    }

    /// One message after the other until the end; gives when each was back, and after how many
    /// microseconds.
    pub(crate) async fn trips(
        mut self,
        length: usize,
        end: Instant,
    ) -> io::Result<(Self, Vec<(Instant, u32)>)> {
        let mut trips = Vec::new();
        loop {
            let start = Instant::now();
            if start >= end {
                return Ok((self, trips));
            }
            self.send(length).await?;
            while self.is_under_way() {
                self.receive().await?;
            }
            let now = Instant::now();
            let micros = now.duration_since(start).as_micros();
            trips.push((now, u32::try_from(micros).unwrap_or(u32::MAX)));
        }
    }

    /// Several messages under way until the end; gives how many bytes came back between `begin`
    /// and `end`.
    pub(crate) async fn stream(
        mut self,
        length: usize,
        begin: Instant,
        end: Instant,
    ) -> io::Result<(Self, usize)> {
        let mut counted = 0;
        loop {
            let is_over = Instant::now() >= end;
            while !is_over && self.sent - self.came < WINDOW * length {
                self.send(length).await?;
            }
            if !self.is_under_way() {
                return Ok((self, counted));
            }
            let before = self.came;
            self.receive().await?;
            if (begin..end).contains(&Instant::now()) {
                counted += self.came - before;
            }
        }
    }

    /// The payload stands right behind its command: a prompt that is waited for would measure how
    /// long this side takes to wake up.
    async fn send(&mut self, length: usize) -> io::Result<()> {
        let mut message = format!("AT+CIPSEND={length}\r").into_bytes();
        message.extend_from_slice(self.pattern.at(self.sent, length));
        self.stream.write_all(&message).await?;
        self.sent += length;
        self.sends += 1;
        Ok(())
    }

    fn is_under_way(&self) -> bool {
        self.came < self.sent || self.dialogue.oks < self.sends
    }

    async fn receive(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.space).await?;
        if read == 0 {
            return Err(io::Error::other("a module sent its DTE away"));
        }
        let (pattern, came) = (&self.pattern, &mut self.came);
        self.dialogue.take(&self.space[..read], |data| {
            if data != pattern.at(*came, data.len()) {
                return Err(io::Error::other(format!("wrong data behind byte {came}")));
            }
            *came += data.len();
            Ok(())
        })?;
        match self.came <= self.sent && self.dialogue.prompts <= self.sends {
            true => Ok(()),
            false => Err(io::Error::other("more came back than was sent")),
        }
    }
}
