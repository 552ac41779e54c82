//! A module that is driven poll by poll, between a DTE in memory and a server on a real socket.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::net::sockopt::set_socket_recv_buffer_size;
use simless_module::{Answer, Config, Event, KINGCOM_G3524, Module, Network, Snapshot, Timing};
use simless_trace::Observer;

use crate::observe::{PortNews, PortObserver};
use crate::policy::Policy;
use crate::port::memory::{Door, Line};

/// Polls after which something that should happen never will.
const PATIENCE: usize = 2_000_000;

pub(super) struct Bench {
    runtime: tokio::runtime::Runtime,
    pub(super) door: Door,
    drive: Option<Pin<Box<dyn Future<Output = crate::End>>>>,
    pub(super) ended: Option<crate::End>,
    stop: Arc<AtomicBool>,
    pub(super) news: Arc<Mutex<Vec<&'static str>>>,
    pub(super) peer: Option<TcpStream>,
    /// What the server got.
    pub(super) got: Vec<u8>,
    pub(super) peer_reads: bool,
    /// What it saw of the connection's end: a FIN, or a reset.
    pub(super) fin: Option<bool>,
    pub(super) polls: usize,
}

/// Notes what happens at the door.
struct News(Arc<Mutex<Vec<&'static str>>>);

impl Observer for News {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}
}

impl PortObserver for News {
    fn port(&mut self, news: &PortNews) {
        let word = match news {
            PortNews::DteCame(_) => "came",
            PortNews::DteLeft => "left",
            PortNews::DteFailed(_) => "line failed",
            PortNews::DteRefused(_) => "refused",
            PortNews::AcceptFailed(_) => "failed",
        };
        self.0.lock().expect("nobody panics with it").push(word);
    }
}

impl Bench {
    fn new(timing: Timing, network: Network) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let door = Door::default();
        let stop = Arc::new(AtomicBool::new(false));
        let news = Arc::new(Mutex::new(Vec::new()));
        let module = Module::new(Arc::new(Config {
            profile: KINGCOM_G3524,
            timing,
            network,
            scenario: simless_module::Scenario::default(),
        }));
        let stopped = Arc::clone(&stop);
        let stopped = std::future::poll_fn(move |_| match stopped.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        });
        let drive = {
            let _inside = runtime.enter();
            let (port, watch) = (door.port(), News(Arc::clone(&news)));
            crate::drive(module, port, Arc::new(Policy::default()), watch, stopped)
        };
        Self {
            runtime,
            door,
            drive: Some(Box::pin(drive)),
            ended: None,
            stop,
            news,
            peer: None,
            got: Vec::new(),
            peer_reads: true,
            fin: None,
            polls: 0,
        }
    }

    /// A module whose network never answers an attach: a command that waits for it takes nothing
    /// of what comes behind it.
    pub(super) fn deaf() -> Self {
        let network = Network {
            attach: Answer::Silence,
            ..Network::default()
        };
        Self::new(Timing::IMMEDIATE, network)
    }

    /// A module with a connection to the server, and a DTE whose line lets `bite` bytes through at
    /// once.
    pub(super) fn connected(bite: usize) -> (Self, Line) {
        Self::connected_after(bite, Duration::ZERO)
    }

    /// The same, of which every command takes so long.
    pub(super) fn connected_after(bite: usize, command: Duration) -> (Self, Line) {
        let timing = Timing {
            command,
            ..Timing::IMMEDIATE
        };
        let mut bench = Self::new(timing, Network::default());
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        // A server that does not read shall soon be noticed.
        set_socket_recv_buffer_size(&server, 4096).expect("a size");
        let port = server.local_addr().expect("its address").port();
        let line = bench.door.comes(usize::MAX);
        line.says(format!("ATE0\rAT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}\r").as_bytes());
        bench.poll_until(|_| line.ends().heard.ends_with(b"\r\nCONNECT OK\r\n"));
        let (peer, _) = server.accept().expect("the connection");
        peer.set_nonblocking(true).expect("a mode");
        bench.peer = Some(peer);
        line.ends().heard.clear();
        line.ends().bite = bite;
        bench.polls = 0;
        (bench, line)
    }

    pub(super) fn peer_sends(&mut self, bytes: &[u8]) {
        let peer = self.peer.as_mut().expect("a connection");
        peer.write_all(bytes).expect("room for a little");
    }

    /// Polls the module once, and lets the server read.
    pub(super) fn poll(&mut self) {
        let (drive, ended, polls) = (&mut self.drive, &mut self.ended, &mut self.polls);
        self.runtime.block_on(async {
            let mut polled = false;
            std::future::poll_fn(|cx: &mut Context<'_>| {
                if std::mem::replace(&mut polled, true) {
                    return Poll::Ready(());
                }
                if let Some(future) = drive {
                    *polls += 1;
                    if let Poll::Ready(end) = future.as_mut().poll(cx) {
                        *ended = Some(end);
                        *drive = None;
                    }
                }
                // Once more, so that the system's news are heard.
                cx.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        });
        self.read();
    }

    fn read(&mut self) {
        let Some(peer) = self.peer.as_mut().filter(|_| self.peer_reads) else {
            return;
        };
        let mut space = [0; 4096];
        match peer.read(&mut space) {
            Ok(0) => self.fin = Some(true),
            Ok(n) => self.got.extend(&space[..n]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.fin = Some(false),
        }
        if self.fin.is_some() {
            self.peer = None;
        }
    }

    pub(super) fn poll_until(&mut self, done: impl Fn(&Self) -> bool) {
        for _ in 0..PATIENCE {
            if done(self) {
                return;
            }
            self.poll();
        }
        panic!("it never happens; the server got {} bytes", self.got.len());
    }

    /// Ends the run in order.
    pub(super) fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.poll();
        self.peer_reads = true;
        self.poll_until(|bench| bench.ended.is_some());
        self.poll_until(|bench| bench.peer.is_none());
    }

    /// Cuts the run off.
    pub(super) fn cut_off(&mut self) {
        {
            let _inside = self.runtime.enter();
            self.drive = None;
        }
        self.poll_until(|bench| bench.peer.is_none());
    }

    pub(super) fn news(&self) -> Vec<&'static str> {
        self.news.lock().expect("nobody panics with it").clone()
    }
}
