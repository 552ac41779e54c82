//! A pseudo-terminal. Our own end of its slave side stays open, so that DTEs can come and go.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::Termios;
use tokio::io::Interest;

use super::link::Link;
use super::polled::polled;
use super::presence::{Presence, Visitors};
use super::pty_stream::{Line, PtyStream};
use super::{Address, Arrival, OpenError, raw};
use crate::observe::Caller;

pub(super) struct Pty {
    line: Arc<Line>,
    slave: OwnedFd,
    raw: Termios,
    path: PathBuf,
    link: Link,
    presence: Result<Presence, io::Error>,
}

impl Pty {
    pub(super) fn open(link: Option<&Path>) -> Result<Self, OpenError> {
        let (master, path) = open_master().map_err(OpenError::Pty)?;
        let (slave, raw) = open_slave(&path).map_err(OpenError::Pty)?;
        let visitors = Arc::<Visitors>::default();
        // Only now: our own opening of the slave is none of a DTE.
        let presence = Presence::watch(&path, &visitors);
        if presence.is_err() {
            visitors.are_unknown();
        }
        let link = Link::make(&path, link)?;
        let both = Interest::READABLE | Interest::WRITABLE;
        let master = polled(master, both).map_err(|(_, error)| OpenError::Pty(error))?;
        Ok(Self {
            line: Arc::new(Line { master, visitors }),
            slave,
            raw,
            path,
            link,
            presence,
        })
    }

    pub(super) fn address(&self) -> Address {
        Address::Pty {
            path: self.path.clone(),
            link: self.link.path().into(),
            blind: self.presence.as_ref().err().map(ToString::to_string),
        }
    }

    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>, engaged: bool) -> Poll<Arrival> {
        let visitors = &self.line.visitors;
        // One that came and left in between may have said something.
        let there = visitors.poll(cx);
        if visitors.take_untidy() {
            // The DTE may have left it in any mode. If this fails, so will the next DTE's own.
            let _ = raw::set(&self.slave, &self.raw);
        }
        if there && !engaged {
            let stream = PtyStream::new(Arc::clone(&self.line));
            return Poll::Ready(Arrival::Came(Box::new(stream), Caller::Unknown));
        }
        Poll::Pending
    }
}

fn open_master() -> io::Result<(OwnedFd, PathBuf)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    rustix::io::ioctl_fionbio(&master, true)?;
    let name = ptsname(&master, Vec::new())?;
    let path = PathBuf::from(OsStr::from_bytes(name.as_bytes()));
    Ok((master, path))
}

fn open_slave(path: &Path) -> io::Result<(OwnedFd, Termios)> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let slave = rustix::fs::open(path, flags, Mode::empty())?;
    let settings = raw::raw(&slave)?;
    raw::set(&slave, &settings)?;
    Ok((slave, settings))
}
