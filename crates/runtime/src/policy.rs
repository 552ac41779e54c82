//! Which addresses modules may reach. It is asked about the very address that is connected, after
//! every look-up (P39).

mod rule;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rule::Range;
pub use rule::{Rule, RuleError};

/// Allows and denies addresses; by default all but those of the link and of a cloud's metadata.
///
/// - An address a rule of `deny` names is denied.
/// - When there are rules in `allow`, an address that none of them names is denied.
/// - Link-local addresses and those where clouds answer with credentials are denied, unless a rule
///   of `allow` names them themselves: a rule about nothing but them. `*` or `0.0.0.0/0` is none.
/// - An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) is that IPv4 address, and the unspecified
///   address is loopback, where the system connects it to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What may be reached; empty: everything.
    pub allow: Vec<Rule>,
    /// What may not.
    pub deny: Vec<Rule>,
}

impl Policy {
    /// Whether this address must not be connected.
    pub fn denies(&self, address: SocketAddr) -> bool {
        let named = address.ip().to_canonical();
        let ip = meant(named);
        let is_named_by = |rule: &Rule, ip| rule.names(ip, address.port());
        if self
            .deny
            .iter()
            .any(|rule| is_named_by(rule, ip) || is_named_by(rule, named))
        {
            return true;
        }
        let mut allowing = self.allow.iter().filter(|rule| is_named_by(rule, ip));
        match GUARDED.iter().find(|range| range.contains(ip)) {
            Some(range) => !allowing.any(|rule| rule.is_within(range)),
            None => !self.allow.is_empty() && allowing.next().is_none(),
        }
    }
}

/// Where the system connects an address to.
fn meant(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

/// Where who can connect gets what belongs to the machine: its neighbours on the link, and the
/// services that tell a cloud's machine its credentials.
const GUARDED: &[Range] = &[
    Range::v4([169, 254, 0, 0], 16),
    Range::v6([0xFE80, 0, 0, 0, 0, 0, 0, 0], 10),
    // AWS: metadata, and the credentials of containers in EKS.
    Range::v6([0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x254], 128),
    Range::v6([0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x23], 128),
    // Google
    Range::v6([0xFD20, 0xCE, 0, 0, 0, 0, 0, 0x254], 128),
    // Azure
    Range::v4([168, 63, 129, 16], 32),
    // Alibaba
    Range::v4([100, 100, 100, 200], 32),
    // Oracle
    Range::v4([192, 0, 0, 192], 32),
];
