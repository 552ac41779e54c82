//! Data entry: the payload of a send, from the prompt to its end (guide G5.2 to G5.9, F3, F8).

use memchr::{memchr, memchr2};
use simless_at::Instant;

use crate::editor::Echo;
use crate::sockets::Socket;
use crate::{OnNul, Profile, SocketId};

const CTRL_Z: u8 = 0x1A;
const ESC: u8 = 0x1B;
const BACKSPACE: u8 = 0x08;
const DEL: u8 = 0x7F;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DataEntry {
    /// The connection the payload is for. It may end before the payload does (guide G5.7).
    pub(crate) socket: SocketId,
    form: EntryForm,
    /// What came so far, whether it could be kept or not.
    length: usize,
    holds_nul: bool,
    /// When the last byte came.
    pub(crate) since: Instant,
}

/// How a payload ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryForm {
    /// At Ctrl+Z, or ESC.
    CtrlZ,
    /// After so many bytes.
    Length(usize),
}

/// What a payload's end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryEnd {
    /// It is to be sent.
    Send,
    /// ESC: nothing is.
    Cancelled,
    /// It can't be.
    Refused,
}

impl DataEntry {
    pub(crate) fn new(socket: SocketId, form: EntryForm, now: Instant) -> Self {
        Self {
            socket,
            form,
            length: 0,
            holds_nul: false,
            since: now,
        }
    }

    /// Takes payload; gives how many bytes, and the end if it came. Without a socket the payload
    /// is read and kept nowhere.
    pub(crate) fn feed(
        &mut self,
        rx: &[u8],
        now: Instant,
        profile: &Profile,
        socket: Option<&mut Socket>,
        echo: &mut Echo<'_>,
    ) -> (usize, Option<EntryEnd>) {
        self.since = now;
        let (run, terminator) = self.split(rx, profile.backspace_edits_payload);
        echo.bytes(run);
        self.holds_nul |= profile.on_nul == OnNul::Fail
            && self.form == EntryForm::CtrlZ
            && memchr(0, run).is_some();
        self.length += run.len();
        let ring = socket.and_then(Socket::payload);
        let was_kept = match ring {
            Some(ring) => {
                let room = profile.limits.send.saturating_sub(ring.staged());
                ring.stage(&run[..run.len().min(room)]);
                // What is beyond the limit was never staged: erasing it takes nothing back.
                let erases = matches!(terminator, Some(BACKSPACE | DEL));
                if erases && ring.staged() == self.length {
                    ring.unstage_last();
                }
                true
            }
            None => false,
        };
        let Some(terminator) = terminator else {
            let is_whole = self.form == EntryForm::Length(self.length);
            return (run.len(), is_whole.then(|| self.verdict(was_kept, profile)));
        };
        let end = match terminator {
            BACKSPACE | DEL => {
                if self.length > 0 {
                    self.length -= 1;
                    echo.bytes(b"\x08 \x08");
                }
                None
            }
            CTRL_Z => {
                echo.bytes(&[CTRL_Z]);
                Some(self.verdict(was_kept, profile))
            }
            _ => {
                echo.bytes(&[ESC]);
                Some(EntryEnd::Cancelled)
            }
        };
        (run.len() + 1, end)
    }

    /// The payload at the start of `rx`, and the byte that ends it, if that came.
    fn split<'a>(&self, rx: &'a [u8], backspace_edits: bool) -> (&'a [u8], Option<u8>) {
        let end = match self.form {
            EntryForm::Length(length) => return (&rx[..rx.len().min(length - self.length)], None),
            EntryForm::CtrlZ if backspace_edits => rx
                .iter()
                .position(|b| matches!(*b, CTRL_Z | ESC | BACKSPACE | DEL)),
            EntryForm::CtrlZ => memchr2(CTRL_Z, ESC, rx),
        };
        match end {
            Some(end) => (&rx[..end], Some(rx[end])),
            None => (rx, None),
        }
    }

    fn verdict(&self, was_kept: bool, profile: &Profile) -> EntryEnd {
        let fits = (1..=profile.limits.send).contains(&self.length);
        if was_kept && fits && !self.holds_nul {
            EntryEnd::Send
        } else {
            EntryEnd::Refused
        }
    }
}
