//! From bytes to lines, prompts and received blocks.
//!
//! However the bytes are cut, the same comes out (H2). A block streams by its length and is never
//! kept; what stands in it is data, whatever it looks like (H18). A line that does not end is
//! dropped up to its end (H4).

use heapless::Vec;
use memchr::memchr2;
use simless_at::{BlockFormat, BlockHeader, Dialect};

/// The longest line that is kept: that of the longest command, echoed, and a margin.
const LINE: usize = 192;

/// Where a module's output is cut into what it says.
pub(crate) struct Reader {
    /// The line so far, or the one that was just given.
    line: Vec<u8, LINE, u8>,
    state: State,
    /// How many lines were too long.
    pub(crate) dropped_lines: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In a line.
    Line,
    /// The line was given; the next byte begins another one.
    Given,
    /// In a line that is too long.
    Endless,
    /// In a block, of which so many bytes are to come.
    Block(u16),
    /// Behind a block: so many bytes of the dialect's tail came.
    Tail(u8),
    /// Out of step: nothing can be told from anything else.
    Lost,
}

/// What the reader has to know.
pub(crate) struct Framing {
    pub(crate) dialect: &'static Dialect,
    pub(crate) awaits_prompt: bool,
    pub(crate) max_block: u16,
}

/// Something whole.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A line: see [`Reader::line`].
    Line,
    /// Bytes of a block, of which so many are still to come.
    Data(&'a [u8], u16),
    /// The prompt that was waited for.
    Prompt,
    /// A header that can't be true: the reader is out of step until [`Reader::resume`].
    Lie,
}

impl Reader {
    pub(crate) const fn new() -> Self {
        Self {
            line: Vec::new(),
            state: State::Line,
            dropped_lines: 0,
        }
    }

