//! DTEs in memory, for tests: a door where they come when the test says so, and lines that go
//! through byte by byte and break where the test wants it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Arrival, Dte, Kind, Port};
use crate::observe::Caller;

/// Where DTEs come from. Nobody is woken: the test polls.
#[derive(Clone, Default)]
pub(crate) struct Door(Arc<Mutex<VecDeque<Line>>>);

/// A DTE's line, of which the test has one end.
#[derive(Clone)]
pub(crate) struct Line(Arc<Mutex<Ends>>);

/// Both ends of a line.
pub(crate) struct Ends {
    /// What the DTE said and the module was not given yet.
    pub(crate) said: VecDeque<u8>,
    /// What the DTE was given.
    pub(crate) heard: Vec<u8>,
    /// The most bytes that go through at once.
    pub(crate) bite: usize,
    /// Whether the line rests after each of them, until it is woken: then the loop has to wait.
    pub(crate) rests: bool,
    /// It rests, in the one direction and in the other.
    resting: [bool; 2],
    /// The line breaks when so many bytes were given to the DTE.
    pub(crate) takes: usize,
    /// What stands behind the last byte it said.
    pub(crate) end: End,
}

/// The end of what a DTE says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It has not come.
    Open,
    /// It has said everything, and listens.
    Listens,
    /// It is gone.
    Gone,
    /// The line is broken.
    Broken,
}

impl Door {
    pub(crate) fn port(&self) -> Port {
        Port(Kind::Memory(self.clone()))
    }

    /// A DTE comes.
    pub(crate) fn comes(&self, bite: usize) -> Line {
        let line = Line(Arc::new(Mutex::new(Ends {
            said: VecDeque::new(),
            heard: Vec::new(),
            bite,
            rests: false,
            resting: [false; 2],
            takes: usize::MAX,
            end: End::Open,
        })));
        self.queue().push_back(line.clone());
        line
    }

    pub(super) fn poll_arrival(&self) -> Poll<Arrival> {
        match self.queue().pop_front() {
            Some(line) => Poll::Ready(Arrival::Came(Box::new(line), Caller::Unknown)),
            None => Poll::Pending,
        }
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.0.lock().expect("a test that panicked has failed")
    }
}

impl Line {
    pub(crate) fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().expect("a test that panicked has failed")
    }

    /// It goes on where it rested.
    pub(crate) fn wake(&self) {
        self.ends().resting = [false; 2];
    }

    pub(crate) fn says(&self, bytes: &[u8]) {
        self.ends().said.extend(bytes);
    }
}

impl Dte for Line {
    fn listens_on(&self) -> bool {
        self.ends().end == End::Listens
    }

    fn is_leaving(&self) -> bool {
        self.ends().end != End::Open
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut ends = self.ends();
        if ends.resting[0] {
            return Poll::Pending;
        }
        let n = ends.bite.min(ends.said.len()).min(buf.remaining());
        if n == 0 {
            return match ends.end {
                End::Open => Poll::Pending,
                End::Listens | End::Gone => Poll::Ready(Ok(())),
                End::Broken => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            };
        }
        let read: Vec<u8> = ends.said.drain(..n).collect();
        buf.put_slice(&read);
        ends.resting[0] = ends.rests;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut ends = self.ends();
        if ends.resting[1] {
            return Poll::Pending;
        }
        let n = ends.bite.min(ends.takes - ends.heard.len());
        if n == 0 {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let before = ends.heard.len();
        let bytes = slices.iter().flat_map(|slice| slice.iter().copied());
        ends.heard.extend(bytes.take(n));
        ends.resting[1] = ends.rests;
        Poll::Ready(Ok(ends.heard.len() - before))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
