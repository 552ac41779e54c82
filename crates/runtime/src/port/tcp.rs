//! A TCP port: one DTE at a time.

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::door::{self, Pause};
use super::{Arrival, Dte, OpenError};
use crate::observe::Caller;

/// A DTE that says nothing for so long is asked whether it is still there: one that lost its power
/// would otherwise hold the port for ever.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

pub(super) struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    pause: Pause,
}

impl Listener {
    pub(super) async fn open(host: &str, port: u16) -> Result<Self, OpenError> {
        let explain = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => OpenError::InUse {
                host: host.into(),
                port,
            },
            _ => OpenError::Listen {
                host: host.into(),
                port,
                error,
            },
        };
        let listener = listen(host, port).await.map_err(explain)?;
        let address = listener.local_addr().map_err(explain)?;
        Ok(Self {
            listener,
            address,
            pause: Pause::default(),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>) -> Poll<Arrival> {
        loop {
            ready!(self.pause.poll(cx));
            match ready!(self.listener.poll_accept(cx)) {
                Ok((stream, from)) => {
                    // Without these two the DTE is only slower, or noticed later when it is gone.
                    let _ = stream.set_nodelay(true);
                    let _ = keep_alive(&stream);
                    return Poll::Ready(Arrival::Came(Box::new(stream), Caller::Address(from)));
                }
                Err(error) => {
                    self.pause.begin();
                    if door::is_wanted(&self.listener) {
                        return Poll::Ready(Arrival::Failed(error));
                    }
                }
            }
        }
    }
}

/// How many DTEs wait at the door.
const BACKLOG: u32 = 1024;

/// Listens at the first of the host's addresses where that is possible.
async fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    for address in tokio::net::lookup_host((host, port)).await? {
        match listen_at(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A port that was just used may be taken again. Not where any will do: Linux looks for one that
    // may be taken again among a quarter of all first, and again each time when those are in use,
    // which made 10,000 modules start in ten seconds.
    socket.set_reuseaddr(address.port() != 0)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn keep_alive(stream: &TcpStream) -> io::Result<()> {
    sockopt::set_tcp_keepidle(stream, KEEP_ALIVE)?;
    sockopt::set_tcp_keepintvl(stream, KEEP_ALIVE)?;
    sockopt::set_socket_keepalive(stream, true)?;
    Ok(())
}

impl Dte for TcpStream {
    /// `printf 'AT\r' | nc` shuts its sending side down and waits for the answer.
    fn listens_on(&self) -> bool {
        true
    }

    fn is_leaving(&self) -> bool {
        door::has_ended(self)
    }
}
