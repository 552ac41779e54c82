//! A reader of its own at the serial line: it knows lines, the prompt and the lengths of blocks,
//! and nothing of what was asked (P24). What it hears must fit together (P11, P20, P28).

use memchr::memchr2;
use simless_at::{BlockHeader, Dialect, Final, IpState, Urc};

use super::Finding;

/// Cuts what the module said into lines.
#[derive(Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    /// Bytes of a block that are still to come.
    block: usize,
    /// `CONNECT OK` was said, and no end of it.
    pub(crate) stands: bool,
    /// Something was said that may end a connection without a word.
    may_have_ended: bool,
    /// The same, behind the last `AT+CIPSTART`: that one's connection, too.
    ends_the_next: bool,
    /// Commands without a result.
    unanswered: u32,
    /// `AT+CIPCLOSE` is the only one of them.
    closes: bool,
    /// And `CLOSED` was heard behind it.
    was_closed: bool,
    /// The next outcome may be another attempt's.
    has_ghost: bool,
}

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A final result, or a URC of the same text.
    Result(Final),
    /// An answer that only this command has.
    Answer(&'static str),
    /// Anything else.
    Other,
}

const LONGEST: usize = 1024;

/// How answers begin that only one command has.
const ANSWERS: [(&str, &str); 5] = [
    ("+IPSTATUS: ", "AT+CIPSTATUS\r"),
    ("+CIPHEAD: ", "AT+CIPHEAD?\r"),
    ("+CMEE: ", "AT+CMEE?\r"),
    ("+CGACT: ", "AT+CGACT?\r"),
    ("+CSQ: ", "AT+CSQ\r"),
];

impl Reader {
    /// The next line of `bytes`, which is advanced behind it.
    pub(crate) fn next(&mut self, bytes: &mut &[u8]) -> Option<Result<Line, Finding>> {
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
            if let Some(length) = self.header() {
                // The data begins behind the LF.
                *bytes = &bytes[end + 1..];
                if is_feed {
                    self.line.clear();
                    self.block = length;
                }
                continue;
            }
            *bytes = &bytes[end + 1..];
            if self.line.is_empty() {
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let heard = self.heard(&line);
            self.line = line;
            self.line.clear();
            return Some(heard);
        }
        None
    }

    /// A reader that begins to listen when a connection was told.
    pub(crate) fn connected() -> Self {
        Self {
            stands: true,
            ..Self::default()
        }
    }

    /// The driver said something.
    pub(crate) fn said(&mut self, text: &[u8]) {
        let ends = [&b"AT+CIPCLOSE"[..], b"AT+CIPSHUT", b"AT+CGA"]
            .iter()
            .any(|ends| text.starts_with(ends));
        self.may_have_ended |= ends;
        self.ends_the_next = ends || self.ends_the_next && !text.starts_with(b"AT+CIPSTART=");
        self.closes = self.unanswered == 0 && text == b"AT+CIPCLOSE\r";
        self.was_closed = false;
        self.has_ghost = false;
        self.unanswered += 1;
    }

    /// The outcome of an attempt that was given up comes.
    pub(crate) fn hears_ghost(&mut self) {
        self.has_ghost = true;
    }

    /// The module started again by itself: what it had printed is still read, and nothing is told
    /// of a connection.
    pub(crate) fn restarts(&mut self) {
        self.may_have_ended = true;
        self.ends_the_next = true;
        self.unanswered = 0;
        self.closes = false;
    }

    fn header(&self) -> Option<usize> {
        if !self.line.starts_with(b"+IPD:") {
            return None;
        }
        let framed = [b"\r\n", &self.line[..], b"\r\n"].concat();
        let (header, _) = BlockHeader::parse(Dialect::G_SERIES.block, &framed)?;
        Some(header.length as usize)
    }

