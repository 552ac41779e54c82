//! A TCP connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use simless_at::Instant;
use simless_module::{SocketEvent, SocketId};
use simless_trace::{Observed, Observer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::{Step, failure};

/// A connection on its way.
pub(super) struct Connecting(Pin<Box<dyn Future<Output = io::Result<TcpStream>> + Send>>);

impl Connecting {
    pub(super) fn start(address: SocketAddr) -> Self {
        Self(Box::pin(connect(address)))
    }

    /// The connection, or why there is none.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Connection, SocketEvent<'static>>> {
        self.0.as_mut().poll(cx).map(|connected| {
            connected
                .map(Connection::new)
                .map_err(|error| failure(&error))
        })
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    // A socket that asks for a port nobody listens on can be given that very port as its own, and
    // then it meets itself.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A connection that stands or is being ended.
pub(super) struct Connection {
    stream: TcpStream,
    /// The peer's FIN was read.
    ended: bool,
    /// A write failed. What the peer had sent before can still be read; then it is a reset.
    broken: bool,
    /// Our FIN was sent; what still comes is of no use to anybody (guide G7.4).
    draining: bool,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            ended: false,
            broken: false,
            draining: false,
        }
    }

    /// How many bytes can be read at this moment.
    pub(super) fn unread(&self) -> usize {
        match self.ended {
            true => 0,
            false => rustix::io::ioctl_fionread(&self.stream)
                .map_or(0, |n| usize::try_from(n).unwrap_or(usize::MAX)),
        }
    }

    /// Sends FIN. What the peer sends from now on is read into nothing: unread bytes would make
    /// the system send a reset, which destroys what is still on its way to the peer.
    pub(super) fn shutdown(&mut self) {
        if !self.draining {
            self.draining = true;
            // It fails when the connection is already gone; reading will tell.
            let _ = rustix::net::shutdown(&self.stream, rustix::net::Shutdown::Write);
        }
    }

    /// Makes dropping it a reset.
    pub(super) fn abort(&self) {
        let _ = self.stream.set_zero_linger();
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(super) fn poll_in(
        &mut self,
        id: SocketId,
        cx: &mut Context<'_>,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> Step {
        if self.draining {
            return self.drain(id, cx, module, now);
        }
        if self.ended {
            return match self.broken {
                true => self.over(id, module, now),
                false => Step::Idle,
            };
        }
        let mut came = Poll::Pending;
        module.read_socket(id, now, |space| {
            came = read(&mut self.stream, cx, space);
            match came {
                Poll::Ready(Ok(n)) => n,
                _ => 0,
            }
        });
        match came {
            Poll::Pending => Step::Idle,
            Poll::Ready(Ok(0)) => {
                self.ended = true;
                if self.broken {
                    return self.over(id, module, now);
                }
                module.handle_socket(id, SocketEvent::Ended, now);
                Step::Moved
            }
            Poll::Ready(Ok(_)) => Step::Moved,
            Poll::Ready(Err(_)) => {
                self.broken = true;
                self.over(id, module, now)
            }
        }
    }

    pub(super) fn poll_out(
        &mut self,
        id: SocketId,
        cx: &mut Context<'_>,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> Step {
        let output = module.socket_output(id);
        if self.broken || self.draining || output.is_empty() {
            return Step::Idle;
        }
        match Pin::new(&mut self.stream).poll_write(cx, output) {
            Poll::Pending => Step::Idle,
            Poll::Ready(Ok(n)) => {
                module.socket_written(id, n, now);
                Step::Moved
            }
            Poll::Ready(Err(_)) => {
                self.broken = true;
                Step::Moved
            }
        }
    }

    fn drain(
        &mut self,
        id: SocketId,
        cx: &mut Context<'_>,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> Step {
        match read(&mut self.stream, cx, &mut [0; 4096]) {
            Poll::Pending => Step::Idle,
            Poll::Ready(Ok(0)) => self.over(id, module, now),
            Poll::Ready(Ok(_)) => Step::Moved,
            Poll::Ready(Err(_)) => {
                self.broken = true;
                self.over(id, module, now)
            }
        }
    }

    fn over(&self, id: SocketId, module: &mut Observed<impl Observer>, now: Instant) -> Step {
        let event = match self.broken {
            true => SocketEvent::Reset,
            false => SocketEvent::Ended,
        };
        module.handle_socket(id, event, now);
        Step::Over
    }
}

fn read(stream: &mut TcpStream, cx: &mut Context<'_>, space: &mut [u8]) -> Poll<io::Result<usize>> {
    let mut buf = ReadBuf::new(space);
    Pin::new(stream)
        .poll_read(cx, &mut buf)
        .map_ok(|()| buf.filled().len())
}
