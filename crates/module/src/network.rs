//! The simulated network and SIM, as data: what they answer when the module asks.

mod change;

#[cfg(feature = "serde")]
use alloc::string::String;
use core::net::Ipv4Addr;
use core::time::Duration;

use simless_at::{Cell, Registration};

pub use change::NetworkChange;

/// What the network and the SIM answer. By default all is well, at once (guide G2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The SIM card.
    pub sim: SimState,
    /// The PIN a locked SIM wants.
    pub pin: Pin,
    /// The PUK a blocked SIM wants.
    pub puk: Pin,
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
    /// The first address that context 1 is given; the others count on from it.
    pub address: Ipv4Addr,
    /// How many addresses there are: each activation is given the next one, and a module of a
    /// fleet begins where its number says. 0 counts as 1.
    pub addresses: u32,
    /// How long a name's look-up takes at least.
    pub resolve: Duration,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            sim: SimState::Ready,
            pin: Pin(*b"1234\0\0\0\0"),
            puk: Pin(*b"12345678"),
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
            addresses: 1,
            resolve: Duration::ZERO,
        }
    }
}

/// The answer to a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Answer {
    /// It is done.
    Accept,
    /// It is refused.
    Refuse,
    /// It is refused because the SIM has no credit (guide G9.2.1).
    NoCredit,
    /// No answer ever comes.
    Silence,
}

/// The state of the SIM (guide G2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
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

/// A PIN, or a PUK: four to eight digits (3GPP TS 11.11, 9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "String", try_from = "String")
)]
pub struct Pin([u8; 8]);

impl Pin {
    /// `None` when `digits` are no PIN.
    pub fn new(digits: &str) -> Option<Self> {
        let digits = digits.as_bytes();
        let is_pin = (4..=8).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
        let mut pin = [0; 8];
        pin.get_mut(..digits.len())?.copy_from_slice(digits);
        is_pin.then_some(Self(pin))
    }

    /// Whether these are its digits.
    pub fn is(&self, digits: &str) -> bool {
        Self::new(digits) == Some(*self)
    }
}

#[cfg(feature = "serde")]
impl From<Pin> for String {
    fn from(pin: Pin) -> Self {
        let digits = pin.0.iter().take_while(|digit| **digit != 0);
        digits.map(|digit| char::from(*digit)).collect()
    }
}

#[cfg(feature = "serde")]
impl TryFrom<String> for Pin {
    type Error = &'static str;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        Self::new(&digits).ok_or("a PIN or PUK has four to eight digits, in quotes")
    }
}
