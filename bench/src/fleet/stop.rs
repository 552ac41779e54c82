//! The end of a program with many modules and links.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::dte::Dte;
use super::echo::Echo;
use super::program::{Kind, Program};
use crate::pattern::Pattern;

/// What the links' far ends do when simless has closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peers {
    /// They close, too.
    Close,
    /// They keep the connection.
    Hold,
}

#[derive(Clone)]
pub(crate) struct Stop {
    pub(crate) modules: usize,
    pub(crate) links: usize,
    pub(crate) peers: Peers,
    /// From SIGTERM to its end.
    pub(crate) seconds: f64,
}

/// The DTEs have left by then: there are not files enough for them, too.
pub(crate) async fn measure(
    path: &Path,
    modules: usize,
    links: usize,
    peers: Peers,
) -> io::Result<Stop> {
    let mut program = Program::start(path, Kind::Tcp, modules)?;
    let echo = Echo::open(peers == Peers::Hold).await?;
    let pattern = Arc::new(Pattern::new());
    for (number, place) in program.places.iter().take(links).enumerate() {
        let dte = Dte::connect(place, Arc::clone(&pattern)).await?;
        dte.open_link(echo.address(number)).await?;
    }
    let start = Instant::now();
    program.terminate()?;
    while !program.has_ended()? {
        sleep(Duration::from_millis(1)).await;
    }
    Ok(Stop {
        modules,
        links,
        peers,
        seconds: start.elapsed().as_secs_f64(),
    })
}
