//! socat, for those who have it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use super::process::{self, Process};
use super::{Line, bare};
use crate::dte::Dte;
use crate::server::{Peer, Server};

/// Between a PTY and the server.
pub(super) fn relay(server: &Server) -> io::Result<Option<Line>> {
    let Some(started) = Started::to(server.address()?)? else {
        return Ok(None);
    };
    let peer = server.accept()?;
    started.line(Some(peer)).map(Some)
}

/// Between a PTY and a server that answers every read.
pub(super) fn to_bare() -> io::Result<Option<Line>> {
    let door = TcpListener::bind(("127.0.0.1", 0))?;
    let Some(started) = Started::to(door.local_addr()?)? else {
        return Ok(None);
    };
    let (stream, _) = door.accept()?;
    stream.set_nodelay(true)?;
    bare::run(stream)?;
    started.line(None).map(Some)
}

struct Started {
    process: Process,
    link: PathBuf,
}

impl Started {
    /// With room for as much at once as the relay has.
    fn to(address: SocketAddr) -> io::Result<Option<Self>> {
        let name = format!("simless-bench-{}-{}", std::process::id(), address.port());
        let link = std::env::temp_dir().join(name);
        let mut socat = Command::new("socat");
        socat
            .args(["-b", "65536"])
            .arg(format!("PTY,rawer,link={}", link.display()))
            .arg(format!("TCP4:{address},nodelay"));
        let process = process::start(&mut socat)?;
        Ok(process.map(|process| Self { process, link }))
    }

    /// To be called when it has connected: by then its PTY stands.
    fn line(self, peer: Option<Peer>) -> io::Result<Line> {
        let dte = Dte::open(&self.link)?;
        std::fs::remove_file(&self.link)?;
        Ok(Line::new(dte, peer, self.process))
    }
}
