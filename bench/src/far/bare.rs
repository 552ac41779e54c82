//! A PTY whose far end answers each read at once.

use crate::dte::OK;
use crate::pty::Pty;

/// Until the program ends, or the terminal fails; then the DTE misses its answers and says so.
pub(super) fn run(pty: &Pty) {
    let mut space = [0; 4096];
    while rustix::io::read(&pty.master, &mut space).is_ok_and(|read| read > 0) {
        if rustix::io::write(&pty.master, OK).is_err() {
            break;
        }
    }
}
