//! The simulated network and SIM, as data: what they answer when the module asks.

use core::net::Ipv4Addr;

use simless_at::{Cell, Registration};

use crate::Cause;

/// What the network and the SIM answer. By default all is well, at once (guide G2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The SIM card.
    pub sim: SimState,
    /// The PIN a locked SIM wants.
    pub pin: &'static str,
    /// The PUK a blocked SIM wants.
    pub puk: &'static str,
    /// How the module is registered, when its SIM and radio allow it.
    pub registration: Registration,
    /// The cell it is registered in.
    pub cell: Cell,
    /// The network's numeric name.
    pub operator: &'static str,
    /// The network's long name.
    pub operator_name: &'static str,
    /// Received signal strength, 0 to 31, or 99 for unknown (3GPP TS 27.007, 8.5).
    pub signal: u8,
    /// The answer to an attach.
    pub attach: Answer,
    /// The answer to an activation.
    pub activation: Answer,
    /// The address of context 1; the others count on from it.
    pub address: Ipv4Addr,
    /// After `COMMAND NO RESPONSE!` a connection attempt lives on (guide G9.3).
    pub late_connect_ok: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            sim: SimState::Ready,
            pin: "1234",
            puk: "12345678",
            registration: Registration::HOME,
            cell: Cell {
                area: 0x25EF,
                cell: 0x115B,
            },
            operator: "46000",
            operator_name: "CHINA MOBILE",
            signal: 21,
            attach: Answer::Accept,
            activation: Answer::Accept,
            address: Ipv4Addr::new(10, 36, 76, 255),
            late_connect_ok: false,
        }
    }
}

/// The answer to a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Accept,
    /// It is refused, for this cause.
    Refuse(Cause),
    /// No answer ever comes.
    Silence,
}

/// The state of the SIM (guide G2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimState {
    /// There is none.
    Absent,
    /// It is there and unlocked.
    Ready,
    /// It waits for its PIN.
    Pin,
    /// Its PIN was given wrong three times.
    Puk,
}
