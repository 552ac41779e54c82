//! One session, and all who have a part of it: the modem, and a link or its halves.

use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};

use super::session::Session;
use super::wakers::{Side, Wakers};

/// How often everything is looked at before other tasks have their turn.
const ROUNDS: usize = 32;

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
    /// Looks whether there is what is waited for, and lets things happen until there is. No longer:
    /// what stands behind has more room once this was taken.
    pub(super) fn poll<T>(
        &self,
        side: Side,
        cx: &mut Context<'_>,
        look: impl FnMut(&mut Session<IO>) -> Poll<T>,
    ) -> Poll<T> {
        self.wakers.register(side, cx.waker());
        self.drive(side, look)
    }

    /// Lets everything happen that can, as after something was asked for.
    pub(super) fn push(&self, side: Side) {
        let _ = self.drive(side, |_| Poll::<()>::Pending);
    }

    fn drive<T>(&self, side: Side, mut look: impl FnMut(&mut Session<IO>) -> Poll<T>) -> Poll<T> {
        let mut cx = Context::from_waker(&self.waker);
        let mut session = self.lock();
        let mut found = look(&mut session);
        let mut rounds = 0;
        while found.is_pending() && rounds < ROUNDS && session.round(&mut cx) {
            rounds += 1;
            found = look(&mut session);
        }
        drop(session);
        if rounds > 0 {
            self.wakers.wake_others(side);
        }
        if found.is_pending() && rounds == ROUNDS {
            // There may be more, and the last look may have asked for something.
            self.waker.wake_by_ref();
        }
        found
    }
}
