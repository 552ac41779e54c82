//! The driver's tokio adapter, at a port that is ready whenever it has something.

use std::hint::black_box;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use simless_driver::tokio::{Modem, TcpLink};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use super::WRITE;
use super::driver::{blocks, wrong};
use crate::dte::{OK, PAYLOAD};
use crate::host::{SPACE, answer, peer, settings};

/// Links with a connection each.
pub(super) struct AdapterAlone {
    runtime: Runtime,
    receiver: TcpLink<Port>,
    sender: TcpLink<Port>,
}

impl AdapterAlone {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_time().build()?;
        let link = |brings| {
            let mut modem = Modem::new(Port::new(brings), settings()?);
            let connected = runtime.block_on(modem.connect(peer()?, 7));
            connected.map_err(|_| wrong())
        };
        Ok(Self {
            receiver: link(blocks())?,
            sender: link(Vec::new())?,
            runtime,
        })
    }

    /// Some bytes more may be received, and are read the next time.
    pub(super) fn receive(&mut self, blocks: usize) -> io::Result<()> {
        let link = &mut self.receiver;
        at_once(&self.runtime, async {
            let mut into = [0; SPACE];
            let mut left = blocks * PAYLOAD;
            while left > 0 {
                let most = into.len().min(left);
                match link.read(&mut into[..most]).await? {
                    0 => return Err(wrong()),
                    n => left -= black_box(&into[..n]).len(),
                }
            }
            Ok(())
        })
    }

    pub(super) fn send(&mut self, blocks: usize) -> io::Result<()> {
        let link = &mut self.sender;
        let payload = black_box([0x55; PAYLOAD]);
        at_once(&self.runtime, async {
            for _ in 0..blocks {
                link.write_all(&payload).await?;
                link.flush().await?;
            }
            Ok(())
        })
    }
}

/// What never waits is over when it was polled once. No executor takes part, which would allocate
/// when it makes a task give way to others.
fn at_once<T>(runtime: &Runtime, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let _timers = runtime.enter();
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => Err(wrong()),
    }
}

/// Where a module answers what was written, and brings data without end once it is connected.
struct Port {
    said: &'static [u8],
    brings: Vec<u8>,
    is_connected: bool,
    brought: usize,
}

impl Port {
    fn new(brings: Vec<u8>) -> Self {
        Self {
            said: b"",
            brings,
            is_connected: false,
            brought: 0,
        }
    }
}

impl AsyncRead for Port {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let port = &mut *self;
        if !port.said.is_empty() {
            let (now, later) = port.said.split_at(port.said.len().min(buf.remaining()));
            buf.put_slice(now);
            port.said = later;
            return Poll::Ready(Ok(()));
        }
        if !port.is_connected || port.brings.is_empty() {
            // What it says next comes of what is written next.
            return Poll::Pending;
        }
        let left = &port.brings[port.brought..];
        let n = WRITE.min(left.len()).min(buf.remaining());
        buf.put_slice(&left[..n]);
        port.brought = (port.brought + n) % port.brings.len();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Port {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = black_box(bytes);
        self.is_connected |= bytes.starts_with(b"AT+CIPSTART");
        self.said = match bytes.len() {
            PAYLOAD => OK,
            _ => answer(bytes),
        };
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
