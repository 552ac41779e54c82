//! What is at the far end of the DTE's line: the module, or something that does less.
//!
//! Each lives on a thread of its own until the program ends, and sleeps while another is measured.

mod bare;
mod module;
mod relay;
mod responder;

use std::io;
use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::thread;

use tokio::net::TcpStream;

use crate::cores::{self, Side};
use crate::dte::Dte;
use crate::pty::{Master, Pty};
use crate::server::{Peer, Server};

pub(crate) use module::ModuleEnd;

/// A DTE's line that leads to a TCP connection.
pub(crate) struct Line {
    pub(crate) dte: Dte,
    pub(crate) peer: Peer,
}

/// Bytes go from the PTY to the connection and back, and nothing looks at them.
pub(crate) fn relay(server: &Server) -> io::Result<Line> {
    with_connection("relay", server, relay::run)
}

/// `AT+CIPSEND=1460` is answered and its payload passed on by counting alone.
pub(crate) fn responder(server: &Server) -> io::Result<Line> {
    with_connection("responder", server, responder::run)
}

/// Every read is answered by OK, in a blocking loop: what the PTY itself takes.
pub(crate) fn bare() -> io::Result<Dte> {
    let pty = Pty::open()?;
    let dte = Dte::open(&pty.path)?;
    thread::Builder::new()
        .name("bare PTY".into())
        .spawn(move || {
            // Unbound it only answers at another pace.
            let _ = cores::bind(Side::Measured);
            bare::run(&pty);
        })?;
    Ok(dte)
}

fn with_connection<F>(
    name: &'static str,
    server: &Server,
    run: impl FnOnce(Master, TcpStream) -> F + Send + 'static,
) -> io::Result<Line>
where
    F: Future<Output = io::Result<()>>,
{
    let pty = Pty::open()?;
    let dte = Dte::open(&pty.path)?;
    let stream = connect(server.address()?)?;
    thread::Builder::new().name(name.into()).spawn(move || {
        let done = cores::bind(Side::Measured)
            .and_then(|()| runtime())
            .and_then(|runtime| {
                runtime.block_on(async {
                    run(Master::new(pty.master)?, TcpStream::from_std(stream)?).await
                })
            });
        drop(pty.slave);
        if let Err(error) = done {
            eprintln!("simless-bench: the {name} failed: {error}");
        }
    })?;
    Ok(Line {
        dte,
        peer: server.accept()?,
    })
}

fn connect(address: SocketAddr) -> io::Result<StdTcpStream> {
    let stream = StdTcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
