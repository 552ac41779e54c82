//! A reader of its own at the serial line: it knows lines, the prompt and the lengths of blocks,
//! and nothing of what was asked (P24).

use memchr::memchr2;
use simless_at::{BlockHeader, Dialect, Final, IpState, Urc};

use super::Finding;
use crate::faults::URCS;

/// Cuts what the module said into lines.
#[derive(Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    /// It was given; the next byte begins another one.
    is_given: bool,
    /// Bytes of a block that are still to come.
    block: usize,
}

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A final result, or a URC of the same text.
    Result(Final),
    /// The state of the service.
    State(IpState),
    /// An answer that only this command has.
    Answer(&'static str),
    /// Nobody asked for it, and no answer looks like it; one of those that mean something, perhaps.
    Unasked(Option<Urc>),
    /// Anything else.
    Other,
}

const LONGEST: usize = 1024;

/// How answers begin that only one command has, beside the state.
const ANSWERS: [(&str, &str); 4] = [
    ("+CIPHEAD: ", "AT+CIPHEAD?\r"),
    ("+CMEE: ", "AT+CMEE?\r"),
    ("+CGACT: ", "AT+CGACT?\r"),
    ("+CSQ: ", "AT+CSQ\r"),
];

impl Reader {
    /// The next line of `bytes`, which is advanced behind it.
    pub(crate) fn next(&mut self, bytes: &mut &[u8]) -> Option<Result<Line, Finding>> {
        if !bytes.is_empty() && std::mem::take(&mut self.is_given) {
            self.line.clear();
        }
        while !bytes.is_empty() {
            if self.block > 0 {
                let n = self.block.min(bytes.len());
                self.block -= n;
                *bytes = &bytes[n..];
                continue;
            }
            if self.line.is_empty() && bytes.starts_with(b"> ") {
                *bytes = &bytes[2..];
                continue;
            }
            let end = memchr2(b'\r', b'\n', bytes);
            let n = end.unwrap_or(bytes.len());
            if self.line.len() + n <= LONGEST {
                self.line.extend(&bytes[..n]);
            }
            if self.line == b"> " {
                self.line.clear();
            }
            let Some(end) = end else {
                *bytes = &[];
                break;
            };
            let is_feed = bytes[end] == b'\n';
            *bytes = &bytes[end + 1..];
            if let Some(length) = self.header() {
                // The data begins behind the LF.
                if is_feed {
                    self.line.clear();
                    self.block = length;
                }
            } else if !self.line.is_empty() {
                self.is_given = true;
                return Some(self.said());
            }
        }
        None
    }

    /// What comes next begins a line.
    pub(crate) fn forget_line(&mut self) {
        self.line.clear();
    }

    /// Whether bytes of a block are still to come.
    pub(crate) fn is_in_block(&self) -> bool {
        self.block > 0
    }

    /// The line that was given.
    pub(crate) fn line(&self) -> &str {
        std::str::from_utf8(&self.line).unwrap_or_default()
    }

    fn header(&self) -> Option<usize> {
        if !self.line.starts_with(b"+IPD:") {
            return None;
        }
        let framed = [b"\r\n", &self.line[..], b"\r\n"].concat();
        let (header, _) = BlockHeader::parse(Dialect::G_SERIES.block, &framed)?;
        Some(header.length as usize)
    }

    fn said(&self) -> Result<Line, Finding> {
        let dialect = &Dialect::G_SERIES;
        let Ok(line) = std::str::from_utf8(&self.line) else {
            let shown = self.line.escape_ascii();
            return Err(("P20", format!("a line that is none: {shown}")));
        };
        if let Some(state) = line.strip_prefix(dialect.status) {
            let unknown = || ("P11", format!("no state: {state}"));
            return IpState::parse(state).map(Line::State).ok_or_else(unknown);
        }
        if let Some(result) = Final::parse(dialect, line) {
            return Ok(Line::Result(result));
        }
        let mut answers = ANSWERS.iter();
        if let Some((_, command)) = answers.find(|(begins, _)| line.starts_with(begins)) {
            return Ok(Line::Answer(command));
        }
        let urc = Urc::parse(dialect, line);
        Ok(match urc.is_some() || URCS.contains(&line) {
            true => Line::Unasked(urc),
            false => Line::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_no_lines_however_they_are_cut() {
        let said = b"\r\nOK\r\n\r\n+IPD:10\r\n\r\nCLOSED\r\n\r\nOK\r\n\r\n> ";
        for cut in 1..said.len() {
            let mut reader = Reader::default();
            let (one, two) = said.split_at(cut);
            let mut lines = Vec::new();
            for mut bytes in [one, two] {
                while let Some(line) = reader.next(&mut bytes) {
                    lines.push(line.unwrap());
                }
            }
            assert_eq!(lines, [Line::Result(Final::Ok); 2], "{cut}");
        }
    }
}
