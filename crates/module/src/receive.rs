//! Received data, from the ring it was read into to the DTE (guide 6, F7).

use simless_at::Instant;

use crate::backlog::Waiting;
use crate::equipment::Equipment;
use crate::{Dropped, Event};

impl Equipment {
    /// Bytes were read into a link's ring: they wait for their moment.
    pub(crate) fn filled(&mut self, slot: usize, n: usize, now: Instant) {
        let link = &mut self.links[slot];
        let n = link.received.as_mut().map_or(0, |ring| ring.filled(n));
        if n == 0 {
            return;
        }
        link.received(n);
        let socket = link.connected();
        match socket.and_then(|id| self.sockets.gate_mut(id)) {
            Some(gate) => {
                let kept = gate.downlink.enter(n, now);
                if let Some(ring) = &mut link.received {
                    ring.truncate(ring.len() - (n - kept));
                }
                self.counters.received += kept as u64;
            }
            None => {
                self.counters.received += n as u64;
                self.backlog.push_stream(slot, n);
            }
        }
    }

    /// A datagram is one block, or it is dropped whole (guide G6.5).
    pub(crate) fn received_datagram(&mut self, slot: usize, datagram: &[u8]) {
        let limits = self.config.profile.limits;
        let is_welcome = !datagram.is_empty() && datagram.len() <= limits.datagram;
        let found_room = is_welcome
            && self.links[slot]
                .received
                .as_ref()
                .is_some_and(|ring| ring.len() + datagram.len() <= limits.received)
            && self
                .backlog
                .push_datagram(slot, datagram.len(), limits.datagrams);
        if !found_room {
            self.counters.dropped_datagrams += 1;
            self.event(Event::Dropped(Dropped::Datagram));
            return;
        }
        self.counters.received += datagram.len() as u64;
        if let Some(ring) = &mut self.links[slot].received {
            ring.push(datagram);
        }
    }

    /// Prints what waits. `limited`: only as far as the DTE keeps reading.
    pub(crate) fn publish(&mut self, limited: bool) {
        while !limited || self.reply.has_room() {
            let profile = &self.config.profile;
            match self.backlog.pop(profile.limits.block) {
                Some(Waiting::Urc(_) | Waiting::Text(_)) if self.settings.quiet => {}
                Some(Waiting::Text(text)) => self.reply.urc_text(&text),
                Some(Waiting::Urc(urc)) => self.reply.urc(&urc, &profile.dialect),
                Some(Waiting::Data { slot, length, .. }) => {
                    self.reply
                        .block(slot, length, self.settings.headers, &profile.dialect);
                }
                None => break,
            }
        }
    }
}
