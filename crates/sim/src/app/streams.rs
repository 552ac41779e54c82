//! What the application reads, beside what the server sent (H18, L3, P29).

use simless_at::Instant;

use crate::oracle::Finding;
use crate::tape::Tape;
use crate::world::World;

use super::{App, Phase};

impl App {
    /// The driver hands over data; gives what is wrong with it.
    pub(crate) fn reads(&mut self, bytes: &[u8], left: u16, now: Instant) -> Option<Finding> {
        self.given = Some(now);
        self.has_read = true;
        if !self.pause.is_zero() {
            self.holds = true;
        }
        if self.is_udp {
            self.datagram.extend(bytes);
            self.is_whole = left == 0;
            return None;
        }
        if let Phase::Connecting(..) = self.phase {
            // It comes before the driver is sure that the connection stands.
            self.early.extend(bytes);
            return None;
        }
        self.reads_of(bytes)
    }

    /// Bytes of the stream; gives what is wrong with them.
    pub(super) fn reads_of(&mut self, bytes: &[u8]) -> Option<Finding> {
        let place = self.salt + self.read;
        self.read += bytes.len() as u64;
        if self.bound.is_some() && !Tape::all().has(place, bytes) {
            let start = bytes[..bytes.len().min(40)].escape_ascii();
            let seen = format!("{} bytes read are not what was sent: {start}", bytes.len());
            return Some(("H18", seen));
        }
        None
    }
}

impl World {
    /// A datagram was read to its end.
    pub(crate) fn datagram_was_read(&mut self) {
        if !std::mem::take(&mut self.app.is_whole) {
            return;
        }
        let datagram = std::mem::take(&mut self.app.datagram);
        let road = self.net.road;
        let Some(peer) = self.app.bound.and_then(|id| self.net.peer(id)) else {
            return;
        };
        if let Err(what) = peer.down_datagrams.came(&datagram, road) {
            self.find_if_trusted(("P29", format!("at the application: {what}")));
        }
    }

    /// The peer ended the connection: what it sent before was read (L3).
    pub(super) fn all_was_read(&mut self) {
        let read = self.app.read;
        let Some(peer) = self.app.bound.and_then(|id| self.net.peer(id)) else {
            return;
        };
        let sent = peer.sent;
        if peer.has_ended && !peer.is_udp && !peer.is_broken && read != sent {
            let seen = format!("closed by the peer, {read} of {sent} bytes read");
            self.find_if_trusted(("L3", seen));
        }
    }
}
