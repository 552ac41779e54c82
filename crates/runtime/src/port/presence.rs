//! Whether a DTE has the slave side of a PTY open: a PTY has no modem line that would tell.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use super::lookout::Lookout;

/// Counts who opens and who closes the slave, as long as it lives.
pub(super) struct Presence {
    lookout: Arc<Lookout>,
    watch: i32,
}

impl Presence {
    /// Counts from now on. Needs a tokio runtime around it.
    pub(super) fn watch(slave: &Path, visitors: &Arc<Visitors>) -> io::Result<Self> {
        let lookout = Lookout::of_this_thread()?;
        let watch = lookout.watch(slave, visitors)?;
        Ok(Self { lookout, watch })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.lookout.remove(self.watch);
    }
}

/// Who has the slave open, ourselves aside.
#[derive(Default)]
pub(super) struct Visitors {
    there: AtomicUsize,
    /// The last one left, and its stream has not yet ended for it.
    left: AtomicBool,
    /// The last one left, and nobody has cleaned up behind it.
    untidy: AtomicBool,
    /// Who wants to know.
    waker: Mutex<Option<Waker>>,
}

impl Visitors {
    pub(super) fn one_came(&self) {
        self.there.fetch_add(1, Ordering::Relaxed);
        self.wake();
    }

    pub(super) fn one_left(&self) {
        let there = self.there.load(Ordering::Relaxed);
        self.there.store(there.saturating_sub(1), Ordering::Relaxed);
        if there <= 1 {
            self.left.store(true, Ordering::Relaxed);
            self.untidy.store(true, Ordering::Relaxed);
        }
        self.wake();
    }

    /// Nobody tells who comes and goes, so somebody is always there: a DTE that is not noticed when
    /// it leaves is better than one that is not heard.
    pub(super) fn are_unknown(&self) {
        self.there.fetch_max(1, Ordering::Relaxed);
        self.wake();
    }

    /// Whether one is there, or was and may have said something. The task is woken at news.
    pub(super) fn poll(&self, cx: &mut Context<'_>) -> bool {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        self.there.load(Ordering::Relaxed) > 0 || self.have_left()
    }

    /// Whether the last one left, and its stream has not yet ended for it.
    pub(super) fn have_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// The stream has ended for the last one.
    pub(super) fn have_ended(&self) {
        self.left.store(false, Ordering::Relaxed);
    }

    /// Whether the last one left since this was asked.
    pub(super) fn take_untidy(&self) -> bool {
        self.untidy.swap(false, Ordering::Relaxed)
    }

    fn wake(&self) {
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*waker {
            waker.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_there(visitors: &Visitors) -> bool {
        visitors.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_last_to_leave_is_waited_for() {
        let visitors = Visitors::default();
        assert!(!are_there(&visitors));
        visitors.one_came();
        visitors.one_came();
        visitors.one_left();
        assert!(are_there(&visitors) && !visitors.have_left());
        visitors.one_left();
        assert!(visitors.have_left() && visitors.take_untidy());
        visitors.have_ended();
        assert!(!are_there(&visitors) && !visitors.take_untidy());
    }

    /// As when more happens than inotify's queue can hold.
    #[test]
    fn when_nobody_tells_somebody_is_there() {
        let visitors = Visitors::default();
        visitors.are_unknown();
        assert!(are_there(&visitors));
        visitors.one_came();
        visitors.one_left();
        assert!(are_there(&visitors) && !visitors.have_left());
    }
}
