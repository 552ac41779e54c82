//! What a serial device is in tests: one end of a PTY, behind a link whose name stays.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::Dte;

/// A serial line. Dropping both it and its DTE unplugs it.
pub struct SerialLine {
    /// It stays open, so that reading the master never fails for want of a slave.
    pub slave: File,
    master: File,
}

impl SerialLine {
    /// A new one behind this link, in the place of an old one.
    pub fn plug_in(link: &Path) -> Self {
        // Not inherited: a program that has it keeps it plugged in.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master: OwnedFd = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let path = PathBuf::from(OsStr::from_bytes(name.as_bytes()));
        let slave = File::options().read(true).write(true).open(&path).unwrap();
        // In one step: there is no moment at which half of it is there.
        let other = link.with_extension("new");
        symlink(&path, &other).unwrap();
        std::fs::rename(other, link).unwrap();
        Self {
            slave,
            master: master.into(),
        }
    }

    /// The DTE at the other end.
    pub fn dte(&self) -> Dte {
        Dte::terminal(self.master.try_clone().unwrap())
    }
}
