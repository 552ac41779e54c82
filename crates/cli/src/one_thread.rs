//! All that waits does so on one thread.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use tokio::task::LocalSet;

/// Runs a verb to its end; the code to exit with.
pub(crate) fn run(verb: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the program cannot wait for its ports")?;
    let ended = LocalSet::new().block_on(&runtime, verb);
    // A look-up of a name that nobody answers must not keep the program.
    runtime.shutdown_background();
    ended
}
