//! Modules that nobody uses.

use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::program::{Kind, Program};

#[derive(Clone)]
pub(crate) struct Idle {
    pub(crate) kind: Kind,
    pub(crate) modules: usize,
    /// Seconds to the ready line, and until the last module has answered.
    pub(crate) ready: f64,
    pub(crate) answered: f64,
    /// KiB of the whole program.
    pub(crate) resident: f64,
    /// The share of a core that it takes.
    pub(crate) cpu: f64,
    /// Seconds from SIGTERM to its end.
    pub(crate) stop: f64,
}

pub(crate) fn measure(path: &Path, kind: Kind, modules: usize, rest: Duration) -> io::Result<Idle> {
    let mut program = Program::start(path, kind, modules)?;
    let resident = program.resident()?;
    // The last DTE's end is still to be seen.
    thread::sleep(Duration::from_millis(100));
    let (start, before) = (Instant::now(), program.worked()?);
    thread::sleep(rest);
    let cpu = (program.worked()? - before).as_secs_f64() / start.elapsed().as_secs_f64();
    let start = Instant::now();
    program.terminate()?;
    while !program.has_ended()? {
        thread::sleep(Duration::from_millis(1));
    }
    Ok(Idle {
        kind,
        modules,
        ready: program.ready.as_secs_f64(),
        answered: program.answered.as_secs_f64(),
        resident,
        cpu,
        stop: start.elapsed().as_secs_f64(),
    })
}
