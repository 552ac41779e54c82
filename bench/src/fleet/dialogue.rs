//! What a module says to a DTE that sends and receives, taken apart: prompts, OKs and blocks.

use std::io;

const PROMPT: &[u8] = b"\r\n> ";
const OK: &[u8] = b"\r\nOK\r\n";
const BLOCK: &[u8] = b"\r\n+IPD:";

/// Longer than any of them.
const LONGEST: usize = 16;

/// How far it has come.
#[derive(Default)]
pub(crate) struct Dialogue {
    /// A line that is not yet whole.
    line: Vec<u8>,
    /// What is missing of a block.
    block: usize,
    pub(crate) prompts: usize,
    pub(crate) oks: usize,
}

impl Dialogue {
    /// Takes what was read; `data` gets what lies in the blocks.
    pub(crate) fn take(
        &mut self,
        mut read: &[u8],
        mut data: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while !read.is_empty() {
            if self.block > 0 {
                let (now, later) = read.split_at(self.block.min(read.len()));
                data(now)?;
                self.block -= now.len();
                read = later;
                continue;
            }
            self.line.push(read[0]);
            read = &read[1..];
            if self.line == PROMPT {
                self.prompts += 1;
            } else if self.line == OK {
                self.oks += 1;
            } else if let Some(length) = length(&self.line) {
                self.block = length;
            } else if self.line.len() < LONGEST {
                continue;
            } else {
                let line = String::from_utf8_lossy(&self.line);
                return Err(io::Error::other(format!("a module said {line:?}")));
            }
            self.line.clear();
        }
        Ok(())
    }
}

fn length(line: &[u8]) -> Option<usize> {
    let digits = line.strip_prefix(BLOCK)?.strip_suffix(b"\r\n")?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_found_however_the_bytes_are_cut() {
        let said = b"\r\n> \r\nOK\r\n\r\n+IPD:6\r\n\r\nOK\r\n\r\n> \r\n+IPD:1\r\nx\r\nOK\r\n";
        for cut in 0..=said.len() {
            let (mut dialogue, mut got) = (Dialogue::default(), Vec::new());
            for piece in [&said[..cut], &said[cut..]] {
                let keep = |data: &[u8]| {
                    got.extend_from_slice(data);
                    Ok(())
                };
                dialogue.take(piece, keep).unwrap();
            }
            assert_eq!(got, b"\r\nOK\r\nx");
            assert_eq!((dialogue.prompts, dialogue.oks), (2, 2));
        }
    }

    #[test]
    fn an_error_is_one() {
        let mut dialogue = Dialogue::default();
        let said = b"\r\n+CME ERROR: 50\r\n";
        dialogue.take(said, |_| Ok(())).unwrap_err();
    }
}
