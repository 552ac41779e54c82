//! A UDP peer behind a module.

use core::future::poll_fn;
use core::task::Poll;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::Held;
use super::session::Session;
use super::wakers::Side;
use crate::SendError;

/// A UDP peer behind a module. Dropped without [`close`](Self::close), it is closed when the modem
/// is used again.
pub struct UdpLink<IO> {
    sender: UdpSender<IO>,
    receiver: UdpReceiver<IO>,
}

/// The sending half.
pub struct UdpSender<IO>(Arc<Held<IO>>);

/// The receiving half.
pub struct UdpReceiver<IO>(Arc<Held<IO>>);

impl<IO> UdpLink<IO> {
    pub(super) fn new(held: Held<IO>) -> Self {
        let held = Arc::new(held);
        Self {
            sender: UdpSender(Arc::clone(&held)),
            receiver: UdpReceiver(held),
        }
    }

    /// Two halves for two tasks. The link lasts until both are dropped.
    pub fn split(self) -> (UdpSender<IO>, UdpReceiver<IO>) {
        (self.sender, self.receiver)
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> UdpLink<IO> {
    /// [`UdpSender::send`].
    ///
    /// # Errors
    /// As there.
    pub async fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        self.sender.send(datagram).await
    }

    /// [`UdpReceiver::recv`].
    ///
    /// # Errors
    /// As there.
    pub async fn recv(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.receiver.recv(space).await
    }

    /// [`UdpSender::close`].
    ///
    /// # Errors
    /// As there.
    pub async fn close(&mut self) -> io::Result<()> {
        self.sender.close().await
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> UdpSender<IO> {
    /// Sends one datagram; ready when the module has accepted it. Dropped before, it is sent once or
    /// not at all, and never a part of it.
    ///
    /// # Errors
    /// When it can't be sent: [`SendError`] inside, and nothing of it was; or when it was not
    /// accepted: [`LinkError`](super::LinkError).
    pub async fn send(&mut self, datagram: &[u8]) -> io::Result<()> {
        let mut is_taken = false;
        let mut look = |session: &mut Session<IO>| {
            if !session.payload.is_empty() {
                // An earlier one, perhaps, that nobody waits for any more.
                return Poll::Pending;
            }
            if !core::mem::replace(&mut is_taken, true) {
                if let Some(closed) = session.closed_error() {
                    return Poll::Ready(Err(closed));
                }
                if let Err(error) = session.take_datagram(datagram) {
                    let error = io::Error::new(io::ErrorKind::InvalidInput, error);
                    return Poll::Ready(Err(error));
                }
                return Poll::Pending;
            }
            Poll::Ready(match session.link.broken.take() {
                Some(error) => Err(error.into()),
                None => Ok(()),
            })
        };
        poll_fn(|cx| self.0.0.poll(Side::Writer, cx, &mut look)).await
    }

    /// Closes the link, after what was sent is accepted.
    ///
    /// # Errors
    /// When the last datagram was not accepted, or the port fails.
    pub async fn close(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.0.0.poll(Side::Writer, cx, Session::shut)).await
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> UdpReceiver<IO> {
    /// Receives one datagram; what does not fit into the space is lost, as at any socket.
    ///
    /// # Errors
    /// When the link is over: [`LinkError`](super::LinkError) inside.
    pub async fn recv(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let shared = &self.0.0;
        let mut was_full = false;
        let mut look = |session: &mut Session<IO>| {
            was_full = session.received.is_full();
            match session.received.read_datagram(space) {
                Some(n) => Poll::Ready(Ok(n)),
                None if session.link.stands => Poll::Pending,
                None => Poll::Ready(Err(session.over())),
            }
        };
        let received = poll_fn(|cx| shared.poll(Side::Reader, cx, &mut look)).await;
        if was_full {
            // There is room again, and somebody else may wait for what stands behind.
            shared.push(Side::Reader);
        }
        received
    }
}

impl<IO> Session<IO> {
    fn take_datagram(&mut self, datagram: &[u8]) -> Result<(), SendError> {
        let settings = &self.driver.settings;
        if datagram.is_empty() {
            return Err(SendError::Empty);
        }
        if datagram.len() > usize::from(settings.max_send) {
            return Err(SendError::TooLong(settings.max_send));
        }
        if let Some(at) = settings.send_form.refused(datagram) {
            return Err(SendError::Unsendable(at));
        }
        self.link.broken = None;
        self.payload.take(datagram, settings.max_send);
        Ok(())
    }

    /// Why no datagram comes any more.
    fn over(&self) -> io::Error {
        match self.unwritable() {
            Some(error) => error.into(),
            None => io::ErrorKind::NotConnected.into(),
        }
    }

    /// Why no datagram can be sent any more.
    fn closed_error(&self) -> Option<io::Error> {
        let is_over = !self.link.stands || self.link.is_closing;
        is_over.then(|| self.over())
    }
}
