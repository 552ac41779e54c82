//! An application that blocks: at the driver's blocking adapter, or at the socket.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant as Clock};

use embedded_io::{ErrorType, Read as _, Write as _};
use simless_driver::adapter::blocking::Modem;
use simless_driver::{Instant, Target};

use super::{Job, PATIENCE, SPACE, Way, ended, failed, peer, settings};
use crate::dte::{CIPSEND, OK, PAYLOAD, PROMPT};

/// A socket as the adapter wants a port: its read comes back after a moment.
struct Port(UnixStream);

impl ErrorType for Port {
    type Error = io::Error;
}

impl embedded_io::Read for Port {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

impl embedded_io::Write for Port {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn driver(near: UnixStream, job: &Job<'_>) -> io::Result<()> {
    near.set_read_timeout(Some(Duration::from_millis(100)))?;
    let start = Clock::now();
    let clock = move || {
        let micros = u64::try_from(start.elapsed().as_micros());
        Instant::from_micros(micros.unwrap_or(u64::MAX))
    };
    let mut modem = Modem::<_, _, SPACE, PAYLOAD>::new(Port(near), clock, settings()?);
    let mut link = modem.connect(&Target::tcp(peer()?, 7)).map_err(failed)?;
    job.ready.wait();
    match job.way {
        Way::Receive { .. } => receive(job, |space| link.read(space).map_err(failed)),
        Way::Send => (0..job.blocks).try_for_each(|number| {
            link.write_all(job.block(number)).map_err(failed)?;
            link.flush().map_err(failed)
        }),
    }
}

pub(super) fn raw(mut near: UnixStream, job: &Job<'_>) -> io::Result<()> {
    near.set_read_timeout(Some(PATIENCE))?;
    job.ready.wait();
    match job.way {
        Way::Receive { .. } => receive(job, |space| near.read(space)),
        Way::Send => (0..job.blocks).try_for_each(|number| {
            near.write_all(CIPSEND)?;
            expect(&mut near, PROMPT)?;
            near.write_all(job.block(number))?;
            expect(&mut near, OK)
        }),
    }
}

fn receive(job: &Job<'_>, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<()> {
    let mut space = vec![0; SPACE];
    let mut check = job.pattern.check();
    while check.position() < job.bytes() {
        match read(&mut space)? {
            0 => return Err(ended(check.position(), job)),
            n => check.take(&space[..n])?,
        }
    }
    Ok(())
}

fn expect(near: &mut UnixStream, answer: &[u8]) -> io::Result<()> {
    let mut said = [0; OK.len()];
    let said = &mut said[..answer.len()];
    near.read_exact(said)?;
    match said == answer {
        true => Ok(()),
        false => Err(io::Error::other("the script answers something else")),
    }
}
