//! The answers to pipelined `AT+CIPSEND=<len>`: a prompt and OK, again and again.

use std::io;

const ANSWER: &[u8] = b"\r\n> \r\nOK\r\n";

/// What came of them.
#[derive(Default)]
pub(super) struct Answers {
    bytes: usize,
}

impl Answers {
    /// How many came whole.
    pub(super) fn whole(&self) -> usize {
        self.bytes / ANSWER.len()
    }

    pub(super) fn take(&mut self, read: &[u8]) -> io::Result<()> {
        for byte in read {
            if *byte != ANSWER[self.bytes % ANSWER.len()] {
                return Err(io::Error::other(format!(
                    "answer {} is wrong: {:?}",
                    self.whole(),
                    String::from_utf8_lossy(read)
                )));
            }
            self.bytes += 1;
        }
        Ok(())
    }
}
