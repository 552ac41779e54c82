//! What is to be sent. It stays here until the module has accepted it.

/// A buffer of what is to be sent.
pub(super) struct Outbox<const TX: usize> {
    buffer: [u8; TX],
    length: usize,
    /// The payload of the send under way: the first bytes.
    sending: usize,
}

impl<const TX: usize> Outbox<TX> {
    pub(super) const fn new() -> Self {
        Self {
            buffer: [0; TX],
            length: 0,
            sending: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Takes what there is room for; gives how many.
    pub(super) fn push(&mut self, bytes: &[u8]) -> usize {
        let n = bytes.len().min(TX - self.length);
        self.buffer[self.length..][..n].copy_from_slice(&bytes[..n]);
        self.length += n;
        n
    }

    /// The payload of the send under way.
    pub(super) fn payload(&self) -> &[u8] {
        &self.buffer[..self.sending]
    }

    /// What the next send may carry; empty while one is under way.
    pub(super) fn next(&self, limit: u16) -> &[u8] {
        match self.sending {
            0 => &self.buffer[..self.length.min(usize::from(limit))],
            _ => &[],
        }
    }

    /// A send of so many bytes is under way.
    pub(super) fn begin(&mut self, sending: usize) {
        self.sending = sending;
    }

    /// The module accepted it.
    pub(super) fn sent(&mut self) {
        self.buffer.copy_within(self.sending..self.length, 0);
        self.length -= self.sending;
        self.sending = 0;
    }

    pub(super) fn clear(&mut self) {
        self.length = 0;
        self.sending = 0;
    }
}
