//! The bytes of standard input and output.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::fs::OFlags;
use rustix::io::Errno;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::Dte;
use super::polled::{poll_read, poll_writev, polled};

/// The key that leaves, Ctrl-]: as in telnet, since a terminal in raw mode passes Ctrl-C on.
const LEAVE: u8 = 0x1D;

/// An end of standard input and output that does not wait.
pub(super) enum Opened {
    /// An open file of our own.
    Anew(OwnedFd),
    /// One that others have, too; it gets its flags back.
    Shared { fd: OwnedFd, before: OFlags },
}

impl AsFd for Opened {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd().as_fd()
    }
}

impl AsRawFd for Opened {
    fn as_raw_fd(&self) -> RawFd {
        self.fd().as_raw_fd()
    }
}

impl Opened {
    fn fd(&self) -> &OwnedFd {
        match self {
            Self::Anew(fd) | Self::Shared { fd, .. } => fd,
        }
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Self::Shared { fd, before } = self {
            let _ = rustix::fs::fcntl_setfl(fd, *before);
        }
    }
}

/// One of the two.
pub(super) enum End {
    /// Says when it is ready.
    Polled(AsyncFd<Opened>),
    /// Is always ready, and so cannot be waited for: a file, `/dev/null`.
    Ready(Opened),
}

impl End {
    pub(super) fn open(fd: Opened, interest: Interest) -> io::Result<Self> {
        match polled(fd, interest) {
            Ok(polled) => Ok(Self::Polled(polled)),
            Err((fd, error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                Ok(Self::Ready(fd))
            }
            Err((_, error)) => Err(error),
        }
    }
}

/// A DTE on standard input and output.
pub(super) struct StdioStream {
    input: End,
    output: End,
    terminal: bool,
    left: bool,
}

impl StdioStream {
    pub(super) fn new(input: End, output: End, terminal: bool) -> Self {
        Self {
            input,
            output,
            terminal,
            left: false,
        }
    }
}

impl Dte for StdioStream {
    /// `printf 'AT\r' | simless run --port stdio` waits for the answer; who leaves by the key does
    /// not.
    fn listens_on(&self) -> bool {
        !self.left
    }

    /// The reader of a pipe may leave (`simless run --port stdio | head -1`), and a terminal be
    /// closed; a full disk is no way to leave.
    fn fails_by(&self, error: &io::Error) -> bool {
        match Errno::from_io_error(error) {
            Some(Errno::PIPE | Errno::CONNRESET) => false,
            Some(Errno::IO) => !self.terminal,
            _ => true,
        }
    }
}

impl AsyncRead for StdioStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left {
            return Poll::Ready(Ok(()));
        }
        let space = buf.initialize_unfilled();
        let read = match &self.input {
            End::Ready(fd) => rustix::io::read(fd, &mut *space)?,
            End::Polled(fd) => ready!(poll_read(fd, cx, space))?,
        };
        let key = self
            .terminal
            .then(|| space[..read].iter().position(|byte| *byte == LEAVE));
        let read = match key.flatten() {
            Some(before) => {
                self.left = true;
                before
            }
            None => read,
        };
        buf.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for StdioStream {
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
        match &self.output {
            End::Ready(fd) => Poll::Ready(Ok(rustix::io::writev(fd, slices)?)),
            End::Polled(fd) => poll_writev(fd, cx, slices),
        }
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
