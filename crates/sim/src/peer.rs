//! A server's end of one connection.

use std::net::SocketAddr;

use simless_at::Instant;
use simless_module::{SocketEvent, SocketId};

use crate::modem::Modem;
use crate::oracle::{Finding, HEADER, Ledger, Road, Script};
use crate::tape::{MOST, Tape};

/// A server's end of one connection.
pub(crate) struct Peer {
    pub(crate) id: SocketId,
    pub(crate) address: SocketAddr,
    pub(crate) is_udp: bool,
    pub(crate) stage: Stage,
    /// It stands, or did.
    pub(crate) has_stood: bool,
    /// The serial line was whole as long as it was used.
    pub(crate) is_trusted: bool,
    /// Something broke it that may take bytes with it: then a prefix is all there is.
    pub(crate) is_broken: bool,
    /// It reads again then.
    pub(crate) stalls: Option<Instant>,
    /// Bytes of one read or write.
    pub(crate) piece: usize,
    /// It sends as much as it gets.
    pub(crate) echoes: bool,
    /// It ends behind what it sends.
    pub(crate) ends: bool,
    /// Its FIN was seen by the module.
    pub(crate) has_ended: bool,
    /// Its own bytes: where they begin on the tape, how many it sends, how many the module has.
    pub(crate) salt: u64,
    pub(crate) wants: u64,
    pub(crate) sent: u64,
    /// Lengths of datagrams that it sends.
    datagrams: Vec<usize>,
    pub(crate) up: Script,
    pub(crate) up_datagrams: Ledger,
    pub(crate) down_datagrams: Ledger,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Opening,
    Standing,
    /// The module sent its FIN.
    Shut,
    /// The module knows nothing of it any more.
    Gone,
}

impl Peer {
    pub(crate) fn new(id: SocketId, address: SocketAddr, is_udp: bool, up: &'static Tape) -> Self {
        let salt = id.0.wrapping_mul(7919);
        Self {
            id,
            address,
            is_udp,
            stage: Stage::Opening,
            has_stood: false,
            is_trusted: true,
            is_broken: false,
            stalls: None,
            piece: usize::MAX,
            echoes: true,
            ends: false,
            has_ended: false,
            salt,
            wants: 0,
            sent: 0,
            datagrams: Vec::new(),
            up: Script::new(up, salt + 31),
            up_datagrams: Ledger::new(up, salt + 31),
            down_datagrams: Ledger::new(Tape::all(), salt),
        }
    }

    pub(crate) fn stands(&self) -> bool {
        self.stage == Stage::Standing
    }

    /// Whether it stands and can be ended by the server.
    pub(crate) fn may_end(&self) -> bool {
        self.stands() && !self.is_udp && !self.has_ended
    }

    /// It sends so many bytes.
    pub(crate) fn says(&mut self, bytes: usize) {
        match self.is_udp {
            true => self.datagrams.push(bytes.clamp(HEADER, 1472)),
            false => self.wants += bytes as u64,
        }
    }

    /// Moves what can move; gives whether anything did, and how many bytes either way.
    pub(crate) fn serve(
        &mut self,
        module: &mut Modem,
        road: Road,
        now: Instant,
    ) -> Result<(bool, u64), Finding> {
        let mut bytes = 0;
        let mut moved = false;
        if !matches!(self.stage, Stage::Standing) {
            return Ok((false, 0));
        }
        if self.stalls.is_none_or(|until| now >= until) {
            let n = self.read(module, road, now)?;
            moved |= n > 0;
            bytes += n as u64;
        }
        let n = self.write(module, now);
        moved |= n > 0;
        bytes += n as u64;
        if self.ends && !self.has_ended && self.sent == self.wants && !self.is_udp {
            self.has_ended = true;
            module.handle_socket(self.id, SocketEvent::Ended, now);
            moved = true;
        }
        Ok((moved, bytes))
    }

    fn read(&mut self, module: &mut Modem, road: Road, now: Instant) -> Result<usize, Finding> {
        let output = module.socket_output(self.id);
        if output.is_empty() {
            return Ok(0);
        }
        let n = match self.is_udp {
            true => output.len(),
            false => output.len().min(self.piece),
        };
        let output = &output[..n];
        if self.is_udp {
            let came = self.up_datagrams.came(output, road);
            came.map_err(|what| ("P29", format!("at the peer: {what}")))?;
        } else if !self.up.takes(output) {
            let start = output[..n.min(40)].escape_ascii();
            let seen = format!("{n} bytes at the peer are not what comes next: {start}");
            return Err(("L1", seen));
        }
        module.socket_written(self.id, n, now);
        if self.echoes {
            self.says(n);
        }
        Ok(n)
    }

    fn write(&mut self, module: &mut Modem, now: Instant) -> usize {
        if let Some(length) = self.datagrams.pop() {
            let datagram = self.down_datagrams.next(length);
            module.handle_socket(self.id, SocketEvent::Datagram(&datagram), now);
            return length;
        }
        let left = usize::try_from(self.wants - self.sent).unwrap_or(usize::MAX);
        let most = left.min(self.piece).min(MOST);
        if most == 0 || self.has_ended {
            return 0;
        }
        let place = self.salt + self.sent;
        let mut n = 0;
        module.read_socket(self.id, now, |space| {
            n = space.len().min(most);
            space[..n].copy_from_slice(Tape::all().at(place, n));
            n
        });
        self.sent += n as u64;
        n
    }
}
