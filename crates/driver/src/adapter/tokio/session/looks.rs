//! Whether there is what somebody waits for. A look may ask the driver for something; what comes of
//! it, a later one sees.

use core::net::IpAddr;
use core::task::Poll;
use std::io;

use super::{LinkError, LinkFailure, LookUp, Session};
use crate::{Closed, ConnectError, Ended, Host};

impl<IO> Session<IO> {
    /// Whether a connection stood, if only for a moment: what it brought can be read.
    pub(in crate::adapter::tokio) const fn is_up(&self) -> bool {
        self.link.stands || self.link.closed.is_some()
    }

    /// Nobody wants a connection any more. It is closed before the next one is made.
    pub(in crate::adapter::tokio) fn let_go(&mut self) {
        self.is_wanted = false;
        self.received.forget();
    }

    /// Ready when all that was taken is accepted, or will not be.
    pub(in crate::adapter::tokio) fn flushed(&self) -> Poll<io::Result<()>> {
        if let Some(broken) = self.link.broken {
            return Poll::Ready(Err(broken.into()));
        }
        match self.payload.is_empty() {
            true => Poll::Ready(Ok(())),
            false => Poll::Pending,
        }
    }

    /// Ready when the connection is closed, after all that was taken is accepted.
    pub(in crate::adapter::tokio) fn shut(&mut self) -> Poll<io::Result<()>> {
        if self.link.stands {
            self.link.is_shut = true;
            if self.payload.is_empty() && !self.link.is_closing {
                self.link.is_closing = true;
                self.driver.close(self.clock.now());
            }
            return Poll::Pending;
        }
        self.flushed()
    }

    /// Why nothing more can be written.
    pub(in crate::adapter::tokio) fn unwritable(&self) -> Option<LinkError> {
        self.link.broken.or_else(|| {
            let closed = self.link.closed.map(LinkError::closed);
            let closing = || LinkError {
                kind: LinkFailure::Ended(Ended::ByUs),
                accepted: self.driver.link.accepted,
                in_doubt: 0,
            };
            closed.or_else(|| self.link.is_closing.then(closing))
        })
    }

    /// How reading ends, when all that was received is read.
    pub(in crate::adapter::tokio) fn end_of_reading(&self) -> Poll<io::Result<()>> {
        if self.link.stands {
            return Poll::Pending;
        }
        let error = match (self.link.closed, self.link.unread) {
            (Some(closed), 0) if matches!(closed.how, Ended::ByUs | Ended::ByPeer) => {
                return Poll::Ready(Ok(()));
            }
            (Some(closed), 0) => self.broke_off(closed),
            (Some(closed), unread) => LinkError {
                kind: LinkFailure::Unread(unread),
                ..self.broke_off(closed)
            },
            // The port.
            (None, _) => match self.link.broken {
                Some(broken) => broken,
                None => return Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
            },
        };
        Poll::Ready(Err(error.into()))
    }

    /// The end of a connection, and what it left in doubt: who reads may be the first to tell.
    fn broke_off(&self, closed: Closed) -> LinkError {
        LinkError {
            in_doubt: self.link.broken.map_or(0, |broken| broken.in_doubt),
            ..LinkError::closed(closed)
        }
    }

    /// Ready when nothing is under way and no connection stands; what there is, is given up.
    pub(in crate::adapter::tokio) fn at_rest(&mut self, is_asked: &mut bool) -> Poll<()> {
        if self.driver.is_idle() && !self.driver.is_connected() {
            return Poll::Ready(());
        }
        if !core::mem::replace(is_asked, true) {
            self.driver.close(self.clock.now());
        }
        Poll::Pending
    }

    /// Why the port is of no use any more. The whole error is told once, then only its kind.
    pub(in crate::adapter::tokio) fn port_error(&mut self) -> Option<io::Error> {
        let kind = self.port.as_ref()?.kind();
        self.port.replace(kind.into())
    }

    /// Nobody waits for a name any more.
    pub(in crate::adapter::tokio) fn wish_no_name(&mut self) {
        if let LookUp::Wanted(_) = self.look_up {
            self.look_up = LookUp::None;
        }
    }

    /// The name's address, when it is known. Another one that is under way comes first.
    pub(in crate::adapter::tokio) fn resolved(
        &mut self,
        name: &mut Option<Host>,
    ) -> Poll<Result<Option<IpAddr>, ConnectError>> {
        match (&self.look_up, &name) {
            (LookUp::UnderWay, _) => return Poll::Pending,
            (_, Some(_)) => {
                self.look_up = name.take().map_or(LookUp::None, LookUp::Wanted);
                return Poll::Pending;
            }
            (LookUp::Wanted(_), None) => return Poll::Pending,
            (LookUp::None | LookUp::Done(_), None) => {}
        }
        match core::mem::take(&mut self.look_up) {
            LookUp::Done(resolved) => Poll::Ready(resolved),
            _ => Poll::Ready(Ok(None)),
        }
    }
}
