//! What is counted.

use std::collections::BTreeMap;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What is counted of one seed, or of many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Connections that stood.
    pub connections: u64,
    /// Payloads that were accepted.
    pub sends: u64,
    /// Payload bytes at the servers, both ways.
    pub bytes: u64,
    /// How often each fault of the module's struck.
    pub faults: BTreeMap<&'static str, u64>,
    /// How often each class of faults was tried.
    pub drawn: BTreeMap<&'static str, u64>,
    /// Of all bytes at the serial line and all events of the driver, with their times.
    pub hash: u64,
    /// Steps of the loop.
    pub rounds: u64,
}

impl Tally {
    pub(crate) fn strikes(&mut self, fault: &'static str) {
        *self.faults.entry(fault).or_default() += 1;
    }

    pub(crate) fn notes(&mut self, what: u64, bytes: &[u8]) {
        self.hash = xxh3_64_with_seed(bytes, self.hash ^ what.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }

    /// Adds another seed's, behind those that are in here.
    pub fn add(&mut self, other: &Self) {
        self.connections += other.connections;
        self.sends += other.sends;
        self.bytes += other.bytes;
        self.rounds += other.rounds;
        for (fault, times) in &other.faults {
            *self.faults.entry(fault).or_default() += times;
        }
        for (class, times) in &other.drawn {
            *self.drawn.entry(class).or_default() += times;
        }
        self.notes(other.hash, &[]);
    }
}
