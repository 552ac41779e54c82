//! One session, and all who have a part of it: the modem, and a link or its halves.

use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};

use super::session::{Moved, Session};
use super::wakers::{Side, Wakers};

/// How often a look may lead to another one before other tasks have their turn.
const LOOKS: usize = 4;

pub(super) struct Shared<IO> {
    session: Mutex<Session<IO>>,
    wakers: Arc<Wakers>,
    /// Wakes all of them.
    waker: Waker,
}

impl<IO> Shared<IO> {
    pub(super) fn new(session: Session<IO>) -> Self {
        let wakers = Arc::<Wakers>::default();
        Self {
            session: Mutex::new(session),
            waker: Arc::clone(&wakers).into(),
            wakers,
        }
    }

    /// Never held while anybody waits.
    pub(super) fn lock(&self) -> MutexGuard<'_, Session<IO>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Shared<IO> {
    /// Looks whether there is what is waited for, and lets things happen until there is.
    pub(super) fn poll<T>(
        &self,
        side: Side,
        cx: &mut Context<'_>,
        mut look: impl FnMut(&mut Session<IO>) -> Poll<T>,
    ) -> Poll<T> {
        self.wakers.register(side, cx.waker());
        let mut cx = Context::from_waker(&self.waker);
        let mut session = self.lock();
        let mut found = look(&mut session);
        let mut moved = false;
        let mut last = Moved::Nothing;
        for _ in 0..LOOKS {
            if found.is_ready() {
                break;
            }
            last = session.drive(&mut cx);
            if last == Moved::Nothing {
                break;
            }
            moved = true;
            found = look(&mut session);
        }
        drop(session);
        if moved {
            self.wakers.wake_others(side);
        }
        if found.is_pending() && last != Moved::Nothing {
            // The last look may have asked for something.
            self.waker.wake_by_ref();
        }
        found
    }

    /// Lets things happen, as after something was asked for.
    pub(super) fn push(&self, side: Side) {
        let mut cx = Context::from_waker(&self.waker);
        let moved = self.lock().drive(&mut cx);
        if moved != Moved::Nothing {
            self.wakers.wake_others(side);
        }
    }
}
