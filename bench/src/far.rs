//! What is at the far end of the DTE's line: the module, or something that does less.
//!
//! Each lives on a thread or in a process of its own until the program ends, and sleeps while
//! another is measured.

mod bare;
mod module;
mod naive;
mod process;
mod relay;
mod responder;
mod socat;
mod stdio;

use std::any::Any;
use std::io;
use std::net::{SocketAddr, TcpStream as StdTcpStream};
use std::thread;

use crate::cores::{self, Side};
use crate::dte::{Dte, OK};
use crate::server::{Peer, Server};

pub(crate) use stdio::{StdioEnd, serve as serve_stdio};

/// The kinds of ports that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Pty,
    Tcp,
    Unix,
    Stdio,
}

/// What is at the far end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A module with a connection.
    Module(Kind),
    /// A module without one, at a PTY.
    Unconnected,
    /// Bytes go from the port to a connection and back, and nothing looks at them.
    Relay(Kind),
    /// A relay that reads no more at once than may wait for a module's DTE.
    NarrowRelay(Kind),
    /// `AT+CIPSEND=1460` is answered and its payload passed on by counting alone.
    Responder,
    /// Every read is answered by OK, in a blocking loop: what the PTY itself takes.
    Bare,
    /// socat, between a PTY and a connection.
    Socat,
    /// socat between a PTY and a server that answers every read by OK.
    SocatToBare,
    /// A module as one writes it in Python for a test of one's own.
    Naive,
}

/// A DTE's line, and the far end of the connection it leads to, where there is one.
pub(crate) struct Line {
    pub(crate) dte: Dte,
    pub(crate) peer: Option<Peer>,
    /// Ends with it.
    _end: Box<dyn Any>,
}

impl End {
    /// None when a program that it needs is not installed.
    pub(crate) fn start(self, server: &Server) -> io::Result<Option<Line>> {
        match self {
            Self::Module(kind) => module::connected(kind, server).map(Some),
            Self::Unconnected => module::unconnected().map(Some),
            Self::Relay(kind) => relay::start(kind, relay::WIDE, server).map(Some),
            Self::NarrowRelay(kind) => relay::start(kind, relay::NARROW, server).map(Some),
            Self::Responder => responder::start(server).map(Some),
            Self::Bare => bare::start().map(Some),
            Self::Socat => socat::relay(server),
            Self::SocatToBare => socat::to_bare(),
            Self::Naive => naive::start(server),
        }
    }

    /// How many times as much a stream carries as over a PTY, so that it takes as long.
    pub(crate) fn haste(self) -> usize {
        match self {
            Self::Module(kind) | Self::Relay(kind) | Self::NarrowRelay(kind)
                if kind != Kind::Pty =>
            {
                8
            }
            _ => 1,
        }
    }

    /// What it is called beside the module.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Module(_) | Self::Unconnected => "module",
            Self::Relay(_) => "relay",
            Self::NarrowRelay(_) => "16 KiB relay",
            Self::Responder => "responder",
            Self::Bare => "bare PTY",
            Self::Socat | Self::SocatToBare => "socat",
            Self::Naive => "python3",
        }
    }
}

impl Line {
    fn new(dte: Dte, peer: Option<Peer>, end: impl Any) -> Self {
        Self {
            dte,
            peer,
            _end: Box::new(end),
        }
    }
}

/// Says `AT+CIPSTART` and accepts what comes of it.
fn connect_by_command(dte: &mut Dte, server: &Server) -> io::Result<Peer> {
    let answer = [OK, b"\r\nCONNECT OK\r\n"].concat();
    dte.converse(&server.cipstart()?, &answer)?;
    server.accept()
}

fn connect(address: SocketAddr) -> io::Result<StdTcpStream> {
    let stream = StdTcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Runs a far end on the measured side's core, in a tokio runtime of its own.
fn run<F>(name: &'static str, end: impl FnOnce() -> F + Send + 'static) -> io::Result<()>
where
    F: Future<Output = io::Result<()>>,
{
    thread::Builder::new().name(name.into()).spawn(move || {
        let done = cores::bind(Side::Measured)
            .and_then(|()| runtime())
            .and_then(|runtime| runtime.block_on(async { end().await }));
        if let Err(error) = done {
            eprintln!("simless-bench: the {name} failed: {error}");
        }
    })?;
    Ok(())
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
