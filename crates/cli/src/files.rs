//! Open files: every port is at least one, and the system lets a program have so many.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use simless_runtime::Endpoint;

/// What the program has open itself, and room for a few DTEs and connections.
const OWN: u64 = 64;

/// How many are left when every module has its port; none = no limit.
pub(crate) struct Left {
    pub(crate) limit: u64,
    pub(crate) files: u64,
}

/// The modules that were asked for have no room.
#[derive(Debug)]
pub(crate) struct TooFew {
    modules: usize,
    needed: u64,
    limit: u64,
}

impl std::error::Error for TooFew {}

impl std::fmt::Display for TooFew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            modules,
            needed,
            limit,
        } = self;
        write!(
            f,
            "{modules} modules need {needed} open files, but the limit is {limit}; start fewer of \
             them, or raise the hard limit (ulimit -Hn)"
        )
    }
}

/// Raises the limit as far as it goes, and sees whether these ports fit.
pub(crate) fn make_room(ports: &[Endpoint]) -> Result<Option<Left>, TooFew> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    let limit = match current != maximum && setrlimit(Resource::Nofile, raised).is_ok() {
        true => maximum,
        false => current,
    };
    let Some(limit) = limit else { return Ok(None) };
    let needed = OWN + ports.iter().map(Endpoint::files).sum::<u64>();
    match limit.checked_sub(needed) {
        Some(files) => Ok(Some(Left { limit, files })),
        None => Err(TooFew {
            modules: ports.len(),
            needed,
            limit,
        }),
    }
}
