//! Everything the DTE reads: the only writer of AT text (guide F2, F4, F7).

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use simless_at::{BlockHeader, Dialect, Final, Urc};

use crate::link::MAX_LINKS;
use crate::ring::Ring;
use crate::settings::Settings;

/// Text that may wait for the DTE before no more input is taken and no further command runs. What
/// one byte or one command adds comes on top.
const TEXT_LIMIT: usize = 2048;
/// Text that may wait for the DTE before received data and URCs wait too. Until then each block is
/// printed as it comes; beyond it small blocks grow together.
const PUBLISH_LIMIT: usize = 512;

/// What an idle module keeps room for: text, and pieces of output. Most answers fit.
const TEXT_KEPT: usize = 512;
const STRETCHES_KEPT: usize = 8;

/// The output, in order: text of its own, and ranges of the links' rings.
pub(crate) struct Reply {
    text: Vec<u8>,
    /// Bytes of `text` that the DTE took already.
    taken: usize,
    stretches: VecDeque<Stretch>,
    header: Header,
    /// Whether the command that runs has printed an info line.
    command_has_info: bool,
}

/// Output in one go: text, and behind it bytes at the front of a link's ring. A block and its header
/// are one.
#[derive(Clone, Copy)]
struct Stretch {
    text: usize,
    slot: usize,
    data: usize,
}

/// The header of the last block: most blocks of a stream are alike, and so are their headers.
struct Header {
    length: usize,
    text: Vec<u8>,
}

impl Reply {
    pub(crate) const fn new() -> Self {
        Self {
            text: Vec::new(),
            taken: 0,
            stretches: VecDeque::new(),
            header: Header {
                length: 0,
                text: Vec::new(),
            },
            command_has_info: false,
        }
    }

    /// How many bytes of input may be taken, each of which may be echoed.
    pub(crate) fn room_for_input(&self) -> usize {
        TEXT_LIMIT.saturating_sub(self.pending_text())
    }

    /// Whether URCs and data may be printed, or shall wait until the DTE has read more.
    pub(crate) fn has_room(&self) -> bool {
        self.pending_text() < PUBLISH_LIMIT
    }

    pub(crate) fn command_has_info(&self) -> bool {
        self.command_has_info
    }

    pub(crate) fn begin_command(&mut self) {
        self.command_has_info = false;
    }

    pub(crate) fn echo(&mut self, bytes: &[u8]) {
        self.append(bytes);
    }

    /// An info line. The first of a command has a blank line before it.
    pub(crate) fn info(&mut self, line: fmt::Arguments<'_>) {
        if !core::mem::replace(&mut self.command_has_info, true) {
            self.append(b"\r\n");
        }
        self.format(line);
        self.append(b"\r\n");
    }

    /// The one final result of a command line.
    pub(crate) fn final_result(&mut self, result: Final, dialect: &Dialect, settings: &Settings) {
        self.command_has_info = false;
        if settings.quiet {
            return;
        }
        let digit = match result {
            Final::Ok => Some('0'),
            Final::Error => Some('4'),
            _ => None,
        };
        if let (false, Some(digit)) = (settings.verbose, digit) {
            self.format(format_args!("{digit}\r"));
            return;
        }
        self.framed(|out| result.write(dialect, settings.error_detail, out));
    }

    pub(crate) fn urc(&mut self, urc: &Urc, dialect: &Dialect) {
        self.framed(|out| urc.write(dialect, out));
    }

    /// A URC of which only the text is known.
    pub(crate) fn urc_text(&mut self, text: &str) {
        self.framed(|out| out.write_str(text));
    }

    pub(crate) fn prompt(&mut self, dialect: &Dialect) {
        self.append(dialect.prompt.as_bytes());
    }

    /// A block of received data: the next `length` bytes of the link's ring not yet printed.
    pub(crate) fn block(&mut self, slot: usize, length: usize, headed: bool, dialect: &Dialect) {
        if headed {
            self.header.become_that_of(length, dialect);
            self.text.extend_from_slice(&self.header.text);
            self.text_grew(self.header.text.len());
        }
        self.data_grew(slot, length);
        self.append(dialect.block_tail.as_bytes());
    }

