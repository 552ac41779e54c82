//! A far end that answers each read at once.

use std::io;
use std::os::fd::AsFd;
use std::thread;

use super::Line;
use crate::cores::{self, Side};
use crate::dte::{Dte, OK};
use crate::pty::Pty;

/// At a PTY.
pub(super) fn start() -> io::Result<Line> {
    let pty = Pty::open()?;
    let dte = Dte::open(&pty.path)?;
    run(pty.master)?;
    Ok(Line::new(dte, None, pty.slave))
}

/// Until the program ends, or the line fails; then the DTE misses its answers and says so.
pub(super) fn run(line: impl AsFd + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name("bare".into()).spawn(move || {
        // Unbound it only answers at another pace.
        let _ = cores::bind(Side::Measured);
        let mut space = [0; 4096];
        while rustix::io::read(&line, &mut space).is_ok_and(|read| read > 0) {
            if rustix::io::write(&line, OK).is_err() {
                break;
            }
        }
    })?;
    Ok(())
}
