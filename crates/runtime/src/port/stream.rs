//! A stream that somebody else made: one DTE, and when it has left, none will come.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Arrival, Dte};
use crate::observe::Caller;

pub(super) struct Stream(Option<Box<dyn Dte>>);

impl Stream {
    pub(super) fn new(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Some(Box::new(Visitor(stream))))
    }

    pub(super) fn poll_arrival(&mut self, engaged: bool) -> Poll<Arrival> {
        match self.0.take() {
            Some(dte) => Poll::Ready(Arrival::Came(dte, Caller::Unknown)),
            None if engaged => Poll::Pending,
            None => Poll::Ready(Arrival::Over),
        }
    }
}

struct Visitor<S>(S);

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Dte for Visitor<S> {
    /// Which streams can be shut down in one direction nobody knows; if this one can't, the first
    /// write to it tells.
    fn listens_on(&self) -> bool {
        true
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Visitor<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Visitor<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
