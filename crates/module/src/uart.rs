//! Bytes from the DTE find their room: a line that is typed, or a payload that is entered.

use simless_at::Instant;

use crate::Module;
use crate::editor::Echo;
use crate::entry::EntryEnd;
use crate::equipment::Equipment;
use crate::run::{Running, Step};

impl Module {
    /// Takes bytes as far as there is room for what they lead to; gives how many.
    pub(crate) fn take_in(&mut self, rx: &[u8], now: Instant) -> usize {
        let mut taken = 0;
        while taken < rx.len() {
            let room = self.equipment.room_for_input();
            let rest = &rx[taken..];
            let n = self.take(&rest[..rest.len().min(room)], now);
            if n == 0 {
                break;
            }
            taken += n;
        }
        taken
    }

    /// What was printed, as slices; gives how many there are.
    pub(crate) fn printed<'a>(&'a self, out: &mut [&'a [u8]]) -> usize {
        let links = &self.equipment.links;
        let ring = |slot: usize| links.get(slot)?.received.as_ref();
        self.equipment.reply.output(ring, out)
    }

    /// The first `n` bytes of it are on their way.
    pub(crate) fn printed_taken(&mut self, n: usize) {
        let Equipment { reply, links, .. } = &mut self.equipment;
        reply.written(n, |slot, n| {
            if let Some(ring) = &mut links[slot].received {
                ring.consume(n);
            }
        });
    }

    /// Takes some bytes; gives how many, 0 when none can be taken now.
    fn take(&mut self, rx: &[u8], now: Instant) -> usize {
        let Some(&first) = rx.first() else {
            return 0;
        };
        let within = self.equipment.config.profile.guards.line_feed;
        if self.running.is_some() && self.editor.takes_late_line_feed(first, now, within) {
            return 1;
        }
        match &self.running {
            None => self.take_line(rx, now),
            Some(Running {
                step: Step::Entry(_),
                ..
            }) => self.take_payload(rx, now),
            Some(_) => 0,
        }
    }

    fn take_line(&mut self, rx: &[u8], now: Instant) -> usize {
        let Equipment {
            reply,
            settings,
            config,
            ..
        } = &mut self.equipment;
        let mut echo = Echo {
            reply,
            is_on: settings.echo,
        };
        let (limit, backspace) = (config.profile.limits.line, settings.backspace());
        let (n, end) = self.editor.feed(rx, now, limit, backspace, &mut echo);
        if let Some(end) = end {
            self.begin(end, now);
            self.settle(now);
            // A line that ended at the instant before takes no byte; what follows it does.
            if n == 0 {
                // What the line said may have left less room than there was (P2).
                let room = self.equipment.room_for_input();
                return self.take(&rx[..rx.len().min(room)], now);
            }
        }
        n
    }

    fn take_payload(&mut self, rx: &[u8], now: Instant) -> usize {
        let Some(Running {
            step: Step::Entry(entry),
            ..
        }) = &mut self.running
        else {
            return 0;
        };
        self.editor.payload_begins();
        let Equipment {
            reply,
            settings,
            config,
            sockets,
            ..
        } = &mut self.equipment;
        let mut echo = Echo {
            reply,
            is_on: settings.echo,
        };
        let socket = sockets.get_mut(entry.socket);
        let (n, end) = entry.feed(rx, now, &config.profile, socket, &mut echo);
        let entry = *entry;
        if let Some(end) = end {
            self.entry_ended(entry, end, now);
            self.settle(now);
        }
        n
    }

    /// The DTE hung up: what it was typing or entering ends (guide G5.9).
    pub(crate) fn dte_left(&mut self, now: Instant) {
        // A line whose CR was the last byte was whole.
        if let Some(end) = self.editor.take_ended() {
            self.begin(end, now);
            self.settle(now);
        }
        self.editor.dte_left();
        if let Some(Running {
            step: Step::Entry(entry),
            ..
        }) = self.running
        {
            self.entry_ended(entry, EntryEnd::Refused, now);
        }
    }
}
