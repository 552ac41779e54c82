//! Two directions, and when they are over.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Result;
use tokio::time::{Instant, sleep_until};

/// When something came last.
pub(super) struct LastHeard(Cell<Instant>);

impl LastHeard {
    pub(super) fn new() -> Self {
        Self(Cell::new(Instant::now()))
    }

    pub(super) fn now(&self) {
        self.0.set(Instant::now());
    }
}

/// Runs both until the peer ends; or until, after the end of input, nothing has come for a while.
pub(super) async fn converse(
    up: impl Future<Output = Result<()>>,
    down: impl Future<Output = io::Result<()>>,
    heard: &LastHeard,
    linger: Duration,
) -> Result<()> {
    let (mut up, mut down) = (pin!(up), pin!(down));
    match first(down.as_mut(), up.as_mut()).await {
        First::One(ended) => return quiet(ended),
        First::Other(sent) => sent?,
    }
    heard.now();
    loop {
        let last = heard.0.get();
        let silence = pin!(sleep_until(last + linger));
        match first(down.as_mut(), silence).await {
            First::One(ended) => return quiet(ended),
            First::Other(()) if heard.0.get() == last => return Ok(()),
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
