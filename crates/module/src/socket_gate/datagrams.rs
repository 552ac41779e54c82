//! Datagrams at the gate: each meets the faults by itself, and is lost, doubled or overtaken whole.

use alloc::boxed::Box;
use core::time::Duration;

use simless_at::Instant;

use super::passage::Passage;
use crate::equipment::Equipment;
use crate::{Dropped, Event, FaultKind, SocketId, Stream};

/// How long a datagram waits for the next one when nothing else is said.
const PATIENCE: Duration = Duration::from_secs(1);

impl Equipment {
    /// A datagram came from the peer.
    pub(crate) fn datagram_comes(
        &mut self,
        slot: usize,
        id: SocketId,
        datagram: &[u8],
        now: Instant,
    ) {
        let limits = self.config.profile.limits;
        let room = self.room_under_way(Stream::Downlink);
        let is_welcome = !datagram.is_empty() && datagram.len() <= limits.datagram;
        match self.sockets.gate_mut(id) {
            Some(gate) if is_welcome => {
                if gate.downlink.has_room_for(datagram.len(), room) {
                    self.pass(id, Stream::Downlink, datagram.into(), now);
                } else {
                    self.counters.dropped_datagrams += 1;
                    self.event(Event::Dropped(Dropped::Datagram));
                }
            }
            _ => self.received_datagram(slot, datagram),
        }
    }

    /// A datagram was accepted.
    pub(super) fn datagram_goes(&mut self, id: SocketId, datagram: Box<[u8]>, now: Instant) {
        self.pass(id, Stream::Uplink, datagram, now);
    }

    fn pass(&mut self, id: SocketId, way: Stream, datagram: Box<[u8]>, now: Instant) {
        let is_held = self
            .passage(id, way)
            .is_none_or(|passage| passage.is_held());
        if is_held
            || self
                .strikes_datagram(FaultKind::Loss, way, |_| ())
                .is_some()
        {
            return;
        }
        let latency = self.strikes_datagram(FaultKind::Latency, way, |attributes| {
            let latency = attributes.latency.unwrap_or_default();
            (latency, attributes.jitter.unwrap_or_default())
        });
        let (latency, jitter) = latency.unwrap_or_default();
        let limit = self.room_under_way(way);
        let is_doubled = self
            .strikes_datagram(FaultKind::Duplicate, way, |_| ())
            .is_some();
        let lets_next_by = self
            .passage(id, way)
            .is_some_and(|passage| passage.lets_next_by());
        let patience = match lets_next_by {
            // This is the next one.
            true => None,
            false => self.strikes_datagram(FaultKind::Reorder, way, |attributes| {
                attributes.delay.unwrap_or(PATIENCE)
            }),
        };
        let Some(passage) = self.passage(id, way) else {
            return;
        };
        let due = passage.datagram_due(latency, jitter, now);
        if is_doubled && passage.has_room_for(2 * datagram.len(), limit) {
            passage.enter_datagram(datagram.clone(), due);
        }
        match patience {
            Some(patience) => passage.let_next_by(datagram, due, patience, now),
            None => passage.enter_datagram(datagram, due),
        }
    }

    /// How many bytes of datagrams may be under way. Those of the peer will need room once more when
    /// they arrive, and both together shall not be twice the limit.
    fn room_under_way(&self, way: Stream) -> usize {
        let limits = &self.config.profile.limits;
        match way {
            Stream::Downlink => limits.received / 2,
            _ => limits.unsent,
        }
    }

    fn passage(&mut self, id: SocketId, way: Stream) -> Option<&mut Passage> {
        let gate = self.sockets.gate_mut(id)?;
        Some(match way {
            Stream::Downlink => &mut gate.downlink,
            _ => &mut gate.uplink,
        })
    }

    fn strikes_datagram<T>(
        &mut self,
        kind: FaultKind,
        way: Stream,
        read: impl FnOnce(&crate::Attributes) -> T,
    ) -> Option<T> {
        let said = self.faults.strikes_on(kind, way).map(read)?;
        self.event(Event::Struck(kind));
        Some(said)
    }
}