    /// Takes bytes up to the next token; gives how many.
    pub(crate) fn read<'a>(
        &mut self,
        rx: &'a [u8],
        framing: &Framing,
    ) -> (usize, Option<Token<'a>>) {
        match self.state {
            State::Block(left) => {
                let n = rx.len().min(usize::from(left));
                // No more than `left`.
                let left = left - n as u16;
                self.state = match left {
                    0 if framing.dialect.block_tail.is_empty() => State::Line,
                    0 => State::Tail(0),
                    left => State::Block(left),
                };
                (n, Some(Token::Data(&rx[..n], left)))
            }
            State::Tail(came) => (self.tail(rx, came, framing.dialect.block_tail), None),
            State::Lost => (rx.len(), None),
            State::Endless => match memchr2(b'\r', b'\n', rx) {
                Some(end) => {
                    self.begin_line();
                    (end, None)
                }
                None => (rx.len(), None),
            },
            State::Given => {
                self.begin_line();
                self.text(rx, framing)
            }
            State::Line => self.text(rx, framing),
        }
    }

    /// The line that was given, as text; `None` when it is none.
    pub(crate) fn line(&self) -> Option<&str> {
        core::str::from_utf8(&self.line).ok()
    }

    /// Whether bytes of a block are still to come.
    pub(crate) const fn is_in_block(&self) -> bool {
        matches!(self.state, State::Block(_))
    }

    /// Whether the end of a line is still to come.
    pub(crate) fn is_in_line(&self) -> bool {
        match self.state {
            State::Line => !self.line.is_empty(),
            state => state == State::Endless,
        }
    }

    /// Whether that line began as a block's header does.
    pub(crate) fn is_in_header(&self, dialect: &Dialect) -> bool {
        let before = dialect.block.before.trim_start_matches(['\r', '\n']);
        self.state == State::Line && self.line.starts_with(before.as_bytes())
    }

    pub(crate) const fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost)
    }

    /// From now on nothing is understood.
    pub(crate) fn lose(&mut self) {
        self.state = State::Lost;
    }

    /// What comes next begins a line.
    pub(crate) fn resume(&mut self) {
        self.begin_line();
    }

    fn begin_line(&mut self) {
        self.line.clear();
        self.state = State::Line;
    }

    fn text<'a>(&mut self, rx: &'a [u8], framing: &Framing) -> (usize, Option<Token<'a>>) {
        let opening = Opening::of(framing);
        let mut used = 0;
        while used < rx.len() {
            if self.line.is_empty() {
                // Empty lines say nothing, and firmwares differ in how many there are.
                used += rx[used..].iter().take_while(|b| is_newline(**b)).count();
            }
            let rest = &rx[used..];
            let Some(first) = rest.first() else {
                break;
            };
            // Most headers come in one piece, and a stream has one per block.
            if self.line.is_empty()
                && let Some((header, size)) = BlockHeader::parse(opening.block, rest)
            {
                used += size;
                match self.header(header, framing.max_block) {
                    Opened::Not => continue,
                    Opened::Block => return (used, None),
                    Opened::Token(token) => return (used, Some(token)),
                }
            }
            if opening.is_possible(&self.line) {
                // Byte by byte, for the few that a header or a prompt has.
                used += 1;
                // A header is far shorter than a line.
                let _ = self.line.push(*first);
                match self.opened(&opening, framing) {
                    Opened::Not => continue,
                    Opened::Block => return (used, None),
                    Opened::Token(token) => return (used, Some(token)),
                }
            }
            let end = memchr2(b'\r', b'\n', rest);
            let n = end.unwrap_or(rest.len());
            used += n;
            if self.line.extend_from_slice(&rest[..n]).is_err() {
                self.dropped_lines = self.dropped_lines.saturating_add(1);
                self.state = State::Endless;
                return (used, None);
            }
            if end.is_some() {
                used += 1;
                if self.line_ends(framing) {
                    return (used, Some(Token::Line));
                }
            }
        }
        (used, None)
    }

    /// The line is whole; gives whether it says anything. A prompt that came when nobody waited for
    /// it any more does not: it would be told as a URC (H6).
    fn line_ends(&mut self, framing: &Framing) -> bool {
        let prompt = trim(framing.dialect.prompt).as_bytes();
        if self.line == prompt {
            self.begin_line();
            return false;
        }
        self.state = State::Given;
        true
    }

    /// What the line became with its last byte.
    fn opened(&mut self, opening: &Opening, framing: &Framing) -> Opened {
        if opening.is_prompt(&self.line) {
            self.begin_line();
            return Opened::Token(Token::Prompt);
        }
        if let Some((header, _)) = BlockHeader::parse(opening.block, &self.line) {
            return self.header(header, framing.max_block);
        }
        if opening.is_possible(&self.line) {
            return Opened::Not;
        }
        // A header that was damaged: what follows is data of unknown length, and no lines.
        if self.line.starts_with(opening.block.before.as_bytes()) {
            return self.lie();
        }
        if self.line.last().copied().is_some_and(is_newline) {
            self.line.pop();
            if self.line_ends(framing) {
                return Opened::Token(Token::Line);
            }
        }
        Opened::Not
    }

    /// A whole header.
    fn header(&mut self, header: BlockHeader, max_block: u16) -> Opened {
        self.begin_line();
        match u16::try_from(header.length) {
            Ok(0) => Opened::Not,
            Ok(length) if length <= max_block => {
                self.state = State::Block(length);
                Opened::Block
            }
            _ => self.lie(),
        }
    }

    fn lie(&mut self) -> Opened {
        self.lose();
        Opened::Token(Token::Lie)
    }

    /// Some firmwares end a block with bytes that do not count, `OK` among them (guide G6.6).
    fn tail(&mut self, rx: &[u8], came: u8, tail: &str) -> usize {
        let tail = tail.as_bytes();
        let (before, rest) = tail.split_at(usize::from(came).min(tail.len()));
        let same = rx.iter().zip(rest).take_while(|(a, b)| a == b).count();
        let matched = before.len() + same;
        if matched < tail.len() && same == rx.len() {
            // Tails are a few bytes long.
            self.state = State::Tail(matched as u8);
        } else {
            self.begin_line();
            if matched < tail.len() {
                // It was none after all: what came of it begins a line.
                let text = tail[..matched].rsplit(|b| is_newline(*b)).next();
                let _ = self.line.extend_from_slice(text.unwrap_or_default());
            }
        }
        same
    }
}

enum Opened {
    Not,
    Block,
    Token(Token<'static>),
}

/// What a line may turn out to be, without the CR LF that it begins with.
struct Opening {
    prompt: Option<&'static str>,
    block: BlockFormat,
}

impl Opening {
    fn of(framing: &Framing) -> Self {
        let Dialect { prompt, block, .. } = framing.dialect;
        Self {
            prompt: framing.awaits_prompt.then(|| trim(prompt)),
            block: BlockFormat {
                before: trim(block.before),
                after: block.after,
            },
        }
    }

    /// Whether a prompt or a header may begin like this.
    fn is_possible(&self, line: &[u8]) -> bool {
        let prompt = self.prompt.unwrap_or_default().as_bytes();
        if !prompt.is_empty() && prompt.starts_with(line) {
            return true;
        }
        let BlockFormat { before, after } = self.block;
        match line.strip_prefix(before.as_bytes()) {
            None => before.as_bytes().starts_with(line),
            Some(rest) => {
                let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                let rest = &rest[digits..];
                // Ten digits hold every length there is.
                digits <= 10
                    && after.as_bytes().starts_with(rest)
                    && (digits > 0 || rest.is_empty())
            }
        }
    }

    fn is_prompt(&self, line: &[u8]) -> bool {
        self.prompt.is_some_and(|prompt| prompt.as_bytes() == line)
    }
}

/// Without the CR LF that it begins with.
fn trim(text: &'static str) -> &'static str {
    text.trim_start_matches(['\r', '\n'])
}

const fn is_newline(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
