//! Time: the drive loop's clock, and its one timer.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use simless_at::Instant;
use tokio::time::Sleep;

/// Further away than this nobody waits for.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Counts microseconds since it was started, and wakes the loop.
pub(super) struct Alarm {
    start: tokio::time::Instant,
    /// None until the first deadline.
    sleep: Option<Pin<Box<Sleep>>>,
    set: Option<Instant>,
}

impl Alarm {
    pub(super) fn start() -> Self {
        let start = tokio::time::Instant::now();
        Self {
            start,
            sleep: None,
            set: None,
        }
    }

    pub(super) fn now(&self) -> Instant {
        Instant::ZERO + self.start.elapsed()
    }

    /// Ready when the deadline has come; else the loop is woken then.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let Some(deadline) = deadline else {
            return Poll::Pending;
        };
        let at = self.start + deadline.since(Instant::ZERO).min(FAR);
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if self.set != Some(deadline) {
            sleep.as_mut().reset(at);
            self.set = Some(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}
