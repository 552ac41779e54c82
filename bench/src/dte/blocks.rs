//! Received blocks with headers (guide G6.3, the default profile's form).

use std::io;

const START: &[u8] = b"\r\n+IPD:";
const END: &[u8] = b"\r\n";

/// A header is not longer than this.
const MAX_HEADER: usize = 16;

/// How far the stream of blocks has come.
#[derive(Default)]
pub(super) struct Blocks {
    /// What came of a header.
    header: Vec<u8>,
    /// What is missing of a payload.
    payload: usize,
}

impl Blocks {
    /// Whether the last block came whole.
    pub(super) fn is_whole(&self) -> bool {
        self.payload == 0 && self.header.is_empty()
    }

    /// Takes what was read; `payload` gets what lies between the headers.
    pub(super) fn take(
        &mut self,
        mut read: &[u8],
        mut payload: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while !read.is_empty() {
            if self.payload > 0 {
                let (now, later) = read.split_at(self.payload.min(read.len()));
                payload(now)?;
                self.payload -= now.len();
                read = later;
                continue;
            }
            self.header.push(read[0]);
            read = &read[1..];
            if self.header.len() > START.len() && self.header.ends_with(END) {
                self.payload = length(&self.header)?;
                self.header.clear();
            } else if self.header.len() > MAX_HEADER {
                return Err(no_header(&self.header));
            }
        }
        Ok(())
    }
}

fn length(header: &[u8]) -> io::Result<usize> {
    header
        .strip_prefix(START)
        .and_then(|rest| rest.strip_suffix(END))
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .ok_or_else(|| no_header(header))
}

fn no_header(bytes: &[u8]) -> io::Error {
    io::Error::other(format!(
        "{:?} came where a header was due",
        String::from_utf8_lossy(bytes)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload_of(pieces: &[&[u8]]) -> io::Result<(Vec<u8>, bool)> {
        let (mut blocks, mut payload) = (Blocks::default(), Vec::new());
        for piece in pieces {
            blocks.take(piece, |bytes| {
                payload.extend_from_slice(bytes);
                Ok(())
            })?;
        }
        Ok((payload, blocks.is_whole()))
    }

    #[test]
    fn headers_are_taken_away_however_the_bytes_are_cut() {
        let stream = b"\r\n+IPD:11\r\nKINGCOM\r\n\r\n\r\n+IPD:1\r\n\n";
        for cut in 0..=stream.len() {
            let (payload, is_whole) = payload_of(&[&stream[..cut], &stream[cut..]]).unwrap();
            assert_eq!(payload, b"KINGCOM\r\n\r\n\n");
            assert!(is_whole);
        }
    }

    #[test]
    fn a_missing_byte_is_not_taken_for_a_header() {
        payload_of(&[b"\r\n+IPD:3\r\nab\r\n+IPD:1\r\nc"]).unwrap_err();
        assert!(!payload_of(&[b"\r\n+IPD:3\r\nab"]).unwrap().1);
    }
}
