//! Standard input and output: one DTE, and when it has left, none will come.

use std::io;
use std::task::Poll;

use rustix::fd::AsFd;
use rustix::fs::FileType;
use rustix::fs::{Mode, OFlags};
use tokio::io::Interest;

use super::raw::RawMode;
use super::stdio_stream::{End, StdioStream};
use super::{Arrival, Line};
use crate::observe::Caller;

pub(super) struct Stdio {
    stream: Option<StdioStream>,
    raw: Option<RawMode>,
}

impl Stdio {
    pub(super) fn open() -> io::Result<Self> {
        let (input, output) = ends()?;
        let raw = match rustix::termios::isatty(rustix::stdio::stdin()) {
            true => Some(RawMode::enter(rustix::io::dup(rustix::stdio::stdin())?)?),
            false => None,
        };
        Ok(Self {
            stream: Some(StdioStream::new(input, output, raw.is_some())),
            raw,
        })
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.raw.is_some()
    }

    pub(super) fn poll_arrival(&mut self, engaged: bool) -> Poll<Arrival> {
        match self.stream.take() {
            Some(stream) => Poll::Ready(Arrival::Came(Box::new(stream), Caller::Unknown)),
            None if engaged => Poll::Pending,
            None => Poll::Ready(Arrival::Over),
        }
    }
}

/// Opens standard input and output, once, as a stream for who is no module: a terminal stays as it
/// is.
///
/// # Errors
/// When either of them is closed, or can't be waited for.
pub fn console() -> io::Result<Line> {
    let (input, output) = ends()?;
    Ok(Line::of_stream(StdioStream::new(input, output, false)))
}

fn ends() -> io::Result<(End, End)> {
    let input = nonblocking(rustix::stdio::stdin(), OFlags::RDONLY)?;
    let output = nonblocking(rustix::stdio::stdout(), OFlags::WRONLY)?;
    let input = End::open(input, Interest::READABLE)?;
    Ok((input, End::open(output, Interest::WRITABLE)?))
}

/// The same file once more, without waiting. Whether one waits is a property of the open file,
/// which we share with whoever started us: a shell must not find its own terminal changed. So
/// pipes and terminals are opened anew; files never wait, and sockets cannot be opened anew.
fn nonblocking(fd: impl AsFd, access: OFlags) -> io::Result<super::stdio_stream::Opened> {
    use super::stdio_stream::Opened;

    let fd = fd.as_fd();
    let kind = FileType::from_raw_mode(rustix::fs::fstat(fd)?.st_mode);
    if matches!(kind, FileType::Fifo | FileType::CharacterDevice) {
        let path = format!("/proc/self/fd/{}", rustix::fd::AsRawFd::as_raw_fd(&fd));
        let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        if let Ok(fd) = rustix::fs::open(path, flags, Mode::empty()) {
            return Ok(Opened::Anew(fd));
        }
    }
    let fd = rustix::io::fcntl_dupfd_cloexec(fd, 0)?;
    if kind == FileType::RegularFile {
        return Ok(Opened::Anew(fd));
    }
    let before = rustix::fs::fcntl_getfl(&fd)?;
    rustix::fs::fcntl_setfl(&fd, before | OFlags::NONBLOCK)?;
    Ok(Opened::Shared { fd, before })
}
