//! A TCP connection behind a module.

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io::{self, IoSlice};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Held;
use super::session::Session;
use super::wakers::Side;
use crate::SendError;

/// A TCP connection behind a module: a stream of bytes.
///
/// A write takes what one send carries, once the one before is accepted. `flush` is ready when the
/// module has accepted all that was taken, which is no word of the peer (guide G5.2). After an
/// error the inner error is a [`LinkError`](super::LinkError): it tells how many bytes are known to
/// be accepted. Shutting it down flushes and then closes it in both directions; the end of reading
/// is the peer's end. Dropped without that, it is closed when the modem is used again.
pub struct TcpLink<IO>(Held<IO>);

impl<IO> TcpLink<IO> {
    pub(super) const fn new(held: Held<IO>) -> Self {
        Self(held)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncRead for TcpLink<IO> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let shared = &self.0.0;
        let mut was_full = false;
        let read = shared.poll(Side::Reader, cx, |session| {
            was_full = session.received.is_full();
            match buf.remaining() == 0 || session.received.read(buf) {
                true => Poll::Ready(Ok(())),
                false => session.end_of_reading(),
            }
        });
        if was_full {
            // There is room again, and somebody else may wait for what stands behind.
            shared.push(Side::Reader);
        }
        read
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TcpLink<IO> {
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
        let shared = &self.0.0;
        let written = shared.poll(Side::Writer, cx, |session| session.write(slices));
        let n = ready!(written)?;
        // What was taken is on its way at once.
        shared.push(Side::Writer);
        Poll::Ready(Ok(n))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shared = &self.0.0;
        shared.poll(Side::Writer, cx, |session| session.flushed())
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shared = &self.0.0;
        shared.poll(Side::Writer, cx, Session::shut)
    }
}

impl<IO> Session<IO> {
    /// Takes what one send carries.
    fn write(&mut self, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let Some(error) = self.unwritable() {
            return Poll::Ready(Err(error.into()));
        }
        if slices.iter().all(|slice| slice.is_empty()) {
            return Poll::Ready(Ok(0));
        }
        if !self.payload.is_empty() {
            return Poll::Pending;
        }
        let settings = &self.driver.settings;
        let mut written = 0;
        for slice in slices {
            let room = usize::from(settings.max_send) - written;
            let bytes = &slice[..slice.len().min(room)];
            match settings.send_form.refused(bytes) {
                // What comes before it is a write of its own.
                Some(_) if written > 0 => break,
                Some(at) => {
                    let error = SendError::Unsendable(at);
                    let error = io::Error::new(io::ErrorKind::InvalidInput, error);
                    return Poll::Ready(Err(error));
                }
                None => written += self.payload.take(bytes, settings.max_send),
            }
        }
        Poll::Ready(Ok(written))
    }
}
