//! What this program is when it was started by itself, to be a far end on standard input and output.

use std::io;
use std::net::SocketAddr;

use rustix::stdio::{stdin, stdout};
use simless_runtime::Endpoint;
use tokio::net::TcpStream;
use tokio::net::unix::pipe;
use tokio::sync::oneshot;

use super::{connect, module, relay, runtime};
use crate::cores::{self, Side};

/// What is there.
#[derive(Clone, Copy)]
pub(crate) enum StdioEnd {
    Module,
    /// Bytes go to this address and back.
    Relay(SocketAddr),
}

impl StdioEnd {
    pub(super) fn arguments(self) -> Vec<String> {
        let option = "--stdio".to_owned();
        match self {
            Self::Module => vec![option, "module".to_owned()],
            Self::Relay(address) => vec![option, address.to_string()],
        }
    }

    /// Reads the last of [`StdioEnd::arguments`].
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "module" => Some(Self::Module),
            address => address.parse().ok().map(Self::Relay),
        }
    }
}

/// Until the DTE leaves.
pub(crate) fn serve(end: StdioEnd) -> io::Result<()> {
    cores::count()?;
    cores::bind(Side::Measured)?;
    runtime()?.block_on(async {
        match end {
            StdioEnd::Module => {
                let (_never, stop) = oneshot::channel();
                module::run(&Endpoint::Stdio, |_| (), stop).await
            }
            StdioEnd::Relay(address) => {
                let from = pipe::Receiver::from_owned_fd(rustix::io::dup(stdin())?)?;
                let to = pipe::Sender::from_owned_fd(rustix::io::dup(stdout())?)?;
                let stream = TcpStream::from_std(connect(address)?)?;
                relay::run(from, to, stream, relay::WIDE).await
            }
        }
    })
}
