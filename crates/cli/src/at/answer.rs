//! A module's words, line by line.

use simless_at::Dialect;

/// The longest line that is kept; a longer one comes in pieces.
const LONGEST: usize = 8192;

/// Something the module said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Line(String),
    /// It wants data.
    Prompt,
}

/// Makes lines of bytes.
pub(super) struct Reader {
    /// What came and was not given yet.
    bytes: Vec<u8>,
    /// The command, while its echo may come.
    echo: Option<String>,
    /// Whether a prompt may come: a command has no result yet.
    is_asked: bool,
}

impl Reader {
    pub(super) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            echo: None,
            is_asked: false,
        }
    }

    /// This command was sent.
    pub(super) fn begin(&mut self, command: &str) {
        self.echo = Some(command.into());
        self.is_asked = true;
    }

    /// Its result has come.
    pub(super) fn end(&mut self) {
        self.is_asked = false;
        self.echo = None;
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn next(&mut self) -> Option<Heard> {
        loop {
            let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
            let begin = self.bytes.iter().take_while(|byte| is_end(byte)).count();
            self.bytes.drain(..begin);
            let end = self.bytes.iter().position(is_end);
            let prompt = Dialect::G_SERIES.prompt.trim_start();
            if end.is_none() && self.is_asked && self.bytes == prompt.as_bytes() {
                self.bytes.clear();
                return Some(Heard::Prompt);
            }
            let end = match end {
                None if self.bytes.len() >= LONGEST => LONGEST,
                end => end?,
            };
            let line: Vec<u8> = self.bytes.drain(..end).collect();
            let line = String::from_utf8_lossy(&line).into_owned();
            if self.echo.as_ref() == Some(&line) {
                self.echo = None;
                continue;
            }
            return Some(Heard::Line(line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_they_are_cut_and_the_echo_is_none() {
        let text = b"AT+X\r\r\nAT+Y\r\n\r\nOK\r\n";
        for cut in 0..text.len() {
            let mut reader = Reader::new();
            reader.begin("AT+X");
            let mut lines = Vec::new();
            for piece in [&text[..cut], &text[cut..]] {
                reader.take(piece);
                lines.extend(std::iter::from_fn(|| reader.next()));
            }
            let wanted = ["AT+Y", "OK"].map(|line| Heard::Line(line.into()));
            assert_eq!(lines, wanted, "{cut}");
        }
    }

    #[test]
    fn a_prompt_is_one_only_while_a_command_waits() {
        let mut reader = Reader::new();
        reader.take(b"\r\n> ");
        assert_eq!(reader.next(), None);
        reader.begin("AT+CIPSEND");
        assert_eq!(reader.next(), Some(Heard::Prompt));
    }
}
