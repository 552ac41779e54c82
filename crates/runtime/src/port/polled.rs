//! Files that say when they are ready.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd};
use std::task::{Context, Poll, ready};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers a file with the runtime; an error gives it back.
///
/// tokio prefers an `unsafe` function for this, whose caller promises that the descriptor stays
/// the same as long as the value lives. Every type given here owns its one descriptor.
#[allow(
    deprecated,
    reason = "the successor is unsafe, and unsafe is forbidden here"
)]
pub(super) fn polled<T: AsRawFd>(
    file: T,
    interest: Interest,
) -> Result<AsyncFd<T>, (T, io::Error)> {
    AsyncFd::try_with_interest(file, interest).map_err(|error| error.into_parts())
}

/// One read, when the file has something.
pub(super) fn poll_read<T: AsFd + AsRawFd>(
    file: &AsyncFd<T>,
    cx: &mut Context<'_>,
    space: &mut [u8],
) -> Poll<io::Result<usize>> {
    loop {
        let mut ready = ready!(file.poll_read_ready(cx))?;
        if let Ok(read) = ready.try_io(|file| Ok(rustix::io::read(file.get_ref(), &mut *space)?)) {
            return Poll::Ready(read);
        }
    }
}

/// One vectored write, when the file takes some.
pub(super) fn poll_writev<T: AsFd + AsRawFd>(
    file: &AsyncFd<T>,
    cx: &mut Context<'_>,
    slices: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    loop {
        let mut ready = ready!(file.poll_write_ready(cx))?;
        if let Ok(written) = ready.try_io(|file| Ok(rustix::io::writev(file.get_ref(), slices)?)) {
            return Poll::Ready(written);
        }
    }
}
