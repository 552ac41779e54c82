//! The ten states of the TCP/UDP service (guide G4.6, G8.2).

/// A state of the TCP/UDP service, under the guide's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum IpState {
    /// Nothing has been started.
    #[cfg_attr(feature = "serde", serde(rename = "IP INITIAL"))]
    Initial,
    /// The service was started (`AT+CSTT`).
    #[cfg_attr(feature = "serde", serde(rename = "IP START"))]
    Start,
    /// The context is being configured: the module attaches.
    #[cfg_attr(feature = "serde", serde(rename = "IP CONFIG"))]
    Config,
    /// The context is being activated.
    #[cfg_attr(feature = "serde", serde(rename = "IP IND"))]
    Ind,
    /// The context is active.
    #[cfg_attr(feature = "serde", serde(rename = "IP GPRSACT"))]
    GprsAct,
    /// The local address was obtained.
    #[cfg_attr(feature = "serde", serde(rename = "IP STATUS"))]
    Status,
    /// A connection is on its way.
    #[cfg_attr(feature = "serde", serde(rename = "TCP/UDP CONNECTING"))]
    Connecting,
    /// The connection was closed; the context still stands.
    #[cfg_attr(feature = "serde", serde(rename = "IP CLOSE"))]
    Close,
    /// A connection stands.
    #[cfg_attr(feature = "serde", serde(rename = "CONNECT OK"))]
    ConnectOk,
    /// The context was lost under a connection.
    #[cfg_attr(feature = "serde", serde(rename = "PDP DEACT"))]
    PdpDeact,
}

impl IpState {
    /// All ten, in the guide's order.
    pub const ALL: [Self; 10] = [
        Self::Initial,
        Self::Start,
        Self::Config,
        Self::Ind,
        Self::GprsAct,
        Self::Status,
        Self::Connecting,
        Self::Close,
        Self::ConnectOk,
        Self::PdpDeact,
    ];

    /// The name `AT+CIPSTATUS` prints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Initial => "IP INITIAL",
            Self::Start => "IP START",
            Self::Config => "IP CONFIG",
            Self::Ind => "IP IND",
            Self::GprsAct => "IP GPRSACT",
            Self::Status => "IP STATUS",
            Self::Connecting => "TCP/UDP CONNECTING",
            Self::Close => "IP CLOSE",
            Self::ConnectOk => "CONNECT OK",
            Self::PdpDeact => "PDP DEACT",
        }
    }

    /// The state of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether `AT+CIPSTART` may be given in this state (guide G4.4).
    pub const fn may_connect(self) -> bool {
        matches!(self, Self::Initial | Self::Status | Self::Close)
    }
}

impl core::fmt::Display for IpState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        for state in IpState::ALL {
            assert_eq!(IpState::parse(state.name()), Some(state));
        }
        assert_eq!(IpState::parse("IP NOWHERE"), None);
    }
}
