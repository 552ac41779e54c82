//! A rule about destinations: `10.0.0.0/8:80-90`, `[::1]:443`, `*:25`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Addresses, and the ports there.
///
/// ```
/// use simless_runtime::Rule;
///
/// let rule: Rule = "10.0.0.0/8:80-90".parse()?;
/// assert!(rule.names([10, 1, 2, 3].into(), 80));
/// assert!(!rule.names([10, 1, 2, 3].into(), 443));
/// assert_eq!(rule.to_string(), "10.0.0.0/8:80-90");
/// # Ok::<(), simless_runtime::RuleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// None: any address.
    range: Option<Range>,
    /// First and last; none: every port.
    ports: Option<(u16, u16)>,
}

impl Rule {
    /// Whether it is about this address and port.
    pub fn names(&self, ip: IpAddr, port: u16) -> bool {
        self.range.is_none_or(|range| range.contains(ip))
            && self
                .ports
                .is_none_or(|(first, last)| (first..=last).contains(&port))
    }

    /// Whether it is about no address outside of this range.
    pub(super) fn is_within(&self, outer: &Range) -> bool {
        self.range
            .is_some_and(|range| range.length >= outer.length && outer.contains(range.first))
    }
}

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    first: IpAddr,
    /// How many bits.
    length: u8,
}

impl Range {
    pub(super) const fn v4(first: [u8; 4], length: u8) -> Self {
        let [a, b, c, d] = first;
        Self {
            first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
            length,
        }
    }

    pub(super) const fn v6(first: [u16; 8], length: u8) -> Self {
        let [a, b, c, d, e, f, g, h] = first;
        Self {
            first: IpAddr::V6(Ipv6Addr::new(a, b, c, d, e, f, g, h)),
            length,
        }
    }

    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        self.first.is_ipv4() == ip.is_ipv4() && begin(ip, self.length) == self.first
    }

    fn is_one(&self) -> bool {
        self.length == bits(self.first)
    }
}

fn bits(ip: IpAddr) -> u8 {
    match ip {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address with nothing but its first bits.
fn begin(ip: IpAddr, length: u8) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            Ipv4Addr::from_bits(ip.to_bits() & mask).into()
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            Ipv6Addr::from_bits(ip.to_bits() & mask).into()
        }
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (addresses, ports) = match text.strip_prefix('[') {
            Some(rest) => {
                let (range, rest) = rest
                    .split_once(']')
                    .ok_or_else(|| RuleError::OpenBracket(text.into()))?;
                let ports = match rest.strip_prefix(':') {
                    None if rest.is_empty() => None,
                    None => return Err(RuleError::Ports(rest.into())),
                    ports => ports,
                };
                (range, ports)
            }
            // An IPv6 address as it is has no port behind it.
            None if text.matches(':').count() > 1 => (text, None),
            None => match text.split_once(':') {
                Some((range, ports)) => (range, Some(ports)),
                None => (text, None),
            },
        };
        Ok(Self {
            range: match addresses {
                "*" => None,
                range => Some(range.parse()?),
            },
            ports: ports.map(read_ports).transpose()?,
        })
    }
}

impl FromStr for Range {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let no_address = || RuleError::Address(text.into());
        let (first, length) = match text.split_once('/') {
            Some((first, length)) => (first, Some(length)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| no_address())?;
        let most = bits(first);
        let length = match length.map(number::<u8>) {
            None => most,
            Some(Some(length)) if length <= most => length,
            Some(_) => return Err(no_address()),
        };
        if first.to_canonical() != first {
            return Err(RuleError::Mapped(text.into()));
        }
        let begin = begin(first, length);
        if begin != first {
            return Err(RuleError::Inside {
                text: text.into(),
                range: Self {
                    first: begin,
                    length,
                }
                .to_string(),
            });
        }
        Ok(Self { first, length })
    }
}

fn read_ports(text: &str) -> Result<(u16, u16), RuleError> {
    let ports = match text.split_once('-') {
        Some((first, last)) => number(first).zip(number(last)),
        None => number(text).map(|port| (port, port)),
    };
    ports
        .filter(|(first, last)| first <= last)
        .ok_or_else(|| RuleError::Ports(text.into()))
}

/// Digits and nothing else.
fn number<T: FromStr>(text: &str) -> Option<T> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.range, self.ports) {
            (None, _) => f.write_str("*")?,
            (Some(range), Some(_)) if range.first.is_ipv6() => write!(f, "[{range}]")?,
            (Some(range), _) => write!(f, "{range}")?,
        }
        match self.ports {
            None => Ok(()),
            Some((first, last)) if first == last => write!(f, ":{first}"),
            Some((first, last)) => write!(f, ":{first}-{last}"),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_one() {
            true => write!(f, "{}", self.first),
            false => write!(f, "{}/{}", self.first, self.length),
        }
    }
}

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Names are of no use here: it is their addresses that count.
    #[error(
        "'{0}' is no address and no range of addresses; write 10.1.2.3, 10.0.0.0/8, fd00::/8 or * for any"
    )]
    Address(String),
    /// Bits are set behind the ones that count.
    #[error("'{text}' begins in the middle of its range; write {range}")]
    Inside {
        /// What stood there.
        text: String,
        /// The range it is in.
        range: String,
    },
    /// It would name nothing, because such an address counts as the IPv4 address in it.
    #[error("'{0}' is an IPv4 address in IPv6 clothes; write the IPv4 address")]
    Mapped(String),
    /// `[` without `]`.
    #[error("the bracket in '{0}' is not closed; write [::1]:443")]
    OpenBracket(String),
    /// What stands behind the colon is no port.
    #[error("'{0}' is no port and no range of ports; write 80 or 80-90")]
    Ports(String),
}
