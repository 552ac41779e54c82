//! Files that say when they are ready.

use std::io;
use std::os::fd::AsRawFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers a file with the runtime; an error gives it back.
///
/// tokio prefers an `unsafe` function for this, whose caller promises that the descriptor stays
/// the same as long as the value lives. Every type given here owns its one descriptor.
#[allow(
    deprecated,
    reason = "the successor is unsafe, and unsafe is forbidden here"
)]
pub(super) fn polled<T: AsRawFd>(
    file: T,
    interest: Interest,
) -> Result<AsyncFd<T>, (T, io::Error)> {
    AsyncFd::try_with_interest(file, interest).map_err(|error| error.into_parts())
}
