//! Who waits. A stream that is split is read and written by two tasks, and either of them may hear
//! what the other waits for: so the port and the timer wake all.

use core::task::Waker;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;

/// Who waits for what. One of each can.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Reader,
    Writer,
    Modem,
}

type Waiting = [Option<Waker>; 3];

#[derive(Default)]
pub(super) struct Wakers(Mutex<Waiting>);

impl Wakers {
    /// Wakes this one in the place of an earlier one of its side.
    pub(super) fn register(&self, side: Side, waker: &Waker) {
        let waiting = &mut self.lock()[side as usize];
        if !waiting.as_ref().is_some_and(|old| old.will_wake(waker)) {
            *waiting = Some(waker.clone());
        }
    }

    /// Wakes all but one side.
    pub(super) fn wake_others(&self, side: Side) {
        let mut waiting = {
            let mut waiting = self.lock();
            let own = waiting[side as usize].take();
            let others = core::mem::take(&mut *waiting);
            waiting[side as usize] = own;
            others
        };
        wake(&mut waiting);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut waiting = core::mem::take(&mut *self.lock());
        wake(&mut waiting);
    }
}

/// Never under the lock: an executor may poll at once.
fn wake(waiting: &mut Waiting) {
    waiting
        .iter_mut()
        .filter_map(Option::take)
        .for_each(Waker::wake);
}
