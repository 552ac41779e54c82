//! What doors have in common at which DTEs connect: TCP ports and socket files.

use std::os::fd::AsFd;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::time::Sleep;

/// How long no DTE is let in after one could not be, as when there are too many open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Holds memory only while there is a pause.
#[derive(Default)]
pub(super) struct Pause(Option<Pin<Box<Sleep>>>);

impl Pause {
    pub(super) fn begin(&mut self) {
        self.0 = Some(Box::pin(tokio::time::sleep(PAUSE)));
    }

    /// Ready when there is none.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = &mut self.0 {
            ready!(sleep.as_mut().poll(cx));
            self.0 = None;
        }
        Poll::Ready(())
    }
}

/// Whether somebody waits there to be let in. Without an open file left `accept` fails even when
/// nobody does.
pub(super) fn is_wanted(listener: impl AsFd) -> bool {
    let mut one = [PollFd::new(&listener, PollFlags::IN)];
    let at_once = Timespec::default();
    rustix::event::poll(&mut one, Some(&at_once)).is_ok_and(|ready| ready > 0)
}

/// Whether the other end has sent its last byte, though we may not have read it.
pub(super) fn has_ended(connection: impl AsFd) -> bool {
    let ended = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    let mut one = [PollFd::new(&connection, PollFlags::RDHUP)];
    let at_once = Timespec::default();
    rustix::event::poll(&mut one, Some(&at_once)).is_ok() && one[0].revents().intersects(ended)
}
