//! A change of the network and the SIM: only what is to be otherwise.

use core::net::Ipv4Addr;
use core::time::Duration;

use simless_at::Registration;

use super::{Answer, Network, Pin, SimState};

/// What is to be otherwise with the network and the SIM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct NetworkChange {
    /// The SIM card.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub sim: Option<SimState>,
    /// The PIN a locked SIM wants.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub pin: Option<Pin>,
    /// The PUK a blocked SIM wants.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub puk: Option<Pin>,
    /// How the network registers the module: a word or a number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub registration: Option<Registration>,
    /// The location area of its cell.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub area: Option<u16>,
    /// The cell.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub cell: Option<u16>,
    /// Received signal strength, 0 to 31, or 99 for unknown.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub signal: Option<u8>,
    /// The answer to an attach.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub attach: Option<Answer>,
    /// The answer to an activation.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub activation: Option<Answer>,
    /// The first address that contexts are given.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub address: Option<Ipv4Addr>,
    /// How many addresses there are, each activation being given the next one.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub addresses: Option<u32>,
    /// How long a name's look-up takes at least.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub resolve: Option<Duration>,
}

impl NetworkChange {
    /// Makes it so.
    pub fn apply(&self, network: &mut Network) {
        fn set<T>(field: &mut T, change: Option<T>) {
            if let Some(value) = change {
                *field = value;
            }
        }
        set(&mut network.sim, self.sim);
        set(&mut network.pin, self.pin);
        set(&mut network.puk, self.puk);
        set(&mut network.registration, self.registration);
        set(&mut network.cell.area, self.area);
        set(&mut network.cell.cell, self.cell);
        set(&mut network.signal, self.signal);
        set(&mut network.attach, self.attach);
        set(&mut network.activation, self.activation);
        set(&mut network.address, self.address);
        set(&mut network.addresses, self.addresses);
        set(&mut network.resolve, self.resolve);
    }
}
