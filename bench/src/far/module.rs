//! The module, driven by the runtime as the program does it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use simless_module::{Config, Event, KINGCOM_G3524, Module, Network, Scenario, Snapshot, Timing};
use simless_runtime::{Address, Endpoint, Port, PortNews, PortObserver, drive};
use simless_trace::Observer;
use tokio::sync::oneshot;

use super::{Kind, Line, StdioEnd, connect_by_command, process, runtime};
use crate::cores::{self, Side};
use crate::dte::{Dte, OK};
use crate::server::Server;

/// With a connection to the server.
pub(super) fn connected(kind: Kind, server: &Server) -> io::Result<Line> {
    let mut line = start(kind)?;
    line.peer = Some(connect_by_command(&mut line.dte, server)?);
    Ok(line)
}

/// Ready to connect.
pub(super) fn unconnected() -> io::Result<Line> {
    let mut line = start(Kind::Pty)?;
    let line_up = b"AT+CGATT=1;+CGDCONT=1,\"IP\",\"CMNET\";+CGACT=1,1\r";
    line.dte.converse(line_up, OK)?;
    Ok(line)
}

/// Without echo.
fn start(kind: Kind) -> io::Result<Line> {
    let mut line = match kind {
        Kind::Stdio => {
            let (dte, process) = process::on_stdio(StdioEnd::Module)?;
            Line::new(dte, None, process)
        }
        Kind::Pty | Kind::Tcp | Kind::Unix => {
            let end = ModuleEnd::start(endpoint(kind))?;
            let dte = match &end.address {
                Address::Pty { path, .. } => Dte::open(path)?,
                Address::Tcp(address) => Dte::call(*address)?,
                Address::Unix(path) => {
                    Dte::on_unix(std::os::unix::net::UnixStream::connect(path)?)?
                }
                other => return Err(io::Error::other(format!("no DTE can be at {other:?}"))),
            };
            Line::new(dte, None, end)
        }
    };
    line.dte.converse(b"ATE0\r", b"ATE0\r\r\nOK\r\n")?;
    Ok(line)
}

/// A place of its own.
fn endpoint(kind: Kind) -> Endpoint {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("simless-bench-{}-{number}", std::process::id()));
    match kind {
        Kind::Pty => Endpoint::Pty { link: Some(path) },
        Kind::Tcp => Endpoint::Tcp {
            host: "127.0.0.1".into(),
            port: 0,
        },
        Kind::Unix => Endpoint::Unix { path },
        Kind::Stdio => Endpoint::Stdio,
    }
}

/// A module on a thread. Dropping it ends it, and takes its link or socket file away.
struct ModuleEnd {
    address: Address,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ModuleEnd {
    fn start(endpoint: Endpoint) -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("module".into())
            .spawn(move || {
                // Nobody listens only when start() has returned, and then the port is open.
                let opened = |address| drop(tell.send(Ok(address)));
                let done = cores::bind(Side::Measured)
                    .and_then(|()| runtime())
                    .and_then(|runtime| runtime.block_on(run(&endpoint, opened, stopped)));
                if let Err(error) = done {
                    let _ = tell.send(Err(error));
                }
            })?;
        let address = told
            .recv()
            .map_err(|_| io::Error::other("the module's thread ended early"))??;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for ModuleEnd {
    fn drop(&mut self) {
        // A module that failed has told so, and is not there to be stopped.
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Runs a module at a port until it is stopped, or its DTE has left for good.
pub(super) async fn run(
    endpoint: &Endpoint,
    opened: impl FnOnce(Address),
    stop: oneshot::Receiver<()>,
) -> io::Result<()> {
    let port = Port::open(endpoint).await.map_err(io::Error::other)?;
    opened(port.address());
    let module = Module::new(Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario: Scenario::default(),
    }));
    drive(module, port, Arc::default(), Silent, async {
        let _ = stop.await;
    })
    .await;
    Ok(())
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}
}

impl PortObserver for Silent {
    fn port(&mut self, _: &PortNews) {}
}
