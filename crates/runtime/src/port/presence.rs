//! Whether a DTE has the slave side of a PTY open: a PTY has no modem line that would tell.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::polled::polled;
use super::pty_stream::Line;

/// Counts who opens and who closes the slave.
pub(super) struct Presence {
    inotify: AsyncFd<OwnedFd>,
    slave: i32,
}

impl Presence {
    /// Counts from now on.
    pub(super) fn watch(slave: &Path) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let mask = WatchFlags::OPEN | WatchFlags::CLOSE_WRITE | WatchFlags::CLOSE_NOWRITE;
        // inotify makes one of equal events in a row, so two DTEs opening at once would count as
        // one, and the first to leave as the last. The folder's events stand between them.
        if let Some(folder) = slave.parent() {
            let _ = inotify::add_watch(&inotify, folder, mask);
        }
        let slave = inotify::add_watch(&inotify, slave, mask)?;
        let inotify = polled(inotify, Interest::READABLE).map_err(|(_, error)| error)?;
        Ok(Self { inotify, slave })
    }

    /// Brings the line up to date; whether the last one left.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, line: &Line) -> bool {
        let mut left = false;
        while let Poll::Ready(Ok(mut ready)) = self.inotify.poll_read_ready(cx) {
            let drained = ready.try_io(|inotify| -> io::Result<()> {
                let mut space = [MaybeUninit::uninit(); 2048];
                let mut events = Reader::new(inotify.get_ref(), &mut space);
                loop {
                    let event = events.next()?;
                    if event.wd() == self.slave {
                        left |= count(line, event.events());
                    }
                }
            });
            if let Ok(Err(_)) = drained {
                break;
            }
        }
        left
    }
}

/// Whether the last one left.
fn count(line: &Line, what: ReadFlags) -> bool {
    let openers = line.openers.load(Ordering::Relaxed);
    if what.contains(ReadFlags::OPEN) {
        line.openers.store(openers + 1, Ordering::Relaxed);
        return false;
    }
    if !what.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
        return false;
    }
    line.openers
        .store(openers.saturating_sub(1), Ordering::Relaxed);
    if openers <= 1 {
        line.left.store(true, Ordering::Relaxed);
    }
    openers <= 1
}
