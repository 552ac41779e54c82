//! A pseudo-terminal as the runtime sets it up: raw, its slave held open; and without anything on
//! top of it.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

pub(crate) struct Pty {
    pub(crate) master: OwnedFd,
    pub(crate) path: PathBuf,
    pub(crate) slave: OwnedFd,
}

impl Pty {
    pub(crate) fn open() -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let path = PathBuf::from(OsStr::from_bytes(name.as_bytes()));
        let slave = open_slave(&path, 1, 0)?;
        Ok(Self {
            master,
            path,
            slave,
        })
    }
}

/// Opens the slave and makes it raw. `min` and `time` are VMIN and VTIME, the latter in tenths of
/// a second.
pub(crate) fn open_slave(path: &Path, min: u8, time: u8) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let slave = rustix::fs::open(path, flags, Mode::empty())?;
    let mut settings = tcgetattr(&slave)?;
    settings.make_raw();
    settings.special_codes[SpecialCodeIndex::VMIN] = min;
    settings.special_codes[SpecialCodeIndex::VTIME] = time;
    tcsetattr(&slave, OptionalActions::Now, &settings)?;
    Ok(slave)
}

/// A master that a tokio runtime polls.
pub(crate) struct Master(AsyncFd<OwnedFd>);

impl Master {
    /// Needs a tokio runtime around it.
    #[allow(
        deprecated,
        reason = "the successor is unsafe, and unsafe is forbidden here"
    )]
    pub(crate) fn new(master: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&master, true)?;
        AsyncFd::with_interest(master, Interest::READABLE | Interest::WRITABLE).map(Self)
    }

    pub(crate) async fn read(&self, space: &mut [u8]) -> io::Result<usize> {
        self.0
            .async_io(Interest::READABLE, |fd| {
                Ok(rustix::io::read(fd, &mut *space)?)
            })
            .await
    }

    pub(crate) async fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let write = |fd: &OwnedFd| Ok(rustix::io::write(fd, bytes)?);
            let written = self.0.async_io(Interest::WRITABLE, write).await?;
            bytes = &bytes[written..];
        }
        Ok(())
    }
}
