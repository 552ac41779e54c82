//! The signals that end the program.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Handlers for the signals that end the program.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

/// Who wants the program to end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, or SIGHUP: the terminal it was started from is gone.
    Terminate,
}

impl Signals {
    /// From now on these signals do not kill the program.
    pub(crate) fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// What a future comes to, or who wanted the program to end before.
    pub(crate) async fn or<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Wish> {
        let mut future = pin!(future);
        poll_fn(|cx| match self.poll(cx) {
            Poll::Ready(wish) => Poll::Ready(Err(wish)),
            Poll::Pending => future.as_mut().poll(cx).map(Ok),
        })
        .await
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Wish> {
        if self.interrupt.poll_recv(cx).is_ready() {
            return Poll::Ready(Wish::Interrupt);
        }
        let terminate = self.terminate.poll_recv(cx).is_ready();
        if terminate || self.hang_up.poll_recv(cx).is_ready() {
            return Poll::Ready(Wish::Terminate);
        }
        Poll::Pending
    }
}
