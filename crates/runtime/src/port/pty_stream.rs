//! The bytes of a PTY, seen from its master side.

use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::io::Errno;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Dte;
use super::polled::poll_writev;
use super::presence::Visitors;

/// The line between the module and whoever opens the slave.
pub(super) struct Line {
    pub(super) master: AsyncFd<OwnedFd>,
    pub(super) visitors: Arc<Visitors>,
}

/// One DTE's stay on the line.
pub(super) struct PtyStream {
    line: Arc<Line>,
}

impl PtyStream {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line }
    }
}

impl Dte for PtyStream {
    /// Who has closed a terminal cannot read from it.
    fn listens_on(&self) -> bool {
        false
    }
}

impl AsyncRead for PtyStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let master = &self.line.master;
        loop {
            let read = match master.poll_read_ready(cx) {
                Poll::Ready(ready) => {
                    match ready?.try_io(|fd| read(fd.get_ref(), buf.initialize_unfilled())) {
                        Ok(read) => read,
                        Err(_would_block) => continue,
                    }
                }
                // The news that it left can be here before the news of its last bytes.
                Poll::Pending if self.line.visitors.have_left() => {
                    match read(master.get_ref(), buf.initialize_unfilled()) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                            self.line.visitors.have_ended();
                            Ok(0)
                        }
                        read => read,
                    }
                }
                Poll::Pending => return Poll::Pending,
            };
            return Poll::Ready(read.map(|n| buf.advance(n)));
        }
    }
}

impl AsyncWrite for PtyStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        poll_writev(&self.line.master, cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Reads from the master. EIO means that nobody has the slave open, not even we, as after somebody
/// else's `vhangup`: nothing to read until somebody opens it.
fn read(master: &OwnedFd, space: &mut [u8]) -> io::Result<usize> {
    match rustix::io::read(master, space) {
        Ok(n) => Ok(n),
        Err(Errno::IO) => Err(io::ErrorKind::WouldBlock.into()),
        Err(error) => Err(error.into()),
    }
}
