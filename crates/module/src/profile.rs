//! A device as data: its language, identity, limits, times and habits (guide D1).

mod kingcom_g3524;

use core::time::Duration;

use simless_at::{Cme, Dialect, ErrorDetail};

use crate::link::MAX_LINKS;

pub use kingcom_g3524::KINGCOM_G3524;

/// A device. Code may ask for a field, never for which profile it is.
///
/// A variation is a constant: `Profile { on_nul: OnNul::Fail, ..KINGCOM_G3524 }`.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// The name for `--profile`.
    pub name: &'static str,
    /// How it speaks.
    pub dialect: Dialect,
    /// Who it says it is.
    pub identity: Identity,
    /// What it takes at the most.
    pub limits: Limits,
    /// How long it and its network take, as real logs show it.
    pub timing: Timing,
    /// When it gives up.
    pub guards: Guards,
    /// Which failures it spells `ERROR` whatever `AT+CMEE` says (guide E1).
    pub plain_errors: &'static [PlainError],
    /// `AT+CMEE` at power-up.
    pub error_detail: ErrorDetail,
    /// The `<n>` of `AT+CREG` at power-up.
    pub registration_reports: u8,
    /// What a NUL byte in Ctrl+Z payload does (guide G5.4).
    pub on_nul: OnNul,
    /// Whether backspace edits Ctrl+Z payload instead of being data (guide F8).
    pub backspace_edits_payload: bool,
    /// Whether `AT+CIPSHUT` drops the context's definition too (guide G7.3).
    pub shut_drops_definition: bool,
}

impl Profile {
    /// The profile of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|profile| profile.name == name)
    }

    /// Every profile there is; the first is the default.
    pub const ALL: &'static [Self] = &[KINGCOM_G3524];
}

/// Who a device says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// First line of `ATI`, and `AT+CGMI`.
    pub manufacturer: &'static str,
    /// Second line of `ATI`, and `AT+CGMM`.
    pub model: &'static str,
    /// Third line of `ATI`, and `AT+CGMR`.
    pub revision: &'static str,
    /// `AT+CGSN`.
    pub imei: &'static str,
    /// `AT+CIMI`.
    pub imsi: &'static str,
    /// `AT+CCID`.
    pub iccid: &'static str,
}

/// What a device takes at the most; beyond it `properties.md` says what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time.
    pub links: usize,
    /// Bytes of a command line, `AT` included, CR not.
    pub line: usize,
    /// Payload bytes of one send.
    pub send: usize,
    /// Accepted bytes of a connection that were not yet sent.
    pub unsent: usize,
    /// Received bytes that wait for the DTE.
    pub received: usize,
    /// Payload bytes of a received TCP block.
    pub block: usize,
    /// Bytes of a datagram that is received.
    pub datagram: usize,
    /// Datagrams that wait, for the DTE or to be sent, however small: each costs a mark.
    pub datagrams: usize,
    /// URCs that wait for the DTE.
    pub urcs: usize,
    /// Closed connections that may still have bytes to send.
    pub closing: usize,
}

impl Limits {
    /// Whether a module can live with them: there is a link and no more than eight, a payload fits
    /// a datagram and the room for unsent bytes, and no block is empty.
    pub const fn are_sound(&self) -> bool {
        let links = 1 <= self.links && self.links <= MAX_LINKS;
        let send = 1 <= self.send && self.send <= self.unsent && self.send <= u16::MAX as usize;
        links && send && self.block > 0 && self.received > 0
    }
}

/// How long things take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Before any command is carried out.
    pub command: Duration,
    /// An attach.
    pub attach: Duration,
    /// An activation.
    pub activate: Duration,
    /// From a standing context to the connection, the name's look-up included.
    pub connect: Duration,
    /// `AT+CIPSHUT`.
    pub shut: Duration,
    /// Handing a payload over.
    pub send: Duration,
}

impl Timing {
    /// Everything at once: the default.
    pub const IMMEDIATE: Self = Self {
        command: Duration::ZERO,
        attach: Duration::ZERO,
        activate: Duration::ZERO,
        connect: Duration::ZERO,
        shut: Duration::ZERO,
        send: Duration::ZERO,
    };
}

/// When a device gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// `AT+CGATT`, `AT+CGACT`: then `COMMAND NO RESPONSE!`.
    pub packet: Duration,
    /// `AT+CIICR`: then `COMMAND NO RESPONSE!`.
    pub bring_up: Duration,
    /// A connection attempt: then `COMMAND NO RESPONSE!`.
    pub connect: Duration,
    /// A name's look-up: then it failed.
    pub resolve: Duration,
    /// Waiting for room to send, and for the next byte of a payload: then `ERROR`.
    pub send: Duration,
    /// Getting rid of a closed connection's bytes.
    pub flush: Duration,
    /// Waiting for the peer's FIN after our own.
    pub linger: Duration,
    /// A LF this soon after a CR may belong to it (guide F1a).
    pub line_feed: Duration,
}

/// A command whose failures are spelled `ERROR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainError {
    /// The command.
    pub command: &'static str,
    /// Which of its failures; empty means all.
    pub codes: &'static [Cme],
}

/// What a NUL byte in Ctrl+Z payload does (guide G5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNul {
    /// It is data.
    Pass,
    /// The send fails.
    Fail,
}
