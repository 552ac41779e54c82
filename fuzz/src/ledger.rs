//! The reference model: which bytes went where.

use std::collections::VecDeque;

use simless_module::{Counters, Snapshot};

use crate::socket::Socket;

/// Bytes of peers have this bit, and nothing else that the module prints does.
const PEER: u8 = 0x80;

/// Which bytes went where.
#[derive(Default)]
pub(crate) struct Ledger {
    /// What the module took from the DTE.
    said: Vec<u8>,
    /// What it read from peers and the DTE did not read yet.
    unprinted: VecDeque<u8>,
    /// How many bytes peers sent.
    sent_by_peers: u64,
    /// How many bytes peers got.
    got_by_peers: u64,
}

impl Ledger {
    /// The DTE never says a peer's byte.
    pub(crate) fn for_dte(byte: u8) -> u8 {
        byte & !PEER
    }

    pub(crate) fn said(&mut self, bytes: &[u8]) {
        self.said.extend(bytes);
    }

    /// The next bytes of a peer, all peers of a session counting on.
    pub(crate) fn peer_bytes(&mut self, space: &mut [u8]) {
        for byte in space {
            *byte = PEER | self.sent_by_peers as u8;
            self.sent_by_peers += 1;
        }
    }

    /// The module kept those of a peer's bytes that it counted: all of them or none.
    pub(crate) fn received(&mut self, bytes: &[u8], counted: u64) {
        if counted > 0 {
            assert_eq!(counted, bytes.len() as u64, "bytes were cut");
            self.unprinted.extend(bytes);
        }
    }

    /// The DTE reads what the peers sent, in order, exactly once (P25, P27).
    pub(crate) fn printed(&mut self, bytes: &[u8]) {
        for &byte in bytes.iter().filter(|byte| **byte & PEER != 0) {
            let mut expected = self.unprinted.pop_front();
            while expected.is_some_and(|expected| expected != byte) && self.may_have_restarted() {
                expected = self.unprinted.pop_front();
            }
            assert_eq!(Some(byte), expected, "L3: not the peer's next byte");
        }
    }

    /// A peer got bytes: each of them the DTE has said, in this order (P18).
    pub(crate) fn got(&mut self, socket: &mut Socket, bytes: &[u8], snapshot: &Snapshot<'_>) {
        self.got_by_peers += bytes.len() as u64;
        let counted = snapshot.counters.sent;
        assert!(
            self.got_by_peers + snapshot.counters.unsent <= counted,
            "L1: {counted} bytes were accepted, peers got {}",
            self.got_by_peers
        );
        if self.repeats_lines() {
            return;
        }
        for byte in bytes {
            let rest = &self.said[socket.found..];
            let Some(at) = rest.iter().position(|said| said == byte) else {
                panic!("L1: a peer got a byte that the DTE did not say in this order");
            };
            socket.found += at + 1;
        }
    }

    /// The power went: nothing of what was unsaid will be said.
    pub(crate) fn power_cycled(&mut self) {
        self.unprinted.clear();
    }

    /// Everybody reads, and everything is over.
    pub(crate) fn close(&mut self, counters: Counters) {
        assert!(
            self.unprinted.is_empty() || self.may_have_restarted(),
            "L3: {} bytes were never printed",
            self.unprinted.len()
        );
        assert_eq!(
            counters.sent,
            self.got_by_peers + counters.unsent,
            "L1: accepted bytes neither reached a peer nor were counted as lost"
        );
    }

    /// `AT+CFUN=1,1` loses what was not printed; typed with a backspace in it, too.
    fn may_have_restarted(&self) -> bool {
        let letters: Vec<u8> = self.said.to_ascii_uppercase();
        letters.windows(3).any(|word| word == b"FUN")
            || letters.windows(2).any(|word| word == b"S5")
            || letters.iter().any(|byte| matches!(byte, 0x08 | 0x7F))
    }

    /// `A/` sends a payload in quotes again.
    fn repeats_lines(&self) -> bool {
        self.said
            .windows(2)
            .any(|pair| pair.eq_ignore_ascii_case(b"A/"))
    }
}
