//! The bytes of a serial device.

use std::io::{self, IoSlice};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use rustix::termios::{Termios, ioctl_tiocexcl, ioctl_tiocnxcl};
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

use super::polled::{poll_read, poll_writev, polled};
use super::{Dte, raw};

/// An open serial device of our own. Dropping it gives it its settings back.
pub(super) struct Device {
    file: OwnedFd,
    before: Termios,
}

impl Device {
    pub(super) fn exclusive(file: OwnedFd, before: Termios) -> Self {
        // Without it others can disturb us, and that is all.
        let _ = ioctl_tiocexcl(&file);
        Self { file, before }
    }

    /// Others may open it, too.
    pub(super) fn shared(file: OwnedFd, before: Termios) -> Self {
        Self { file, before }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // One that has gone needs neither.
        let _ = raw::set(&self.file, &self.before);
        let _ = ioctl_tiocnxcl(&self.file);
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl AsRawFd for Device {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

/// A DTE's stay: from the device's coming to its going.
pub(super) struct SerialStream(AsyncFd<Device>);

impl SerialStream {
    pub(super) fn new(device: Device) -> io::Result<Self> {
        let both = Interest::READABLE | Interest::WRITABLE;
        polled(device, both).map(Self).map_err(|(_, error)| error)
    }
}

impl Dte for SerialStream {
    /// A device that has gone takes no bytes.
    fn listens_on(&self) -> bool {
        false
    }
}

impl AsyncRead for SerialStream {
    /// Nothing, EIO or ENODEV: the device has gone.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(poll_read(&self.0, cx, buf.initialize_unfilled()));
        Poll::Ready(read.map(|n| buf.advance(n)))
    }
}

impl AsyncWrite for SerialStream {
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
        poll_writev(&self.0, cx, slices)
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
