//! What went over a connection must be what was written.

use super::{LENGTH, Session};

/// What became of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Accepted,
    Refused,
    InDoubt,
}

impl Session {
    /// The peer has what was accepted, in order, once; what is in doubt whole or not at all; and
    /// nothing that was refused. Of a connection that broke, that is so up to where it broke.
    pub(super) fn check_up(&mut self, up: &[(Vec<u8>, Fate)], mut got: &[u8], is_broken: bool) {
        for (payload, fate) in up {
            if *fate == Fate::Refused {
                continue;
            }
            let came = match () {
                () if got.starts_with(payload) => LENGTH,
                () if is_broken && payload.starts_with(got) => got.len(),
                () => 0,
            };
            got = &got[came..];
            if *fate == Fate::Accepted {
                self.story.missing += LENGTH - came;
            }
        }
        if !got.is_empty() {
            let left = got.len();
            self.wrong(format!("{left} bytes at the peer are not what comes next"));
        }
    }

    /// What was read is what the peer sent, from its beginning.
    pub(super) fn check_down(&mut self, down: &[u8], read: &[u8]) {
        match down.starts_with(read) {
            true => self.story.missing += down.len() - read.len(),
            false => self.wrong(format!("{} bytes that the peer did not send", read.len())),
        }
    }

    /// Each is whole, and one of those that were sent.
    pub(super) fn check_datagrams(&mut self, sent: &[Vec<u8>], came: &[u8]) {
        let came: Vec<&[u8]> = came.chunks(LENGTH).collect();
        if came
            .iter()
            .any(|came| !sent.iter().any(|sent| sent == came))
        {
            self.wrong("a datagram that nobody sent".into());
        }
        if sent.iter().ne(came.iter()) {
            self.story.missing += LENGTH;
        }
    }

    fn wrong(&mut self, what: String) {
        self.story.wrong.push(what);
    }
}
