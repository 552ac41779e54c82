//! Two directions, and when they are over.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep_until};

/// When something came last, and whether it is still being printed.
pub(super) struct LastHeard {
    at: Cell<Instant>,
    is_printing: Cell<bool>,
}

impl LastHeard {
    pub(super) fn new() -> Self {
        Self {
            at: Cell::new(Instant::now()),
            is_printing: Cell::new(false),
        }
    }

    /// Something came. While it waits for who reads the output, it is not silent: the next may stand
    /// behind it.
    pub(super) async fn while_printing<T>(&self, print: impl Future<Output = T>) -> T {
        self.is_printing.set(true);
        let printed = print.await;
        self.is_printing.set(false);
        self.now();
        printed
    }

    fn now(&self) {
        self.at.set(Instant::now());
    }
}

/// Runs both until the peer ends; or until, after the end of input, nothing has come for a while.
/// With what came of `down`, when that is over.
pub(super) async fn converse<D>(
    up: impl Future<Output = Result<()>>,
    mut down: Pin<&mut impl Future<Output = D>>,
    heard: &LastHeard,
    linger: Duration,
) -> (Result<()>, Option<D>) {
    let up = pin!(up);
    match first(down.as_mut(), up).await {
        First::One(over) => return (Ok(()), Some(over)),
        First::Other(Ok(())) => {}
        First::Other(failed) => return (failed, None),
    }
    heard.now();
    loop {
        let last = heard.at.get();
        let silence = pin!(sleep_until(last + linger));
        match first(down.as_mut(), silence).await {
            First::One(over) => return (Ok(()), Some(over)),
            First::Other(()) if heard.is_printing.get() => heard.now(),
            First::Other(()) if heard.at.get() == last => return (Ok(()), None),
            First::Other(()) => {}
        }
    }
}

/// Who reads our output may have read enough: that is no failure.
pub(super) fn quiet(ended: io::Result<()>) -> Result<()> {
    match ended {
        Err(error) if is_of_output(&error) => Ok(()),
        ended => Ok(ended?),
    }
}

/// A link's errors have an inner one.
fn is_of_output(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe && error.get_ref().is_none()
}

enum First<A, B> {
    One(A),
    Other(B),
}

async fn first<A: Future, B: Future>(
    mut one: Pin<&mut A>,
    mut other: Pin<&mut B>,
) -> First<A::Output, B::Output> {
    poll_fn(|cx| {
        if let Poll::Ready(one) = one.as_mut().poll(cx) {
            return Poll::Ready(First::One(one));
        }
        other.as_mut().poll(cx).map(First::Other)
    })
    .await
}

/// Both to their ends.
pub(super) async fn both<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut a, mut b) = (None, None);
    poll_fn(|cx| {
        poll_once(one.as_mut(), &mut a, cx);
        poll_once(other.as_mut(), &mut b, cx);
        match (a.take(), b.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (a, b) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

fn poll_once<F: Future>(future: Pin<&mut F>, value: &mut Option<F::Output>, cx: &mut Context<'_>) {
    if value.is_none()
        && let Poll::Ready(ready) = future.poll(cx)
    {
        *value = Some(ready);
    }
}
