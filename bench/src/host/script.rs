//! The far end of the pair: what a module would say, with nothing behind it.

use std::io::{self, IoSlice, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use super::{Job, PATIENCE, SPACE};
use crate::dte::{CIPSEND, OK, PAYLOAD, PROMPT};

/// Before each block.
pub(crate) const HEADER: &[u8] = b"\r\n+IPD:1460\r\n";

/// The most blocks in one write: what the application has room for.
pub(crate) const MOST: usize = SPACE / (HEADER.len() + PAYLOAD);

pub(super) struct Script(UnixStream);

impl Script {
    pub(super) fn new(far: UnixStream) -> io::Result<Self> {
        far.set_read_timeout(Some(PATIENCE))?;
        far.set_write_timeout(Some(PATIENCE))?;
        Ok(Self(far))
    }

    /// Answers the driver until it has its connection.
    pub(super) fn connect(&mut self) -> io::Result<()> {
        loop {
            let mut line = Vec::new();
            while line.last() != Some(&b'\r') {
                let mut byte = [0];
                self.0.read_exact(&mut byte)?;
                line.extend(byte);
            }
            self.0.write_all(answer(&line))?;
            if line.starts_with(b"AT+CIPSTART") {
                return Ok(());
            }
        }
    }

    /// Sends blocks, so many with each write, with their headers or without.
    pub(super) fn stream(&mut self, job: &Job<'_>, at_once: usize, headed: bool) -> io::Result<()> {
        let mut number = 0;
        while number < job.blocks {
            let mut slices = [IoSlice::new(b""); 2 * MOST];
            let mut count = 0;
            for _ in 0..at_once.min(job.blocks - number).min(MOST) {
                if headed {
                    slices[count] = IoSlice::new(HEADER);
                    count += 1;
                }
                slices[count] = IoSlice::new(job.block(number));
                count += 1;
                number += 1;
            }
            self.write(&mut slices[..count])?;
        }
        // What is missing now was lost; nobody shall wait for it.
        self.0.shutdown(Shutdown::Write)
    }

    fn write(&mut self, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        while !slices.is_empty() {
            let written = self.0.write_vectored(slices)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            IoSlice::advance_slices(&mut slices, written);
        }
        Ok(())
    }

    /// Gives each command its prompt, and each payload its OK.
    pub(super) fn take_sends(&mut self, job: &Job<'_>) -> io::Result<()> {
        let mut check = job.pattern.check();
        for _ in 0..job.blocks {
            let mut command = [0; CIPSEND.len()];
            self.0.read_exact(&mut command)?;
            if command != CIPSEND {
                let said = String::from_utf8_lossy(&command);
                return Err(io::Error::other(format!("{said:?} is no AT+CIPSEND=1460")));
            }
            self.0.write_all(PROMPT)?;
            let mut payload = [0; PAYLOAD];
            self.0.read_exact(&mut payload)?;
            check.take(&payload)?;
            self.0.write_all(OK)?;
        }
        Ok(())
    }
}

/// What a module without echo answers on the way to a connection.
pub(crate) fn answer(line: &[u8]) -> &'static [u8] {
    match line {
        b"AT+CIPSTATUS\r" => b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
        b"AT+CPIN?\r" => b"\r\n+CPIN:READY\r\n\r\nOK\r\n",
        b"AT+CREG?\r" => b"\r\n+CREG: 1,1\r\n\r\nOK\r\n",
        CIPSEND => PROMPT,
        line if line.starts_with(b"AT+CIPSTART") => b"\r\nOK\r\n\r\nCONNECT OK\r\n",
        _ => OK,
    }
}
