//! One inotify for all PTYs that a thread opens: by default a user may have 128 of those, and a
//! hundred thousand watches.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::AbortHandle;

use super::polled::polled;
use super::presence::Visitors;

const NEWS: WatchFlags = WatchFlags::OPEN
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::CLOSE_NOWRITE);

/// So many events are handed on before others have their turn.
const BURST: usize = 1024;

thread_local! {
    static LOOKOUT: RefCell<Weak<Lookout>> = const { RefCell::new(Weak::new()) };
}

/// Tells the visitors of every PTY who opens and who closes it. Ends with the last PTY.
pub(super) struct Lookout {
    inotify: Arc<AsyncFd<OwnedFd>>,
    watched: Arc<Mutex<Watched>>,
    task: AbortHandle,
}

/// The PTYs by their watches.
type Watched = HashMap<i32, Arc<Visitors>>;

impl Lookout {
    /// This thread's. Needs a tokio runtime around it.
    pub(super) fn of_this_thread() -> io::Result<Arc<Self>> {
        LOOKOUT.with_borrow_mut(|lookout| {
            // One whose runtime has gone looks at nothing any more.
            if let Some(lookout) = lookout.upgrade().filter(|it| !it.task.is_finished()) {
                return Ok(lookout);
            }
            let started = Arc::new(Self::start()?);
            *lookout = Arc::downgrade(&started);
            Ok(started)
        })
    }

    fn start() -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let inotify = polled(inotify, Interest::READABLE).map_err(|(_, error)| error)?;
        let (inotify, watched) = (Arc::new(inotify), Arc::default());
        let task = tokio::spawn(look_out(Arc::clone(&inotify), Arc::clone(&watched)));
        Ok(Self {
            inotify,
            watched,
            task: task.abort_handle(),
        })
    }

    /// Tells these visitors from now on, until the watch that it gives is removed.
    pub(super) fn watch(&self, slave: &Path, visitors: &Arc<Visitors>) -> io::Result<i32> {
        // Before the watch is in the list, nobody reads what it has to tell.
        let mut watched = lock(&self.watched);
        // inotify makes one of equal events in a row, so two DTEs opening at once would count as
        // one, and the first to leave as the last. The folder's events stand between them.
        if let Some(folder) = slave.parent() {
            let _ = inotify::add_watch(&*self.inotify, folder, NEWS);
        }
        let watch = inotify::add_watch(&*self.inotify, slave, NEWS)?;
        watched.insert(watch, Arc::clone(visitors));
        Ok(watch)
    }

    pub(super) fn remove(&self, watch: i32) {
        lock(&self.watched).remove(&watch);
        // It fails when the PTY has gone, and its watch with it.
        let _ = inotify::remove_watch(&*self.inotify, watch);
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn look_out(inotify: Arc<AsyncFd<OwnedFd>>, watched: Arc<Mutex<Watched>>) {
    while let Ok(mut ready) = inotify.readable().await {
        let read = ready.try_io(|inotify| hand_on(inotify.get_ref(), &lock(&watched)));
        if let Ok(Err(_)) = read {
            break;
        }
    }
    // Nobody will tell any more.
    lock(&watched).values().for_each(|it| it.are_unknown());
}

/// Hands on what is there. Would block: that was all.
fn hand_on(inotify: &OwnedFd, watched: &Watched) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); 4096];
    let mut events = Reader::new(inotify, &mut space);
    for _ in 0..BURST {
        let event = match events.next() {
            Err(Errno::INTR) => continue,
            event => event?,
        };
        let what = event.events();
        if what.contains(ReadFlags::QUEUE_OVERFLOW) {
            watched.values().for_each(|it| it.are_unknown());
        } else if let Some(visitors) = watched.get(&event.wd()) {
            if what.contains(ReadFlags::OPEN) {
                visitors.one_came();
            } else if what.intersects(ReadFlags::CLOSE_WRITE | ReadFlags::CLOSE_NOWRITE) {
                visitors.one_left();
            }
        }
    }
    Ok(())
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
