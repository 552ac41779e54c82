//! The passes that are measured, round after round.

use std::io;
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::cores::{self, Side};
use crate::dte::{Dte, OK, PAYLOAD, Pace};
use crate::engine::{Engine, Work};
use crate::far::{End, Line};
use crate::figures::FIGURES;
use crate::host::{Host, Way};
use crate::options::Extent;
use crate::pattern::Pattern;
use crate::server::{Peer, Server};

/// One thing that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// What is done at which DTE's line.
    Line(What, End),
    /// What an application does, at the driver or without it.
    Host(Way, Host),
}

/// Streams and dialogues give MB/s, the others µs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The server sends a stream.
    Receive,
    /// It does, and the module puts headers between.
    ReceiveHeaded,
    /// The DTE sends a stream as it is.
    Send,
    /// The DTE sends by dialogues.
    Dialogues(Pace),
    /// `AT` to OK.
    Trip,
    /// `AT+CIPSTART` to `CONNECT OK`.
    Connect,
    /// A connection without a module, and `AT` to OK.
    ConnectAndTrip,
}

/// A round's results; not a number where a program was missing.
pub(crate) struct Round(Vec<(Pass, f64)>);

impl Round {
    pub(crate) fn of(&self, pass: Pass) -> f64 {
        let found = self.0.iter().find(|(other, _)| *other == pass);
        found.map_or(f64::NAN, |(_, value)| *value)
    }
}

/// What the cores take alone, in nanoseconds: by [`Work::ALL`].
pub(crate) struct Alone([f64; Work::ALL.len()]);

impl Alone {
    pub(crate) fn of(&self, work: Work) -> f64 {
        self.0[work.index()]
    }
}

/// Everything that is measured, ready.
pub(crate) struct Bench<'a> {
    extent: &'a Extent,
    pattern: Pattern,
    engine: Engine,
    server: Server,
    passes: Vec<Pass>,
    lines: Vec<(End, Line)>,
}

impl<'a> Bench<'a> {
    /// The thread that calls this is the DTE's from now on.
    pub(crate) fn start(extent: &'a Extent) -> io::Result<Self> {
        let server = Server::listen()?;
        let (mut passes, mut ends, mut lines) = (Vec::new(), Vec::new(), Vec::new());
        for figure in FIGURES.iter().filter(|figure| extent.wants(figure)) {
            for pass in [figure.measured, figure.beside] {
                if !passes.contains(&pass) {
                    passes.push(pass);
                }
                if let Pass::Line(_, end) = pass
                    && !ends.contains(&end)
                {
                    ends.push(end);
                    let line = end.start(&server).map_err(|error| {
                        io::Error::other(format!("{end:?} cannot be started: {error}"))
                    })?;
                    lines.extend(line.map(|line| (end, line)));
                }
            }
        }
        cores::bind(Side::Around)?;
        Ok(Self {
            extent,
            pattern: Pattern::new(),
            engine: Engine::start()?,
            server,
            passes,
            lines,
        })
    }

    /// Measures everything that is wanted once. Every other round goes backwards, so that a machine
    /// that grows slower or faster favours nobody.
    pub(crate) fn round(&mut self, number: usize) -> io::Result<Round> {
        let mut order = self.passes.clone();
        if number % 2 == 1 {
            order.reverse();
        }
        let mut results = Vec::with_capacity(order.len());
        for pass in order {
            let value = self
                .measure(pass)
                .map_err(|error| io::Error::other(format!("{pass:?}: {error}")))?;
            results.push((pass, value.unwrap_or(f64::NAN)));
        }
        Ok(Round(results))
    }

    /// Measures the cores without anything around them.
    pub(crate) fn alone(&mut self) -> io::Result<Alone> {
        let Extent {
            stream, dialogues, ..
        } = *self.extent;
        let mut alone = Alone([0.0; Work::ALL.len()]);
        for (work, time) in Work::ALL.into_iter().zip(&mut alone.0) {
            let times = match work.receives() {
                true => stream / PAYLOAD,
                false => dialogues,
            };
            *time = self.engine.time(work, times)?;
        }
        Ok(alone)
    }

    /// None when there is no such end.
    fn measure(&mut self, pass: Pass) -> io::Result<Option<f64>> {
        match pass {
            Pass::Line(what, end) => self.at_line(what, end),
            Pass::Host(way, host) => self.at_host(way, host).map(Some),
        }
    }

