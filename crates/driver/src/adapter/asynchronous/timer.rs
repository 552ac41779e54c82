//! Time that can be waited for.

use core::future::pending;

use simless_at::Instant;

/// Time that can be waited for: that of an executor, or a virtual one.
pub trait Timer {
    /// The time since any moment.
    fn now(&self) -> Instant;

    /// Waits until that moment. Dropped, it waits no more.
    fn wait_until(&self, moment: Instant) -> impl Future<Output = ()>;

    /// Waits until that moment, if there is one; otherwise for ever.
    fn wait(&self, until: Option<Instant>) -> impl Future<Output = ()> {
        async move {
            match until {
                Some(moment) => self.wait_until(moment).await,
                None => pending().await,
            }
        }
    }
}

impl<T: Timer> Timer for &T {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn wait_until(&self, moment: Instant) -> impl Future<Output = ()> {
        (**self).wait_until(moment)
    }
}
