//! A socket file: one DTE at a time, as at a TCP port.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::task::{Context, Poll, ready};

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tokio::net::{UnixListener, UnixStream};

use super::door::{self, Pause};
use super::{Arrival, Dte, OpenError};
use crate::observe::Caller;

/// Dropping it takes the file away when it is still ours.
pub(super) struct Listener {
    listener: UnixListener,
    path: PathBuf,
    file: Option<FileId>,
    pause: Pause,
}

impl Listener {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        // Who has bound a socket and does not listen yet looks like one who never will again: two
        // modules that start at once would take each other's file away. Where a folder can't be
        // locked, that is left.
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).ok();
        if let Some(folder) = &folder {
            let _ = rustix::fs::flock(folder, FlockOperation::LockExclusive);
        }
        Ok(Self {
            listener: listen(path)?,
            path: path.into(),
            file: FileId::of(path),
            pause: Pause::default(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>) -> Poll<Arrival> {
        loop {
            ready!(self.pause.poll(cx));
            match ready!(self.listener.poll_accept(cx)) {
                Ok((stream, _)) => {
                    let from = caller(&stream);
                    return Poll::Ready(Arrival::Came(Box::new(stream), from));
                }
                Err(error) => {
                    self.pause.begin();
                    if door::is_wanted(&self.listener) {
                        return Poll::Ready(Arrival::Failed(error));
                    }
                }
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.file.is_some() && FileId::of(&self.path) == self.file {
            // Somebody else may be quicker; then it is gone, too.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Listens at a new file, in the place of one that nobody listens at any more.
fn listen(path: &Path) -> Result<UnixListener, OpenError> {
    let explain = |error| OpenError::Socket {
        path: path.into(),
        error,
    };
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
        bound => return bound.map_err(explain),
    }
    let found = std::fs::symlink_metadata(path).map_err(explain)?;
    if !found.file_type().is_socket() {
        return Err(OpenError::NoSocket(path.into()));
    }
    match knock(path) {
        Err(Errno::CONNREFUSED) => {}
        Err(error @ Errno::ACCESS) => return Err(explain(error.into())),
        _ => return Err(OpenError::SocketInUse(path.into())),
    }
    std::fs::remove_file(path).map_err(explain)?;
    UnixListener::bind(path).map_err(explain)
}

/// Does not wait: of one that has no room for us it is known that it is there.
fn knock(path: &Path) -> rustix::io::Result<()> {
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)
}

fn caller(stream: &UnixStream) -> Caller {
    let id = stream.peer_cred().ok().and_then(|peer| peer.pid());
    // Of a process outside our own process namespace the system says 0.
    id.filter(|id| *id > 0)
        .map_or(Caller::Unknown, Caller::Process)
}

/// Which file a path leads to.
#[derive(PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(path: &Path) -> Option<Self> {
        let found = std::fs::symlink_metadata(path).ok()?;
        Some(Self {
            device: found.dev(),
            inode: found.ino(),
        })
    }
}

impl Dte for UnixStream {
    /// As with TCP: `printf 'AT\r' | socat - UNIX-CONNECT:...` waits for the answer.
    fn listens_on(&self) -> bool {
        true
    }

    fn is_leaving(&self) -> bool {
        door::has_ended(self)
    }
}