    /// What waits for the DTE, as slices; gives how many there are.
    pub(crate) fn output<'a>(
        &'a self,
        ring: impl Fn(usize) -> Option<&'a Ring>,
        out: &mut [&'a [u8]],
    ) -> usize {
        if self.stretches.is_empty() {
            return 0;
        }
        let places = out.len();
        let mut free = out.iter_mut();
        let mut put = |slice: &'a [u8]| {
            if !slice.is_empty() {
                *free.next()? = slice;
            }
            Some(())
        };
        let mut text = &self.text[self.taken..];
        // A link's data lies at the front of its ring; one slot's ranges follow each other.
        let mut printed = [0; MAX_LINKS];
        for stretch in &self.stretches {
            let (now, later) = text.split_at(stretch.text);
            text = later;
            let start = printed[stretch.slot];
            printed[stretch.slot] += stretch.data;
            let [first, second] = match ring(stretch.slot) {
                Some(ring) => ring.range(start, stretch.data),
                None => [&[][..], &[]],
            };
            if [now, first, second]
                .into_iter()
                .try_for_each(&mut put)
                .is_none()
            {
                break;
            }
        }
        places - free.len()
    }

    /// Says that the DTE took `n` bytes; `consumed` hears which of them were a link's.
    pub(crate) fn written(&mut self, mut n: usize, mut consumed: impl FnMut(usize, usize)) {
        while let Some(front) = self.stretches.front_mut() {
            let text = n.min(front.text);
            let data = (n - text).min(front.data);
            front.text -= text;
            front.data -= data;
            n -= text + data;
            self.taken += text;
            consumed(front.slot, data);
            if front.text + front.data > 0 {
                break;
            }
            self.stretches.pop_front();
        }
        // A DTE that is always a little behind never empties it: what it took has to go at times,
        // but not so often that moving the rest costs more than printing it did.
        if self.taken == self.text.len() {
            self.text.clear();
            self.text.shrink_to(TEXT_LIMIT);
            self.taken = 0;
        } else if self.taken >= TEXT_LIMIT && self.taken >= self.pending_text() {
            self.text.drain(..self.taken);
            self.taken = 0;
        }
    }

    /// Bytes of a link's ring that are printed but not yet taken.
    pub(crate) fn printed_of(&self, slot: usize) -> usize {
        let of_slot = |stretch: &&Stretch| stretch.slot == slot;
        let stretches = self.stretches.iter().filter(of_slot);
        stretches.map(|stretch| stretch.data).sum()
    }

    /// Gives memory back that only traffic needs.
    pub(crate) fn release(&mut self) {
        self.text.shrink_to(TEXT_KEPT);
        self.stretches.shrink_to(STRETCHES_KEPT);
    }

    /// Whether the DTE took all that was printed.
    pub(crate) fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    fn pending_text(&self) -> usize {
        self.text.len() - self.taken
    }

    fn framed(&mut self, write: impl FnOnce(&mut Text<'_>) -> fmt::Result) {
        let before = self.text.len();
        self.text.extend_from_slice(b"\r\n");
        // Writing to a Vec can't fail.
        let _ = write(&mut Text(&mut self.text));
        self.text.extend_from_slice(b"\r\n");
        self.text_grew(self.text.len() - before);
    }

    fn format(&mut self, arguments: fmt::Arguments<'_>) {
        let before = self.text.len();
        // Writing to a Vec can't fail.
        let _ = Text(&mut self.text).write_fmt(arguments);
        self.text_grew(self.text.len() - before);
    }

    fn append(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.text.extend_from_slice(bytes);
        self.text_grew(bytes.len());
    }

    fn text_grew(&mut self, by: usize) {
        match self.stretches.back_mut() {
            Some(last) if last.data == 0 => last.text += by,
            _ => self.stretches.push_back(Stretch {
                text: by,
                slot: 0,
                data: 0,
            }),
        }
    }

    fn data_grew(&mut self, slot: usize, by: usize) {
        match self.stretches.back_mut() {
            Some(last) if last.slot == slot || last.data == 0 => {
                last.slot = slot;
                last.data += by;
            }
            _ => self.stretches.push_back(Stretch {
                text: 0,
                slot,
                data: by,
            }),
        }
    }
}

impl Header {
    fn become_that_of(&mut self, length: usize, dialect: &Dialect) {
        if self.length == length {
            return;
        }
        self.length = length;
        self.text.clear();
        let header = BlockHeader {
            length: u32::try_from(length).unwrap_or(u32::MAX),
        };
        // Writing to a Vec can't fail.
        let _ = header.write(dialect.block, &mut Text(&mut self.text));
    }
}

/// UTF-8 text appended to bytes.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
