//! The far end of the connection: a plain TCP server with blocking sockets.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::pattern::{MAX_PIECE, Pattern};

/// Silence of this length means that bytes were lost.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Server(TcpListener);

impl Server {
    /// Listens on loopback, on a port of the system's choice.
    pub(crate) fn listen() -> io::Result<Self> {
        TcpListener::bind(("127.0.0.1", 0)).map(Self)
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// The command that connects to it, CR included.
    pub(crate) fn cipstart(&self) -> io::Result<Vec<u8>> {
        let address = self.address()?;
        let (ip, port) = (address.ip(), address.port());
        Ok(format!("AT+CIPSTART=\"TCP\",\"{ip}\",{port}\r").into_bytes())
    }

    /// The connection that comes next.
    pub(crate) fn accept(&self) -> io::Result<Peer> {
        let (stream, _) = self.0.accept()?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Peer {
            stream,
            space: vec![0; MAX_PIECE],
        })
    }
}

pub(crate) struct Peer {
    stream: TcpStream,
    space: Vec<u8>,
}

impl Peer {
    /// Sends so many bytes of the pattern, in writes of 64 KiB.
    pub(crate) fn send(&mut self, pattern: &Pattern, bytes: usize) -> io::Result<()> {
        let mut sent = 0;
        while sent < bytes {
            let piece = pattern.at(sent, MAX_PIECE.min(bytes - sent));
            self.stream.write_all(piece)?;
            sent += piece.len();
        }
        Ok(())
    }

    /// Receives so many bytes of the pattern.
    pub(crate) fn receive(&mut self, pattern: &Pattern, bytes: usize) -> io::Result<()> {
        let mut check = pattern.check();
        while check.position() < bytes {
            let read = self.stream.read(&mut self.space).map_err(|error| {
                io::Error::other(format!(
                    "the server got {} of {bytes} bytes: {error}",
                    check.position()
                ))
            })?;
            if read == 0 {
                return Err(io::Error::other("the connection ended under way"));
            }
            check.take(&self.space[..read])?;
        }
        match check.position() == bytes {
            true => Ok(()),
            false => Err(io::Error::other("the server got more than was sent")),
        }
    }
}
