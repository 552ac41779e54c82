//! Waiting for a device to come: its folder says so, and where that can't be, a slow clock does.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, Sleep};

use super::polled::polled;

/// Between two looks at the least: a folder can be busy, and a device that comes and goes at once
/// must not keep us busy, too.
const PAUSE: Duration = Duration::from_millis(200);

/// Between two looks where the folder tells. Not all: what a link leads to stands in another one.
const TOLD: Duration = Duration::from_secs(5);

/// Between two looks where it does not, as when the folder goes with its last device.
const UNTOLD: Duration = Duration::from_secs(1);

pub(super) struct Wait {
    folder: Option<AsyncFd<OwnedFd>>,
    looked: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Wait {
    pub(super) fn begin(device: &Path) -> Self {
        let looked = Instant::now();
        Self {
            folder: device.parent().and_then(|folder| watch(folder).ok()),
            looked,
            sleep: Box::pin(tokio::time::sleep_until(looked + PAUSE)),
        }
    }

    /// Ready when it is worth a look.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(folder) = &self.folder
            && has_news(folder, cx)
        {
            self.sleep.as_mut().reset(self.looked + PAUSE);
        }
        ready!(self.sleep.as_mut().poll(cx));
        self.looked = Instant::now();
        let next = match self.folder {
            Some(_) => TOLD,
            None => UNTOLD,
        };
        self.sleep.as_mut().reset(self.looked + next);
        Poll::Ready(())
    }
}

fn watch(folder: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    // A new node becomes ours by a change of its attributes.
    let mask = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB;
    inotify::add_watch(&inotify, folder, mask)?;
    polled(inotify, Interest::READABLE).map_err(|(_, error)| error)
}

/// Takes the folder's news; whether there were any.
fn has_news(folder: &AsyncFd<OwnedFd>, cx: &mut Context<'_>) -> bool {
    let mut any = false;
    while let Poll::Ready(Ok(mut ready)) = folder.poll_read_ready(cx) {
        let drained = ready.try_io(|inotify| -> io::Result<()> {
            let mut space = [MaybeUninit::uninit(); 2048];
            let mut events = Reader::new(inotify.get_ref(), &mut space);
            loop {
                events.next()?;
                any = true;
            }
        });
        if let Ok(Err(_)) = drained {
            break;
        }
    }
    any
}
