//! The driver's time, and the one timer that wakes whoever drives.

use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use std::boxed::Box;

use simless_at::Instant;
use tokio::time::Sleep;

/// Further away than this nobody waits for.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Microseconds since it was started, without those in which it was stopped.
pub(super) struct Clock {
    start: tokio::time::Instant,
    skipped: Duration,
    stopped: Option<Instant>,
    /// None until the first deadline.
    sleep: Option<Pin<Box<Sleep>>>,
    set: Option<tokio::time::Instant>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self {
            start: tokio::time::Instant::now(),
            skipped: Duration::ZERO,
            stopped: None,
            sleep: None,
            set: None,
        }
    }

    pub(super) fn now(&self) -> Instant {
        match self.stopped {
            Some(at) => at,
            None => Instant::ZERO + self.start.elapsed().saturating_sub(self.skipped),
        }
    }

    /// Time stands still from now on.
    pub(super) fn stop(&mut self) {
        self.stopped = Some(self.now());
    }

    /// Time goes on where it stopped.
    pub(super) fn go_on(&mut self) {
        if let Some(at) = self.stopped.take() {
            self.set_back_to(at);
        }
    }

    /// It is this moment now, which has passed already.
    pub(super) fn set_back_to(&mut self, at: Instant) {
        let now = Instant::ZERO + self.start.elapsed();
        self.skipped = now.since(at);
    }

    /// Ready when the deadline has come; else whoever drives is woken then.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let Some(deadline) = deadline else {
            return Poll::Pending;
        };
        let after = (deadline.since(Instant::ZERO) + self.skipped).min(FAR);
        let at = self.start + after;
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
        if self.set != Some(at) {
            sleep.as_mut().reset(at);
            self.set = Some(at);
        }
        sleep.as_mut().poll(cx)
    }
}
