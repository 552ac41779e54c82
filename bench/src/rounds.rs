//! The passes that are measured, round after round.

use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::cores::{self, Side};
use crate::dte::{Dte, OK, PAYLOAD, Pace};
use crate::engine::{Engine, Work};
use crate::far::{self, Line, ModuleEnd};
use crate::figures::Figure;
use crate::options::Extent;
use crate::pattern::Pattern;
use crate::server::{Peer, Server};

/// One thing that is measured. Stream and dialogues give MB/s, round trips µs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    RelayReceives,
    ModuleReceives,
    ModuleReceivesBlocks,
    RelaySends,
    ModuleSends,
    ResponderSends,
    ModuleSendsWaiting,
    ResponderSendsWaiting,
    BareTrip,
    ModuleTrip,
}

impl Pass {
    pub(crate) const ALL: [Self; 10] = [
        Self::RelayReceives,
        Self::ModuleReceives,
        Self::ModuleReceivesBlocks,
        Self::RelaySends,
        Self::ModuleSends,
        Self::ResponderSends,
        Self::ModuleSendsWaiting,
        Self::ResponderSendsWaiting,
        Self::BareTrip,
        Self::ModuleTrip,
    ];
}

/// A round's results, by [`Pass`].
pub(crate) type Round = [f64; Pass::ALL.len()];

/// The module alone, in nanoseconds.
pub(crate) struct Alone {
    pub(crate) command: f64,
    pub(crate) block: f64,
    pub(crate) headed_block: f64,
    pub(crate) dialogue: f64,
}

/// Everything that is measured, ready.
pub(crate) struct Bench<'a> {
    extent: &'a Extent,
    pattern: Pattern,
    engine: Engine,
    relay: Line,
    responder: Line,
    bare: Dte,
    module: Line,
    _module: ModuleEnd,
}

impl<'a> Bench<'a> {
    /// The thread that calls this is the DTE's from now on.
    pub(crate) fn start(extent: &'a Extent) -> io::Result<Self> {
        let server = Server::listen()?;
        let module = ModuleEnd::start()?;
        let bench = Self {
            extent,
            pattern: Pattern::new(),
            engine: Engine::start()?,
            relay: far::relay(&server)?,
            responder: far::responder(&server)?,
            bare: far::bare()?,
            module: module.connect(&server)?,
            _module: module,
        };
        cores::bind(Side::Around)?;
        Ok(bench)
    }

    /// Measures everything that is wanted once; NaN stands for the rest. Every other round goes backwards, so that a machine that grows
    /// slower or faster favours nobody.
    pub(crate) fn round(&mut self, number: usize) -> io::Result<Round> {
        let mut round = [f64::NAN; Pass::ALL.len()];
        let mut order: Vec<usize> = (0..round.len()).collect();
        if number % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let pass = Pass::ALL[index];
            let wanted = |only: &Figure| [only.module, only.beside.0].contains(&pass);
            if !self.extent.only.is_none_or(wanted) {
                continue;
            }
            round[index] = self
                .measure(pass)
                .map_err(|error| io::Error::other(format!("{pass:?}: {error}")))?;
        }
        Ok(round)
    }

    /// Measures the module without anything around it.
    pub(crate) fn alone(&mut self) -> io::Result<Alone> {
        let Extent {
            stream, dialogues, ..
        } = *self.extent;
        let blocks = stream / PAYLOAD;
        let mut time = |work, times| self.engine.time(work, times);
        Ok(Alone {
            command: time(Work::Command, 10 * dialogues)?,
            block: time(Work::Stream { headed: false }, blocks)?,
            headed_block: time(Work::Stream { headed: true }, blocks)?,
            dialogue: time(Work::Dialogue, dialogues)?,
        })
    }

    fn measure(&mut self, pass: Pass) -> io::Result<f64> {
        let Extent {
            stream,
            dialogues,
            trips,
            ..
        } = *self.extent;
        let pattern = &self.pattern;
        match pass {
            Pass::RelayReceives => receive(&mut self.relay, pattern, stream, false),
            Pass::ModuleReceives => {
                self.module.dte.converse(b"AT+CIPHEAD=0\r", OK)?;
                receive(&mut self.module, pattern, stream, false)
            }
            Pass::ModuleReceivesBlocks => {
                self.module.dte.converse(b"AT+CIPHEAD=1\r", OK)?;
                receive(&mut self.module, pattern, stream, true)
            }
            Pass::RelaySends => {
                let Line { dte, peer } = &mut self.relay;
                timed(
                    stream,
                    peer,
                    |peer| peer.receive(pattern, stream),
                    || dte.send(pattern, stream),
                )
            }
            Pass::ModuleSends => send(&mut self.module, pattern, dialogues, Pace::Pipelined),
            Pass::ResponderSends => send(&mut self.responder, pattern, dialogues, Pace::Pipelined),
            Pass::ModuleSendsWaiting => send(&mut self.module, pattern, dialogues, Pace::Waiting),
            Pass::ResponderSendsWaiting => {
                send(&mut self.responder, pattern, dialogues, Pace::Waiting)
            }
            Pass::BareTrip => self.bare.round_trip(trips).map(microseconds),
            Pass::ModuleTrip => self.module.dte.round_trip(trips).map(microseconds),
        }
    }
}

fn receive(line: &mut Line, pattern: &Pattern, bytes: usize, headed: bool) -> io::Result<f64> {
    let Line { dte, peer } = line;
    timed(
        bytes,
        peer,
        |peer| peer.send(pattern, bytes),
        || dte.receive(pattern, bytes, headed),
    )
}

fn send(line: &mut Line, pattern: &Pattern, dialogues: usize, pace: Pace) -> io::Result<f64> {
    let Line { dte, peer } = line;
    let bytes = dialogues * PAYLOAD;
    timed(
        bytes,
        peer,
        |peer| peer.receive(pattern, bytes),
        || dte.send_by_dialogues(pattern, dialogues, pace),
    )
}

/// Runs both ends until each has everything, the server's on a thread of its own; gives MB/s of
/// payload.
fn timed(
    bytes: usize,
    peer: &mut Peer,
    server: impl FnOnce(&mut Peer) -> io::Result<()> + Send,
    dte: impl FnOnce() -> io::Result<()>,
) -> io::Result<f64> {
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
        let dte = dte();
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
