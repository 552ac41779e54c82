//! Datagrams: one in, one block or nothing; one send, one datagram (P29).

use crate::tape::Tape;

/// Bytes of a datagram that hold its number.
pub(crate) const HEADER: usize = 4;

/// The datagrams that went one way.
pub(crate) struct Ledger {
    tape: &'static Tape,
    salt: u64,
    /// How long each was, and how often it came.
    sent: Vec<(u16, u8)>,
    /// The number of the last one that came.
    last: Option<usize>,
}

/// What may happen to datagrams on their way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Road {
    pub(crate) doubles: bool,
    pub(crate) reorders: bool,
}

impl Ledger {
    pub(crate) fn new(tape: &'static Tape, salt: u64) -> Self {
        Self {
            tape,
            salt,
            sent: Vec::new(),
            last: None,
        }
    }

    /// The next datagram of this length: its number, and the tape from there on.
    pub(crate) fn next(&mut self, length: usize) -> Vec<u8> {
        let number = self.sent.len();
        self.sent.push((length as u16, 0));
        self.content(number, length)
    }

    /// A datagram came; gives what is wrong with it.
    pub(crate) fn came(&mut self, datagram: &[u8], road: Road) -> Result<(), String> {
        let number = datagram
            .first_chunk::<HEADER>()
            .map(|number| self.number(*number))
            .filter(|number| *number < self.sent.len());
        let Some(number) = number else {
            return Err(format!(
                "a datagram of {} bytes is none that was sent",
                datagram.len()
            ));
        };
        let length = usize::from(self.sent[number].0);
        if datagram != self.content(number, length) {
            return Err(format!(
                "datagram {number} of {length} bytes came as {} others",
                datagram.len()
            ));
        }
        let times = &mut self.sent[number].1;
        *times = times.saturating_add(1);
        if *times > 1 && !road.doubles {
            return Err(format!("datagram {number} came {times} times"));
        }
        if self.last.is_some_and(|last| last > number) && !road.reorders {
            return Err(format!("datagram {number} came behind a later one"));
        }
        self.last = Some(number);
        Ok(())
    }

    /// Numbers are spread over all byte values that the tape may hold.
    fn content(&self, number: usize, length: usize) -> Vec<u8> {
        let digits = (number as u32).to_be_bytes();
        // A nibble each: none of them can end the Ctrl+Z form.
        let mut bytes = vec![
            0x40 | (digits[2] >> 4),
            0x40 | (digits[2] & 15),
            0x40 | (digits[3] >> 4),
            0x40 | (digits[3] & 15),
        ];
        let place = self.salt + number as u64 * 997;
        bytes.extend(self.tape.at(place, length.saturating_sub(HEADER)));
        bytes
    }

    fn number(&self, header: [u8; HEADER]) -> usize {
        header
            .iter()
            .fold(0, |number, byte| number << 4 | usize::from(byte & 15))
    }
}
