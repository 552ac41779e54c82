//! A port that would block for ever, but tells when it is ready.

use core::fmt;

use embedded_io::{Error, ErrorKind, ErrorType, Read, ReadReady, Write};

/// A port that is only read when something is there. When nothing is, `idle` is called: it may wait
/// for an interrupt, or do nothing.
pub struct Polled<P, F> {
    port: P,
    idle: F,
}

/// What a [`Polled`] port says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotReady<E> {
    /// Nothing is there.
    Nothing,
    /// The port failed.
    Port(E),
}

impl<P: Read + ReadReady + Write, F: FnMut()> Polled<P, F> {
    /// A port that calls `idle` when nothing is there.
    pub const fn new(port: P, idle: F) -> Self {
        Self { port, idle }
    }
}

impl<P: ErrorType, F> ErrorType for Polled<P, F> {
    type Error = NotReady<P::Error>;
}

impl<P: Read + ReadReady, F: FnMut()> Read for Polled<P, F> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        match self.port.read_ready() {
            Ok(true) => self.port.read(buf).map_err(NotReady::Port),
            Ok(false) => {
                (self.idle)();
                Err(NotReady::Nothing)
            }
            Err(error) => Err(NotReady::Port(error)),
        }
    }
}

impl<P: Write, F> Write for Polled<P, F> {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        self.port.write(buf).map_err(NotReady::Port)
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.port.flush().map_err(NotReady::Port)
    }
}

impl<E: Error> Error for NotReady<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Nothing => ErrorKind::TimedOut,
            Self::Port(error) => error.kind(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for NotReady<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing is there"),
            Self::Port(error) => error.fmt(f),
        }
    }
}

impl<E: core::error::Error> core::error::Error for NotReady<E> {}
