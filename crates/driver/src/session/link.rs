//! What an application does with a connection. Each question is asked again until it has an answer.

use super::{Datagram, Owner, Session};
use crate::{Ended, LinkError, SendError, Transport};

impl<const RX: usize, const TX: usize> Session<RX, TX> {
    /// Received bytes of a stream; 0 at its end. `None`: nothing is there yet.
    pub fn read(&mut self, into: &mut [u8]) -> Option<Result<usize, LinkError>> {
        match self.inbox.read(into) {
            0 if into.is_empty() => Some(Ok(0)),
            0 => match (self.failed, self.ended) {
                (Some(failed), _) => Some(Err(failed)),
                (_, Some(Ended::ByPeer | Ended::ByUs)) => Some(Ok(0)),
                (_, Some(how)) => Some(Err(LinkError::Ended(how))),
                _ => None,
            },
            n => Some(Ok(n)),
        }
    }

    /// Whether [`Session::read`] or [`Session::receive`] has an answer.
    pub fn can_read(&self) -> bool {
        self.inbox.has_some() || self.failed.is_some() || self.ended.is_some()
    }

    /// Accepts bytes of a stream for sending. They go out with the next step; until then more can be
    /// added to them. `None`: there is no room yet.
    pub fn write(&mut self, bytes: &[u8]) -> Option<Result<usize, LinkError>> {
        if bytes.is_empty() {
            return Some(Ok(0));
        }
        if let Some(error) = self.broken() {
            return Some(Err(error));
        }
        if let Some(at) = self.driver.settings.send_form.refused(bytes) {
            return Some(Err(LinkError::Refused(SendError::Unsendable(at))));
        }
        match self.outbox.push(bytes) {
            0 if self.inbox.is_full() => Some(Err(LinkError::Unread)),
            0 => None,
            n => Some(Ok(n)),
        }
    }

    /// Whether the module accepted all that was written. `None`: not yet.
    pub fn flush(&mut self) -> Option<Result<(), LinkError>> {
        if let Some(failed) = self.failed {
            if self.transport == Transport::Udp {
                // One that is lost is lost; the next one may arrive.
                self.failed = None;
            }
            return Some(Err(failed));
        }
        match (self.outbox.is_empty(), self.ended) {
            (true, _) => Some(Ok(())),
            (false, Some(how)) => Some(Err(LinkError::Ended(how))),
            // Its result may stand behind what nobody reads.
            (false, None) if self.inbox.is_full() => Some(Err(LinkError::Unread)),
            (false, None) => None,
        }
    }

    /// Accepts a datagram for sending, when the one before it is gone; [`Session::flush`] tells what
    /// became of it. `None`: not yet.
    pub fn send(&mut self, datagram: &[u8]) -> Option<Result<(), LinkError>> {
        let limit = self.longest_datagram();
        let refused = match datagram.len() {
            0 => Some(SendError::Empty),
            length if length > usize::from(limit) => Some(SendError::TooLong(limit)),
            _ => {
                let refused = self.driver.settings.send_form.refused(datagram);
                refused.map(SendError::Unsendable)
            }
        };
        if let Some(refused) = refused {
            return Some(Err(LinkError::Refused(refused)));
        }
        match (self.broken(), self.outbox.is_empty()) {
            (Some(error), _) => Some(Err(error)),
            (None, true) => {
                self.outbox.push(datagram);
                Some(Ok(()))
            }
            (None, false) => None,
        }
    }

    /// The longest datagram that can be sent.
    pub fn longest_datagram(&self) -> u16 {
        let buffer = u16::try_from(TX).unwrap_or(u16::MAX);
        buffer.min(self.driver.settings.max_send)
    }

    /// A received datagram. `None`: none is there yet.
    pub fn receive(&mut self, into: &mut [u8]) -> Option<Result<Datagram, LinkError>> {
        match (self.inbox.receive(into), self.ended) {
            (Some(datagram), _) => Some(Ok(datagram)),
            (None, Some(how)) => Some(Err(LinkError::Ended(how))),
            (None, None) => None,
        }
    }

    /// Why nothing can be written any more. A stream with a hole in it is none.
    fn broken(&mut self) -> Option<LinkError> {
        if self.transport == Transport::Udp
            && let Some(failed) = self.failed.take()
        {
            return Some(failed);
        }
        self.failed.or(self.ended.map(LinkError::Ended))
    }

    /// Begins to send what is there, if the driver can take it.
    pub(super) fn send_what_is_there(&mut self) {
        let payload = self.outbox.next(self.driver.settings.max_send);
        if payload.is_empty() || !self.driver.is_idle() || !self.driver.is_connected() {
            return;
        }
        match self.driver.send(payload, self.now) {
            Ok(()) => {
                let length = payload.len();
                self.outbox.begin(length);
            }
            // It was looked at before it was accepted.
            Err(refused) => {
                self.outbox.clear();
                self.failed = Some(LinkError::Refused(refused));
            }
        }
    }

    /// Whether what was accepted for a connection that nobody wants any more is still to be sent.
    pub(super) fn owes_bytes(&self) -> bool {
        let can_be_sent = self.driver.is_connected() && self.failed.is_none();
        self.owner == Owner::Nobody && can_be_sent && !self.outbox.is_empty()
    }
}
