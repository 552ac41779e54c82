//! The bytes that are measured with, and whether they arrived as they left.

use std::io;

/// Prime, so that a lost or doubled block of any usual size shifts the stream against itself.
const PERIOD: usize = 65_521;

/// The longest piece that [`Pattern::at`] gives.
pub(crate) const MAX_PIECE: usize = 64 * 1024;

/// An endless stream of bytes of every value but LF, the same in every run.
///
/// A LF right behind the CR of a pipelined `AT+CIPSEND=<len>` belongs to the line (guide F1a), so
/// a payload that begins with one has to wait for its prompt.
pub(crate) struct Pattern(Vec<u8>);

impl Pattern {
    pub(crate) fn new() -> Self {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            match state.to_le_bytes()[3] {
                b'\n' => b'\r',
                byte => byte,
            }
        };
        let period: Vec<u8> = (0..PERIOD).map(|_| next()).collect();
        Self(
            period
                .iter()
                .copied()
                .cycle()
                .take(PERIOD + MAX_PIECE)
                .collect(),
        )
    }

    /// `length` bytes of the stream from `position` on, at most [`MAX_PIECE`].
    pub(crate) fn at(&self, position: usize, length: usize) -> &[u8] {
        &self.0[position % PERIOD..][..length]
    }

    /// Compares what arrives with the stream.
    pub(crate) fn check(&self) -> Check<'_> {
        Check {
            pattern: self,
            position: 0,
        }
    }
}

pub(crate) struct Check<'a> {
    pattern: &'a Pattern,
    position: usize,
}

impl Check<'_> {
    /// How many bytes have arrived.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Takes the next bytes; an error when they are not those of the stream.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(MAX_PIECE) {
            if piece != self.pattern.at(self.position, piece.len()) {
                return Err(io::Error::other(format!(
                    "the data is wrong within {} bytes after byte {}",
                    piece.len(),
                    self.position
                )));
            }
            self.position += piece.len();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_a_doubled_and_a_changed_byte_are_seen() {
        let pattern = Pattern::new();
        let stream = pattern.at(PERIOD - 50, 3000).to_vec();
        let check = |bytes: &[u8]| {
            let mut check = pattern.check();
            check.position = PERIOD - 50;
            check.take(bytes)
        };
        check(&stream).unwrap();
        let lost = [&stream[..1460], &stream[1461..]].concat();
        let doubled = [&stream[..1460], &stream[..1460]].concat();
        let mut changed = stream.clone();
        changed[2999] ^= 1;
        for wrong in [lost, doubled, changed] {
            check(&wrong).unwrap_err();
        }
    }
}
