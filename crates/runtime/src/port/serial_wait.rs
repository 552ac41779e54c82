//! Waiting for a device to come: its folder says so, and where that can't be, a slow clock does.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
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
    folder: PathBuf,
    /// None: the folder does not tell, or has gone itself.
    news: Option<AsyncFd<OwnedFd>>,
    looked: Instant,
    sleep: Pin<Box<Sleep>>,
}

impl Wait {
    pub(super) fn begin(device: &Path) -> Self {
        let looked = Instant::now();
        let folder = match device.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self {
            folder: folder.into(),
            news: watch(folder).ok(),
            looked,
            sleep: Box::pin(tokio::time::sleep_until(looked + PAUSE)),
        }
    }

    /// Ready when it is worth a look.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self.news.as_ref().map(|news| read(news, cx)) {
            None | Some(News::None) => {}
            Some(News::Some) => self.sleep.as_mut().reset(self.looked + PAUSE),
            Some(News::TheLast) => {
                self.news = None;
                self.sleep.as_mut().reset(self.looked + PAUSE);
            }
        }
        ready!(self.sleep.as_mut().poll(cx));
        self.looked = Instant::now();
        if self.news.is_none() {
            self.news = watch(&self.folder).ok();
        }
        let next = match self.news {
            Some(_) => TOLD,
            None => UNTOLD,
        };
        self.sleep.as_mut().reset(self.looked + next);
        Poll::Ready(())
    }
}

fn watch(folder: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    // A new node becomes ours by a change of its attributes.
    let mask = WatchFlags::CREATE | WatchFlags::MOVED_TO | WatchFlags::ATTRIB;
    inotify::add_watch(&inotify, folder, mask)?;
    polled(inotify, Interest::READABLE).map_err(|(_, error)| error)
}

/// What a folder had to tell.
enum News {
    None,
    Some,
    /// It has gone.
    TheLast,
}

fn read(folder: &AsyncFd<OwnedFd>, cx: &mut Context<'_>) -> News {
    let mut news = News::None;
    while let Poll::Ready(Ok(mut ready)) = folder.poll_read_ready(cx) {
        let drained = ready.try_io(|inotify| -> io::Result<()> {
            let mut space = [MaybeUninit::uninit(); 2048];
            let mut events = Reader::new(inotify.get_ref(), &mut space);
            loop {
                let event = events.next()?;
                if event.events().contains(ReadFlags::IGNORED) {
                    news = News::TheLast;
                } else if !matches!(news, News::TheLast) {
                    news = News::Some;
                }
            }
        });
        if let Ok(Err(_)) = drained {
            break;
        }
    }
    news
}
