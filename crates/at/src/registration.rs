//! Registration with the network (`+CREG`, `+CGREG`; 3GPP TS 27.007, 7.2; guide G2.3).

/// The `<stat>` of `+CREG` and `+CGREG`. Values the standard does not have are representable:
/// the family reports 13 before it is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Registration(pub u8);

impl Registration {
    /// Not registered, not searching.
    pub const IDLE: Self = Self(0);
    /// Registered at home.
    pub const HOME: Self = Self(1);
    /// Not registered, searching.
    pub const SEARCHING: Self = Self(2);
    /// Registration was denied.
    pub const DENIED: Self = Self(3);
    /// Unknown.
    pub const UNKNOWN: Self = Self(4);
    /// Registered, roaming.
    pub const ROAMING: Self = Self(5);

    /// Registered, at home or roaming.
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::HOME | Self::ROAMING)
    }
}

/// The two domains a module registers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// `+CREG`.
    CircuitSwitched,
    /// `+CGREG`.
    PacketSwitched,
}

impl Domain {
    /// The name of the domain's command and URC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CircuitSwitched => "+CREG",
            Self::PacketSwitched => "+CGREG",
        }
    }
}

/// Where a module is registered: printed as two quoted hexadecimal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Location area code.
    pub area: u16,
    /// Cell identity.
    pub cell: u16,
}
