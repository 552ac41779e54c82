//! A pause after a DTE could not be let in, as when there are too many open files.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

const PAUSE: Duration = Duration::from_millis(200);

/// Holds memory only while there is a pause.
#[derive(Default)]
pub(super) struct Pause(Option<Pin<Box<Sleep>>>);

impl Pause {
    pub(super) fn begin(&mut self) {
        self.0 = Some(Box::pin(tokio::time::sleep(PAUSE)));
    }

    /// Ready when there is none.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = &mut self.0 {
            ready!(sleep.as_mut().poll(cx));
            self.0 = None;
        }
        Poll::Ready(())
    }
}
