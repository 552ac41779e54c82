//! The time of `embassy-time`.

use embassy_time::Timer;
use simless_at::Instant;

/// The time of `embassy-time`. It needs a time driver, which the HAL of a chip brings along.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmbassyTimer;

impl super::Timer for EmbassyTimer {
    fn now(&self) -> Instant {
        Instant::from_micros(embassy_time::Instant::now().as_micros())
    }

    async fn wait_until(&self, moment: Instant) {
        // Late rather than early by less than a tick: early, it would be waited for again and again.
        let at = embassy_time::Instant::try_from_micros(moment.as_micros());
        let at = at.and_then(|at| at.checked_add(embassy_time::Duration::from_ticks(1)));
        Timer::at(at.unwrap_or(embassy_time::Instant::MAX)).await;
    }
}
