//! Which core a thread works on. Left to the scheduler, the same pass takes half or twice the
//! time, as two threads that wake each other happen to share a core or not.

use std::io;
use std::sync::OnceLock;
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Who shares a core with whom.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// What is measured: the module, and what it is compared with.
    Measured,
    /// DTE and server.
    Around,
}

/// The first two cores that the program may use, as long as there are two.
static CORES: OnceLock<Option<[usize; 2]>> = OnceLock::new();

/// How many cores there are for this program. To be asked before any thread is bound.
pub(crate) fn count() -> io::Result<usize> {
    let allowed = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let pair = cores.next().zip(cores.next()).map(<[usize; 2]>::from);
    CORES.get_or_init(|| pair);
    Ok(thread::available_parallelism()?.get())
}

/// Binds this thread, and what it starts, to its side's core. With a single one there is nothing
/// to choose.
pub(crate) fn bind(side: Side) -> io::Result<()> {
    let Some(Some([measured, around])) = CORES.get() else {
        return Ok(());
    };
    let mut set = CpuSet::new();
    set.set(match side {
        Side::Measured => *measured,
        Side::Around => *around,
    });
    Ok(sched_setaffinity(None, &set)?)
}
