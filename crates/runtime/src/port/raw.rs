//! Raw mode: a terminal that passes every byte on as it is.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fd::AsFd;
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// The settings of this terminal, made raw: no echo, no editing, no signals, no change of bytes.
pub(super) fn raw(terminal: impl AsFd) -> io::Result<Termios> {
    let mut settings = tcgetattr(terminal)?;
    settings.make_raw();
    settings.special_codes[SpecialCodeIndex::VMIN] = 1;
    settings.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(settings)
}

/// Gives a terminal these settings now, and lets what is on its way in it live.
pub(super) fn set(terminal: impl AsFd, settings: &Termios) -> io::Result<()> {
    Ok(tcsetattr(terminal, OptionalActions::Now, settings)?)
}

/// A terminal that is raw as long as this lives.
pub(super) struct RawMode {
    terminal: OwnedFd,
    before: Termios,
}

impl RawMode {
    pub(super) fn enter(terminal: OwnedFd) -> io::Result<Self> {
        let before = tcgetattr(&terminal)?;
        set(&terminal, &raw(&terminal)?)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // A terminal that has gone needs no settings.
        let _ = set(&self.terminal, &self.before);
    }
}