    fn heard(&mut self, line: &[u8]) -> Result<Line, Finding> {
        let dialect = &Dialect::G_SERIES;
        let Ok(line) = std::str::from_utf8(line) else {
            let shown = line.escape_ascii();
            return Err(("P20", format!("a line that is none: {shown}")));
        };
        if let Some(state) = line.strip_prefix(dialect.status) {
            self.state(state)?;
        }
        let mut answers = ANSWERS.iter();
        if let Some((_, command)) = answers.find(|(begins, _)| line.starts_with(begins)) {
            return Ok(Line::Answer(command));
        }
        match Urc::parse(dialect, line) {
            Some(Urc::ConnectOk) if std::mem::take(&mut self.has_ghost) => {}
            Some(Urc::ConnectOk) => {
                if self.stands && !self.may_have_ended {
                    return Err(("P14", "CONNECT OK twice".into()));
                }
                self.stands = true;
                self.may_have_ended = self.ends_the_next;
            }
            Some(Urc::Closed) => {
                if !self.stands {
                    return Err(("P28", "CLOSED, and no connection stood".into()));
                }
                self.stands = false;
                self.was_closed = self.closes;
            }
            _ => {}
        }
        if let Some(result) = Final::parse(dialect, line) {
            self.unanswered = self.unanswered.saturating_sub(1);
            if std::mem::take(&mut self.closes) && result == Final::Ok {
                if std::mem::take(&mut self.was_closed) {
                    return Err(("P28", "CLOSED, and then the OK of AT+CIPCLOSE".into()));
                }
                // Nothing is told of it any more (P28).
                self.stands = false;
                self.may_have_ended = false;
            }
        }
        Ok(Final::parse(dialect, line).map_or(Line::Other, Line::Result))
    }

    /// The state as the module tells it, beside what it said before (P11).
    fn state(&mut self, state: &str) -> Result<(), Finding> {
        let Some(state) = IpState::parse(state) else {
            return Err(("P11", format!("no state: {state}")));
        };
        // Whatever was lost before, this is in step.
        self.unanswered = 1;
        match (state == IpState::ConnectOk, self.stands) {
            (true, false) => Err(("P11", "CONNECT OK, and no connection was told".into())),
            (false, true) if !self.may_have_ended => {
                let seen = format!("{state}, and the end of the connection was not told");
                Err(("P11", seen))
            }
            (is_up, _) => {
                self.stands = is_up;
                self.may_have_ended &= is_up;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(reader: &mut Reader, mut bytes: &[u8]) -> Result<Vec<Line>, Finding> {
        let mut lines = Vec::new();
        while let Some(line) = reader.next(&mut bytes) {
            lines.push(line?);
        }
        Ok(lines)
    }

    #[test]
    fn blocks_are_no_lines_however_they_are_cut() {
        let said = b"\r\nOK\r\n\r\n+IPD:10\r\n\r\nCLOSED\r\n\r\nOK\r\n\r\n> ";
        for cut in 1..said.len() {
            let mut reader = Reader::default();
            let (one, two) = said.split_at(cut);
            let mut lines = hear(&mut reader, one).unwrap();
            lines.extend(hear(&mut reader, two).unwrap());
            assert_eq!(lines, [Line::Result(Final::Ok); 2], "{cut}");
        }
    }

    #[test]
    fn one_closed_for_each_connection() {
        let mut reader = Reader::default();
        let once = b"\r\nCONNECT OK\r\n\r\nCLOSED\r\n";
        assert!(hear(&mut reader, once).is_ok());
        assert!(hear(&mut reader, b"\r\nCLOSED\r\n").is_err());
    }

    #[test]
    fn states_agree_with_what_was_said() {
        let mut reader = Reader::default();
        let wrong = b"\r\n+IPSTATUS: CONNECT OK\r\n";
        assert!(hear(&mut reader, wrong).is_err());
        let mut reader = Reader::default();
        hear(&mut reader, b"\r\nCONNECT OK\r\n").unwrap();
        let ended = b"\r\n+IPSTATUS: IP CLOSE\r\n";
        assert!(hear(&mut reader, ended).is_err());
        reader.said(b"AT+CIPCLOSE\r");
        assert!(hear(&mut reader, ended).is_ok());
    }

    #[test]
    fn a_close_that_was_done_had_something_to_close() {
        let mut reader = Reader::default();
        hear(&mut reader, b"\r\nCONNECT OK\r\n").unwrap();
        reader.said(b"AT+CIPCLOSE\r");
        hear(&mut reader, b"\r\nCLOSED\r\n").unwrap();
        assert!(hear(&mut reader, b"\r\nOK\r\n").is_err());
    }
}
