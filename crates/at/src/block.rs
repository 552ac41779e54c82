//! The header of a received block (guide G6.3).

use core::fmt;

use crate::BlockFormat;

/// The header of a received block of `length` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// Payload bytes that follow the header.
    pub length: u32,
}

impl BlockHeader {
    /// Writes the header; the data follows it directly.
    pub fn write(self, format: BlockFormat, out: &mut impl fmt::Write) -> fmt::Result {
        // One for every block received: the formatting machinery would cost several times as much.
        let mut digits = [b'0'; 10];
        let mut start = digits.len();
        let mut rest = self.length;
        loop {
            start -= 1;
            digits[start] += (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        out.write_str(format.before)?;
        out.write_str(core::str::from_utf8(&digits[start..]).unwrap_or_default())?;
        out.write_str(format.after)
    }

    /// Reads a header at the start of `bytes`.
    ///
    /// Gives the header and its own size. `None` when `bytes` does not start with a whole header,
    /// which at the end of a chunk may only mean that more has to come.
    pub fn parse(format: BlockFormat, bytes: &[u8]) -> Option<(Self, usize)> {
        let rest = bytes.strip_prefix(format.before.as_bytes())?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (number, rest) = rest.split_at(digits);
        rest.strip_prefix(format.after.as_bytes())?;
        // Ten digits hold every u32; more of them is a length that lies.
        if digits > 10 {
            return None;
        }
        let length = core::str::from_utf8(number).ok()?.parse().ok()?;
        let size = format.before.len() + digits + format.after.len();
        Some((Self { length }, size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::String;

    #[test]
    fn headers_survive_the_round_trip() {
        for format in [BlockFormat::LINE, BlockFormat::COLON] {
            for length in [0, 1, 11, 1460, u32::MAX] {
                let mut text = String::new();
                BlockHeader { length }.write(format, &mut text).unwrap();
                let parsed = BlockHeader::parse(format, text.as_bytes());
                assert_eq!(parsed, Some((BlockHeader { length }, text.len())));
                let cut = &text.as_bytes()[..text.len() - 1];
                assert_eq!(BlockHeader::parse(format, cut), None);
            }
        }
    }

    #[test]
    fn a_length_that_lies_is_no_header() {
        for lie in ["99999999999", "00000000001"] {
            let header = std::format!("\r\n+IPD:{lie}\r\n");
            let parsed = BlockHeader::parse(BlockFormat::LINE, header.as_bytes());
            assert_eq!(parsed, None);
        }
    }
}