    fn at_host(&self, way: Way, host: Host) -> io::Result<f64> {
        let blocks = match way {
            // As much as over a socket.
            Way::Receive { .. } => 8 * self.extent.stream / PAYLOAD,
            Way::Send => self.extent.dialogues,
        };
        let time = host.time(way, &self.pattern, blocks)?;
        Ok((blocks * PAYLOAD) as f64 / microseconds(time))
    }

    fn at_line(&mut self, what: What, end: End) -> io::Result<Option<f64>> {
        let Some((_, line)) = self.lines.iter_mut().find(|(other, _)| *other == end) else {
            return Ok(None);
        };
        let Extent {
            dialogues, trips, ..
        } = *self.extent;
        let bytes = self.extent.stream * end.haste();
        let pattern = &self.pattern;
        let headed = what == What::ReceiveHeaded;
        if let (What::Receive | What::ReceiveHeaded, End::Module(_)) = (what, end) {
            let mode: &[u8] = match headed {
                true => b"AT+CIPHEAD=1\r",
                false => b"AT+CIPHEAD=0\r",
            };
            line.dte.converse(mode, OK)?;
        }
        let value = match what {
            What::Receive | What::ReceiveHeaded => timed(
                bytes,
                line,
                |peer| peer.send(pattern, bytes),
                |dte| dte.receive(pattern, bytes, headed),
            ),
            What::Send => timed(
                bytes,
                line,
                |peer| peer.receive(pattern, bytes),
                |dte| dte.send(pattern, bytes),
            ),
            What::Dialogues(pace) => timed(
                dialogues * PAYLOAD,
                line,
                |peer| peer.receive(pattern, dialogues * PAYLOAD),
                |dte| dte.send_by_dialogues(pattern, dialogues, pace),
            ),
            What::Trip => median(trips, || {
                let start = Instant::now();
                line.dte.round_trip()?;
                Ok(start.elapsed())
            }),
            What::Connect => median(trips / 4, || connect(&mut line.dte, &self.server)),
            What::ConnectAndTrip => {
                median(trips / 4, || connect_and_trip(&mut line.dte, &self.server))
            }
        };
        value.map(Some)
    }
}

fn connect(dte: &mut Dte, server: &Server) -> io::Result<Duration> {
    let command = server.cipstart()?;
    let start = Instant::now();
    dte.converse(&command, b"\r\nOK\r\n\r\nCONNECT OK\r\n")?;
    let time = start.elapsed();
    let peer = server.accept()?;
    dte.converse(b"AT+CIPCLOSE\r", OK)?;
    drop(peer);
    Ok(time)
}

fn connect_and_trip(dte: &mut Dte, server: &Server) -> io::Result<Duration> {
    let address = server.address()?;
    let start = Instant::now();
    let stream = TcpStream::connect(address)?;
    dte.round_trip()?;
    let time = start.elapsed();
    let peer = server.accept()?;
    drop(stream);
    drop(peer);
    Ok(time)
}

/// The median of so many times, in µs.
fn median(count: usize, mut once: impl FnMut() -> io::Result<Duration>) -> io::Result<f64> {
    let mut times = (0..count).map(|_| once()).collect::<io::Result<Vec<_>>>()?;
    times.sort_unstable();
    Ok(microseconds(times[count / 2]))
}

/// Runs both ends until each has everything, the server's on a thread of its own; gives MB/s of
/// payload.
fn timed(
    bytes: usize,
    line: &mut Line,
    server: impl FnOnce(&mut Peer) -> io::Result<()> + Send,
    dte: impl FnOnce(&mut Dte) -> io::Result<()>,
) -> io::Result<f64> {
    let Some(peer) = &mut line.peer else {
        return Err(io::Error::other("there is no connection"));
    };
    let ready = Barrier::new(2);
    thread::scope(|scope| {
        let server = thread::Builder::new()
            .name("server".into())
            .spawn_scoped(scope, || {
                ready.wait();
                server(peer)
            })?;
        ready.wait();
        let start = Instant::now();
        let dte = dte(&mut line.dte);
        let server = server
            .join()
            .map_err(|_| io::Error::other("the server's thread failed"))?;
        match (dte, server) {
            (Ok(()), Ok(())) => {}
            (Err(one), Ok(())) | (Ok(()), Err(one)) => return Err(one),
            // Either may be the cause of the other.
            (Err(dte), Err(server)) => {
                return Err(io::Error::other(format!("{server}; and {dte}")));
            }
        }
        Ok(bytes as f64 / microseconds(start.elapsed()))
    })
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
