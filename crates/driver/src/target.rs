//! Where a connection leads.

use crate::Host;

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// TCP or UDP.
    pub transport: Transport,
    /// The server.
    pub host: Host,
    /// Its port.
    pub port: u16,
}

/// The transport of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A stream.
    Tcp,
    /// Datagrams: each send is one, each received block is one.
    Udp,
}

impl Transport {
    /// The name as it stands in a command.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

impl Target {
    /// A TCP server.
    pub const fn tcp(host: Host, port: u16) -> Self {
        Self {
            transport: Transport::Tcp,
            host,
            port,
        }
    }

    /// A UDP peer.
    pub const fn udp(host: Host, port: u16) -> Self {
        Self {
            transport: Transport::Udp,
            host,
            port,
        }
    }
}
