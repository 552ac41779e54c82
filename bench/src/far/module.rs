//! The module, driven by the runtime as the program does it.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use simless_module::{Config, Event, KINGCOM_G3524, Module, Network, Scenario, Snapshot, Timing};
use simless_runtime::{Address, Endpoint, Port, PortNews, PortObserver, drive};
use simless_trace::Observer;
use tokio::sync::oneshot;

use super::{Line, runtime};
use crate::cores::{self, Side};
use crate::dte::Dte;
use crate::server::Server;

/// A module at a PTY. Dropping it ends it, and takes the PTY's link away.
pub(crate) struct ModuleEnd {
    slave: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ModuleEnd {
    pub(crate) fn start() -> io::Result<Self> {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("module".into())
            .spawn(move || {
                if let Err(error) = run(&tell, stopped) {
                    // Nobody listens only when start() has returned, and then the port is open.
                    let _ = tell.send(Err(error));
                }
            })?;
        let slave = told
            .recv()
            .map_err(|_| io::Error::other("the module's thread ended early"))??;
        Ok(Self {
            slave,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// A DTE at it, without echo, and its connection to the server.
    pub(crate) fn connect(&self, server: &Server) -> io::Result<Line> {
        let mut dte = Dte::open(&self.slave)?;
        dte.converse(b"ATE0\r", b"ATE0\r\r\nOK\r\n")?;
        let address = server.address()?;
        let start = format!(
            "AT+CIPSTART=\"TCP\",\"{}\",{}\r",
            address.ip(),
            address.port()
        );
        dte.converse(start.as_bytes(), b"\r\nOK\r\n\r\nCONNECT OK\r\n")?;
        Ok(Line {
            dte,
            peer: server.accept()?,
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

fn run(tell: &mpsc::Sender<io::Result<PathBuf>>, stop: oneshot::Receiver<()>) -> io::Result<()> {
    let link = std::env::temp_dir().join(format!("simless-bench-{}", std::process::id()));
    cores::bind(Side::Measured)?;
    runtime()?.block_on(async {
        let port = Port::open(&Endpoint::Pty { link: Some(link) })
            .await
            .map_err(io::Error::other)?;
        let Address::Pty { path, .. } = port.address() else {
            return Err(io::Error::other("the module's port is no PTY"));
        };
        // Nobody is told when the main thread has given up.
        let _ = tell.send(Ok(path));
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
    })
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}
}

impl PortObserver for Silent {
    fn port(&mut self, _: &PortNews) {}
}
