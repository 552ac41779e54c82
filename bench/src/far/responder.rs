//! A trivial responder: it knows how many bytes a command and a payload have, and nothing else.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Line, connect};
use crate::dte::{CIPSEND, Dte, OK, PAYLOAD, PROMPT};
use crate::pty::{Master, Pty};
use crate::server::Server;

const SPACE: usize = 64 * 1024;

/// At a PTY, with a connection to the server.
pub(super) fn start(server: &Server) -> io::Result<Line> {
    let pty = Pty::open()?;
    let dte = Dte::open(&pty.path)?;
    let stream = connect(server.address()?)?;
    super::run("responder", move || async move {
        let _held_open = pty.slave;
        run(Master::new(pty.master)?, TcpStream::from_std(stream)?).await
    })?;
    Ok(Line::new(dte, Some(server.accept()?), ()))
}

async fn run(mut master: Master, mut stream: TcpStream) -> io::Result<()> {
    let mut space = vec![0; SPACE];
    let mut dialogue = Dialogue::default();
    loop {
        let read = master.read(&mut space).await?;
        dialogue.take(&space[..read]);
        if dialogue.answers.is_empty() {
            continue;
        }
        // As the module does: what is OK was handed over before.
        stream.write_all(&dialogue.payload).await?;
        master.write_all(&dialogue.answers).await?;
        dialogue.payload.clear();
        dialogue.answers.clear();
    }
}

#[derive(Default)]
struct Dialogue {
    /// How far into command and payload the DTE is.
    position: usize,
    payload: Vec<u8>,
    answers: Vec<u8>,
}

impl Dialogue {
    fn take(&mut self, mut read: &[u8]) {
        while !read.is_empty() {
            let is_command = self.position < CIPSEND.len();
            let end = match is_command {
                true => CIPSEND.len(),
                false => CIPSEND.len() + PAYLOAD,
            };
            let (now, later) = read.split_at(read.len().min(end - self.position));
            read = later;
            self.position += now.len();
            if !is_command {
                self.payload.extend_from_slice(now);
            }
            if self.position == end {
                let answer = if is_command { PROMPT } else { OK };
                self.answers.extend_from_slice(answer);
            }
            self.position %= CIPSEND.len() + PAYLOAD;
        }
    }
}
