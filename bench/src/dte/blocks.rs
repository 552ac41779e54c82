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
