//! A UDP socket bound to its peer. An ICMP error never ends it (guide G9.1).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll};

use rustix::io::Errno;
use rustix::net::RecvFlags;
use simless_at::Instant;
use simless_module::{MAX_DATAGRAM_READ, SocketId};
use simless_trace::{Observed, Observer};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use super::Step;

/// How many datagrams are handed on before others have their turn: a peer that floods must not
/// keep the DTE waiting.
const BURST: usize = 32;

/// How many datagrams are looked for at the most when all that are there shall be handed over.
/// More than a socket's buffer holds by default when none of them is empty.
const ALL: usize = 1024;

/// Where a datagram is read to.
pub(super) fn space() -> Box<[u8]> {
    vec![0; MAX_DATAGRAM_READ].into()
}

pub(super) struct Udp(UdpSocket);

impl Udp {
    pub(super) fn connect(peer: SocketAddr) -> io::Result<Self> {
        let any: SocketAddr = match peer {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = std::net::UdpSocket::bind(any)?;
        socket.connect(peer)?;
        socket.set_nonblocking(true)?;
        Ok(Self(UdpSocket::from_std(socket)?))
    }

    pub(super) fn poll_in(
        &mut self,
        cx: &mut Context<'_>,
        space: &mut [u8],
        mut hand_on: impl FnMut(&[u8]),
    ) -> Step {
        for read in 0..BURST {
            let mut buf = ReadBuf::new(space);
            match self.0.poll_recv(cx, &mut buf) {
                Poll::Ready(Ok(())) => hand_on(buf.filled()),
                // The peer's host said that nobody listens. Reading it has taken it away.
                Poll::Ready(Err(_)) => {}
                Poll::Pending if read == 0 => return Step::Idle,
                Poll::Pending => return Step::Moved,
            }
        }
        // More may be there, for the next round: a module that drops what it has no room for never
        // pushes back, and tokio lets a task do only so much before it sees nothing but Pending.
        cx.waker().wake_by_ref();
        Step::Rest
    }

    /// Hands over what is there, whether tokio knows of it yet or not.
    pub(super) fn read_all(&mut self, space: &mut [u8], mut hand_on: impl FnMut(&[u8])) {
        for _ in 0..ALL {
            match rustix::net::recv(&self.0, &mut *space, RecvFlags::DONTWAIT) {
                Ok((n, _)) => hand_on(&space[..n]),
                Err(Errno::AGAIN) => return,
                Err(_) => {}
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
        let datagram = module.socket_output(id);
        if datagram.is_empty() {
            return Step::Idle;
        }
        let length = datagram.len();
        // The first attempt may only bring the ICMP error of an earlier datagram; the second one
        // sends. What cannot be sent even so is lost, as datagrams may be.
        for _ in 0..2 {
            match self.0.poll_send(cx, datagram) {
                Poll::Pending => return Step::Idle,
                Poll::Ready(Ok(_)) => break,
                Poll::Ready(Err(_)) => {}
            }
        }
        module.socket_written(id, length, now);
        Step::Moved
    }
}
