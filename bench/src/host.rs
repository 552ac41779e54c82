//! The host's side: an application that receives or sends through the driver, at one end of a pair
//! of sockets. A script is at the other one. Beside it stands an application that does the same
//! without a driver: it reads and writes the socket as it is.

mod asynchronous;
mod blocking;
mod script;

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use simless_driver::{Apn, Host as Peer, Settings};

use crate::cores::{self, Side};
use crate::dte::PAYLOAD;
use crate::pattern::Pattern;
use script::Script;

pub(crate) use script::{HEADER, MOST, answer};

/// As much as an application reads at once, with the driver and without: what the driver's tokio
/// adapter has room for, and what the module keeps for a DTE.
pub(crate) const SPACE: usize = 16 * 1024;

/// Silence of this length means that bytes were lost.
const PATIENCE: Duration = Duration::from_secs(5);

/// How an application waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// In `read`: `adapter::blocking`, or the socket itself.
    Blocking,
    /// In tokio's `current_thread` runtime: `adapter::tokio`, or the socket itself.
    Tokio,
}

/// What an application reads and writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A link of the driver's.
    Driver(Waits),
    /// The socket.
    Raw(Waits),
}

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It receives blocks, of which the script writes so many at once.
    Receive { at_once: usize },
    /// It sends blocks by the dialogue of `AT+CIPSEND=1460`, and waits for each of its answers.
    Send,
}

/// A pass for both ends.
struct Job<'a> {
    way: Way,
    pattern: &'a Pattern,
    blocks: usize,
    ready: Barrier,
}

impl Job<'_> {
    fn bytes(&self) -> usize {
        self.blocks * PAYLOAD
    }

    fn block(&self, number: usize) -> &[u8] {
        self.pattern.at(number * PAYLOAD, PAYLOAD)
    }
}

impl Host {
    /// What it is called beside the driver.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Driver(_) => "driver",
            Self::Raw(_) => "raw pair",
        }
    }

    /// Lets so many blocks pass; gives how long it took. Both ends are on the measured side's core:
    /// on two of them an application that has nothing to do sleeps, and what the driver does counts
    /// for less.
    pub(crate) fn time(self, way: Way, pattern: &Pattern, blocks: usize) -> io::Result<Duration> {
        let (near, far) = UnixStream::pair()?;
        let ready = Barrier::new(2);
        let job = Job {
            way,
            pattern,
            blocks,
            ready,
        };
        let (script, application) = thread::scope(|scope| {
            // Who fails drops its end of the pair, so that the other one does not wait.
            let script =
                thread::Builder::new()
                    .name("script".into())
                    .spawn_scoped(scope, || {
                        cores::bind(Side::Measured)?;
                        self.opposite(far, &job)
                    })?;
            let application = thread::Builder::new()
                .name("application".into())
                .spawn_scoped(scope, || {
                    cores::bind(Side::Measured)?;
                    self.run(near, &job)?;
                    Ok(Instant::now())
                })?;
            let failed = |_| io::Error::other("a thread failed");
            let application = application.join().map_err(failed).flatten();
            let script = script.join().map_err(failed).flatten();
            io::Result::Ok((script, application))
        })?;
        match (script, application) {
            (Ok((start, _port)), Ok(end)) => Ok(end.duration_since(start)),
            (Err(one), Ok(_)) | (Ok(_), Err(one)) => Err(one),
            // Either may be the cause of the other.
            (Err(script), Err(application)) => {
                Err(io::Error::other(format!("{application}; and {script}")))
            }
        }
    }

    fn run(self, near: UnixStream, job: &Job<'_>) -> io::Result<()> {
        match self {
            Self::Driver(Waits::Blocking) => blocking::driver(near, job),
            Self::Driver(Waits::Tokio) => asynchronous::driver(near, job),
            Self::Raw(Waits::Blocking) => blocking::raw(near, job),
            Self::Raw(Waits::Tokio) => asynchronous::raw(near, job),
        }
    }

    /// Plays the module's part; gives when the first block could go, and the script: until the
    /// application has ended, its port has not.
    fn opposite(self, far: UnixStream, job: &Job<'_>) -> io::Result<(Instant, Script)> {
        let has_driver = matches!(self, Self::Driver(_));
        let mut script = Script::new(far)?;
        if has_driver {
            script.connect()?;
        }
        job.ready.wait();
        let start = Instant::now();
        match job.way {
            Way::Receive { at_once } => script.stream(job, at_once, has_driver)?,
            Way::Send => script.take_sends(job)?,
        }
        Ok((start, script))
    }
}

/// Where the driver is to connect to. The script does not care.
pub(crate) fn peer() -> io::Result<Peer> {
    Peer::new("192.0.2.1").map_err(failed)
}

pub(crate) fn settings() -> io::Result<Settings> {
    Apn::new("CMNET").map(Settings::new).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

fn ended(got: usize, job: &Job<'_>) -> io::Error {
    let bytes = job.bytes();
    io::Error::other(format!("the application got {got} of {bytes} bytes"))
}
