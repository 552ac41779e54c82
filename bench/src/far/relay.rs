//! A bare relay: what a byte's way costs when nobody looks at it.

use std::io;
use std::net::TcpListener;
use std::os::unix::net::UnixStream as StdUnixStream;

use simless_module::KINGCOM_G3524;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use super::{Kind, Line, StdioEnd, connect, process};
use crate::dte::Dte;
use crate::pty::{Master, Pty};
use crate::server::Server;

/// What a relay reads at once.
pub(super) const WIDE: usize = 64 * 1024;
/// What the module does: no more may wait for the DTE.
pub(super) const NARROW: usize = KINGCOM_G3524.limits.received;

/// Between a port of this kind and a connection to the server.
pub(super) fn start(kind: Kind, space: usize, server: &Server) -> io::Result<Line> {
    let address = server.address()?;
    let (dte, end) = match kind {
        Kind::Pty => {
            let pty = Pty::open()?;
            let dte = Dte::open(&pty.path)?;
            let stream = connect(address)?;
            super::run("relay", move || async move {
                let _held_open = pty.slave;
                let master = Master::new(pty.master)?;
                run(master.clone(), master, TcpStream::from_std(stream)?, space).await
            })?;
            (dte, None)
        }
        Kind::Tcp => {
            let door = TcpListener::bind(("127.0.0.1", 0))?;
            let dte = Dte::call(door.local_addr()?)?;
            let (port, _) = door.accept()?;
            port.set_nodelay(true)?;
            port.set_nonblocking(true)?;
            let stream = connect(address)?;
            super::run("relay", move || async move {
                let (from, to) = TcpStream::from_std(port)?.into_split();
                run(from, to, TcpStream::from_std(stream)?, space).await
            })?;
            (dte, None)
        }
        Kind::Unix => {
            let (near, port) = StdUnixStream::pair()?;
            port.set_nonblocking(true)?;
            let stream = connect(address)?;
            super::run("relay", move || async move {
                let (from, to) = UnixStream::from_std(port)?.into_split();
                run(from, to, TcpStream::from_std(stream)?, space).await
            })?;
            (Dte::on_unix(near)?, None)
        }
        Kind::Stdio => {
            let (dte, process) = process::on_stdio(StdioEnd::Relay(address))?;
            (dte, Some(process))
        }
    };
    Ok(Line::new(dte, Some(server.accept()?), end))
}

pub(super) async fn run<R, W>(
    from_dte: R,
    to_dte: W,
    stream: TcpStream,
    space: usize,
) -> io::Result<()>
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin,
{
    let (from_peer, to_peer) = stream.into_split();
    let up = tokio::spawn(pass(from_dte, to_peer, space));
    pass(from_peer, to_dte, space).await?;
    up.await?
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    space: usize,
) -> io::Result<()> {
    let mut space = vec![0; space];
    loop {
        match from.read(&mut space).await? {
            0 => return Ok(()),
            read => to.write_all(&space[..read]).await?,
        }
    }
}
