//! A serial device with the DTE at its other end. It can vanish, as when its adapter is unplugged;
//! the module and its connections wait for it.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll};

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{ControlModes, InputModes, Termios, tcgetattr};

use super::serial_stream::{Device, SerialStream};
use super::serial_wait::Wait;
use super::{Address, Arrival, OpenError, raw};
use crate::observe::Caller;

pub(super) struct Serial {
    path: PathBuf,
    baud: u32,
    /// Opened, and not yet the module's.
    stream: Option<SerialStream>,
    /// While there is none.
    wait: Option<Wait>,
    /// What was said last about a device that is there and cannot be used.
    complaint: String,
}

impl Serial {
    /// A device that is not there yet is waited for; one that cannot be used is an error.
    pub(super) fn open(path: &Path, baud: u32) -> Result<Self, OpenError> {
        Ok(Self {
            path: path.into(),
            baud,
            stream: open(path, baud)?,
            wait: None,
            complaint: String::new(),
        })
    }

    pub(super) fn address(&self) -> Address {
        Address::Serial {
            path: self.path.clone(),
            baud: self.baud,
            there: self.stream.is_some(),
        }
    }

    pub(super) fn poll_arrival(&mut self, cx: &mut Context<'_>, engaged: bool) -> Poll<Arrival> {
        if engaged {
            return Poll::Pending;
        }
        if let Some(stream) = self.stream.take() {
            return Poll::Ready(Arrival::Came(Box::new(stream), Caller::Unknown));
        }
        let wait = self.wait.get_or_insert_with(|| Wait::begin(&self.path));
        while wait.poll(cx).is_ready() {
            match open(&self.path, self.baud) {
                Ok(Some(stream)) => {
                    self.wait = None;
                    self.complaint.clear();
                    return Poll::Ready(Arrival::Came(Box::new(stream), Caller::Unknown));
                }
                Ok(None) => self.complaint.clear(),
                // A new node belongs to root until its rules have run: it may get better.
                Err(error) => {
                    let complaint = error.to_string();
                    if self.complaint != complaint {
                        self.complaint = complaint;
                        return Poll::Ready(Arrival::Failed(io::Error::other(error)));
                    }
                }
            }
        }
        Poll::Pending
    }
}

/// The device as a stream; none: it is not there.
pub(super) fn open(path: &Path, baud: u32) -> Result<Option<SerialStream>, OpenError> {
    let other = |error| OpenError::Device {
        path: path.into(),
        error,
    };
    let Some((file, before)) = locked(path)? else {
        return Ok(None);
    };
    let device = Device::exclusive(file, before);
    let settings = settings(&device, baud).map_err(|_| OpenError::Baud {
        path: path.into(),
        baud,
    })?;
    raw::set(&device, &settings).map_err(other)?;
    let rate = tcgetattr(&device).map_err(|error| other(error.into()))?;
    if rate.output_speed().abs_diff(baud) > baud / 32 {
        return Err(OpenError::Baud {
            path: path.into(),
            baud,
        });
    }
    SerialStream::new(device).map(Some).map_err(other)
}

/// A terminal as it is, only raw; none: it is not there. It has no rate, and whoever runs a module
/// behind it keeps it open, so a lock that a killed program leaves in the terminal would stay.
pub(super) fn open_terminal(path: &Path) -> Result<Option<SerialStream>, OpenError> {
    let other = |error| OpenError::Device {
        path: path.into(),
        error,
    };
    let Some((file, before)) = locked(path)? else {
        return Ok(None);
    };
    let settings = raw::raw(&file).map_err(other)?;
    let device = Device::shared(file, before);
    raw::set(&device, &settings).map_err(other)?;
    SerialStream::new(device).map(Some).map_err(other)
}

/// An open device that no other program has locked, and its settings; none: it is not there.
fn locked(path: &Path) -> Result<Option<(OwnedFd, Termios)>, OpenError> {
    let other = |error| OpenError::Device {
        path: path.into(),
        error,
    };
    // Opening something else could do something.
    if std::fs::metadata(path).is_ok_and(|found| !found.file_type().is_char_device()) {
        return Err(OpenError::NoTerminal(path.into()));
    }
    // Without NONBLOCK it would wait for a modem's carrier.
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => file,
        Err(Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::IO) => return Ok(None),
        Err(Errno::BUSY) => return Err(OpenError::DeviceInUse(path.into())),
        Err(Errno::ACCESS) => return Err(OpenError::NoAccess(path.into())),
        Err(error) => return Err(other(error.into())),
    };
    let before = match tcgetattr(&file) {
        Ok(settings) => settings,
        Err(Errno::NOTTY) => return Err(OpenError::NoTerminal(path.into())),
        Err(error) => return Err(other(error.into())),
    };
    // The lock is what others who lock are told by, and root; TIOCEXCL keeps all others out.
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => return Err(OpenError::DeviceInUse(path.into())),
        locked => locked.map_err(|error| other(error.into()))?,
    }
    Ok(Some((file, before)))
}

/// Raw, 8N1, no flow control, no modem lines.
fn settings(device: &Device, baud: u32) -> io::Result<Termios> {
    let mut settings = raw::raw(device)?;
    settings.input_modes -= InputModes::IXOFF | InputModes::IXANY;
    settings.control_modes -= ControlModes::CSTOPB | ControlModes::CRTSCTS;
    settings.control_modes |= ControlModes::CLOCAL | ControlModes::CREAD;
    settings.set_speed(baud)?;
    Ok(settings)
}
