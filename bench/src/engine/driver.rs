//! The driver alone, and as adapters have it: with its buffers.

use std::hint::black_box;
use std::io;

use simless_driver::{Driver, Event, News, Session, Target, Todo};

use super::{NOW, WRITE};
use crate::dte::{OK, PAYLOAD};
use crate::host::{HEADER, SPACE, answer, peer, settings};

/// A received block, as a module prints it.
const BLOCK: usize = HEADER.len() + PAYLOAD;

/// What a module prints of received data, again and again.
pub(super) fn blocks() -> Vec<u8> {
    [HEADER, &[0x55; PAYLOAD]].concat().repeat(10)
}

/// So many blocks, in the pieces that a PTY gives.
fn pieces(printed: &[u8], blocks: usize) -> impl Iterator<Item = &[u8]> {
    let mut given = 0;
    std::iter::from_fn(move || {
        let from = given % printed.len();
        let n = WRITE.min(printed.len() - from).min(blocks * BLOCK - given);
        given += n;
        (n > 0).then(|| black_box(&printed[from..from + n]))
    })
}

/// A driver with a connection.
pub(super) struct DriverAlone {
    driver: Driver,
    printed: Vec<u8>,
}

impl DriverAlone {
    pub(super) fn start() -> io::Result<Self> {
        let mut driver = Driver::new(settings()?);
        let target = Target::tcp(peer()?, 7);
        driver.connect(target, NOW).map_err(|_| wrong())?;
        while !driver.is_connected() {
            let line = driver.uart_output(&[]).to_vec();
            driver.uart_written(line.len(), NOW);
            if line.is_empty() {
                return Err(wrong());
            }
            hear(&mut driver, answer(&line));
        }
        let printed = blocks();
        Ok(Self { driver, printed })
    }

    pub(super) fn receive(&mut self, blocks: usize) -> io::Result<()> {
        let pieces = pieces(&self.printed, blocks);
        let got: usize = pieces.map(|piece| hear(&mut self.driver, piece).0).sum();
        match got == blocks * PAYLOAD {
            true => Ok(()),
            false => Err(wrong()),
        }
    }

    pub(super) fn send(&mut self, blocks: usize) -> io::Result<()> {
        let payload = black_box([0x55; PAYLOAD]);
        for _ in 0..blocks {
            self.driver.send(&payload, NOW).map_err(|_| wrong())?;
            let mut sent = 0;
            while sent == 0 {
                let output = black_box(self.driver.uart_output(&payload));
                let answer = match output.len() {
                    0 => return Err(wrong()),
                    PAYLOAD => OK,
                    _ => answer(output),
                };
                self.driver.uart_written(output.len(), NOW);
                sent = hear(&mut self.driver, answer).1;
            }
        }
        Ok(())
    }
}

/// Hands over what a module said; gives how many bytes were received and how many were accepted.
fn hear(driver: &mut Driver, mut rx: &[u8]) -> (usize, usize) {
    let (mut got, mut accepted) = (0, 0);
    loop {
        let taken = driver.handle_uart(rx, NOW);
        let is_over = rx.is_empty() && taken.news.is_none();
        rx = &rx[taken.used..];
        if let Some(News::Data { bytes, .. }) = taken.news {
            got += black_box(bytes).len();
        }
        while let Some(event) = driver.poll_event() {
            if let Event::Sent(length) = event {
                accepted += usize::from(length);
            }
        }
        if is_over {
            return (got, accepted);
        }
    }
}

/// A session with a connection.
pub(super) struct SessionAlone {
    session: Session<SPACE, PAYLOAD>,
    printed: Vec<u8>,
    /// What the module has said and nobody has read.
    said: &'static [u8],
}

impl SessionAlone {
    pub(super) fn start() -> io::Result<Self> {
        let mut alone = Self {
            session: Session::new(settings()?),
            printed: blocks(),
            said: b"",
        };
        let target = Target::tcp(peer()?, 7);
        alone.session.begin();
        let connected = alone.drive(|session| session.connect(&target))?;
        connected.map_err(|_| wrong())?;
        Ok(alone)
    }

    pub(super) fn receive(&mut self, blocks: usize) -> io::Result<()> {
        let mut into = [0; SPACE];
        let mut got = 0;
        for piece in pieces(&self.printed, blocks) {
            self.session.step(NOW);
            let Todo::Read { space, .. } = self.session.todo() else {
                return Err(wrong());
            };
            // A port's work, and counted nevertheless.
            space[..piece.len()].copy_from_slice(piece);
            self.session.filled(piece.len());
            self.session.step(NOW);
            if let Some(Ok(n)) = self.session.read(&mut into) {
                got += black_box(&into[..n]).len();
            }
        }
        match got == blocks * PAYLOAD {
            true => Ok(()),
            false => Err(wrong()),
        }
    }

    pub(super) fn send(&mut self, blocks: usize) -> io::Result<()> {
        let payload = black_box([0x55; PAYLOAD]);
        for _ in 0..blocks {
            match self.session.write(&payload) {
                Some(Ok(PAYLOAD)) => {}
                _ => return Err(wrong()),
            }
            let flushed = self.drive(Session::flush)?;
            flushed.map_err(|_| wrong())?;
        }
        Ok(())
    }

    /// What an adapter does around a port and a clock.
    fn drive<A>(
        &mut self,
        mut question: impl FnMut(&mut Session<SPACE, PAYLOAD>) -> Option<A>,
    ) -> io::Result<A> {
        self.session.resume(NOW);
        loop {
            self.session.step(NOW);
            if let Some(answer) = question(&mut self.session) {
                return Ok(answer);
            }
            match self.session.todo() {
                Todo::Write { bytes, .. } => {
                    let bytes = black_box(bytes);
                    self.said = match bytes.len() {
                        PAYLOAD => OK,
                        _ => answer(bytes),
                    };
                    let n = bytes.len();
                    self.session.written(n, NOW);
                }
                Todo::Read { space, .. } => {
                    let n = self.said.len();
                    if n == 0 {
                        return Err(wrong());
                    }
                    space[..n].copy_from_slice(self.said);
                    self.said = b"";
                    self.session.filled(n);
                }
            }
        }
    }
}

pub(super) fn wrong() -> io::Error {
    io::Error::other("the driver does something else")
}
