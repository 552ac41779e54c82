//! The words for a place where a DTE can find a module: `pty`, `tcp:127.0.0.1:0`,
//! `unix:/tmp/modem`, `serial:/dev/ttyUSB0`, `stdio`.

mod several;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use simless_scenario::nearest;

/// A place where a DTE can find a module.
///
/// ```
/// use simless_runtime::Endpoint;
///
/// let endpoint: Endpoint = "tcp:[::1]:0".parse()?;
/// assert_eq!(endpoint, Endpoint::Tcp { host: "::1".into(), port: 0 });
/// assert_eq!(endpoint.to_string(), "tcp:[::1]:0");
/// # Ok::<(), simless_runtime::EndpointError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `pty[:LINK]`: a pseudo-terminal, with a symbolic link that leads to it.
    Pty {
        /// Where the link stands; none = the default place.
        link: Option<PathBuf>,
    },
    /// `tcp[:HOST[:PORT]]`: a TCP port to connect to.
    Tcp {
        /// The address or name to listen on, an IPv6 address without its brackets.
        host: String,
        /// The port; 0 = any that is free.
        port: u16,
    },
    /// `unix:PATH`: a socket file to connect to.
    Unix {
        /// Where it stands.
        path: PathBuf,
    },
    /// `serial:DEV[,BAUD]`: a serial device that leads to the DTE.
    Serial {
        /// The device, say `/dev/ttyUSB0`.
        device: PathBuf,
        /// Bits per second.
        baud: u32,
    },
    /// `stdio`: standard input and output.
    Stdio,
}

impl Endpoint {
    /// How each kind is written.
    pub const FORMS: [&'static str; 5] = [
        "pty[:LINK]",
        "tcp:HOST:PORT",
        "unix:PATH",
        "serial:DEV[,BAUD]",
        "stdio",
    ];

    const KINDS: [&'static str; 5] = ["pty", "tcp", "unix", "serial", "stdio"];
    const DEFAULT_HOST: &'static str = "127.0.0.1";
    const DEFAULT_PORT: u16 = 8809;
    const DEFAULT_BAUD: u32 = 115_200;
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) => (kind, Some(rest)),
            None => (text, None),
        };
        match (kind, rest) {
            ("pty", Some("")) => Err(EndpointError::EmptyLink),
            ("pty", link) => Ok(Self::Pty {
                link: link.map(PathBuf::from),
            }),
            ("tcp", None) => Ok(Self::Tcp {
                host: Self::DEFAULT_HOST.into(),
                port: Self::DEFAULT_PORT,
            }),
            ("tcp", Some(place)) => tcp(place),
            ("unix", None | Some("")) => Err(EndpointError::NoPath),
            ("unix", Some(path)) => Ok(Self::Unix { path: path.into() }),
            ("serial", rest) => serial(rest.unwrap_or_default()),
            ("stdio", None) => Ok(Self::Stdio),
            ("stdio", Some(_)) => Err(EndpointError::StdioTakesNothing),
            _ => Err(EndpointError::UnknownKind {
                kind: kind.into(),
                suggestion: suggest(text, kind),
            }),
        }
    }
}

/// Reads `HOST[:PORT]`, `[IPv6][:PORT]`.
fn tcp(place: &str) -> Result<Endpoint, EndpointError> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest
                .split_once(']')
                .ok_or_else(|| EndpointError::OpenBracket(place.into()))?;
            let port = match rest {
                "" => None,
                _ => Some(
                    rest.strip_prefix(':')
                        .ok_or_else(|| EndpointError::Port(rest.into()))?,
                ),
            };
            (host, port)
        }
        None => match place.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err(EndpointError::BareIpv6(place.into()));
            }
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    if host.is_empty() {
        return Err(EndpointError::NoHost);
    }
    let port = match port {
        None => Endpoint::DEFAULT_PORT,
        Some(port) => port
            .parse()
            .map_err(|_| EndpointError::Port(port.to_owned()))?,
    };
    Ok(Endpoint::Tcp {
        host: host.into(),
        port,
    })
}

/// Reads `DEV[,BAUD]`.
fn serial(place: &str) -> Result<Endpoint, EndpointError> {
    let (device, baud) = match place.rsplit_once(',') {
        None => (place, Endpoint::DEFAULT_BAUD),
        Some((device, text)) => match text.parse() {
            Ok(baud @ 1..) => (device, baud),
            _ => return Err(EndpointError::Baud(text.into())),
        },
    };
    if device.is_empty() {
        return Err(EndpointError::NoDevice);
    }
    Ok(Endpoint::Serial {
        device: device.into(),
        baud,
    })
}

/// The endpoint that was probably meant: a path is a PTY's link, an address a TCP port's.
fn suggest(text: &str, kind: &str) -> Option<String> {
    if text.starts_with("/dev/tty") {
        Some(format!("serial:{text}"))
    } else if text.starts_with(['/', '.', '~']) {
        Some(format!("pty:{text}"))
    } else if text.parse::<SocketAddr>().is_ok() {
        Some(format!("tcp:{text}"))
    } else {
        let right = nearest(kind, &Endpoint::KINDS)?;
        Some(format!("{right}{}", &text[kind.len()..]))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pty { link: None } => f.write_str("pty"),
            Self::Pty { link: Some(link) } => write!(f, "pty:{}", link.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp:[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp:{host}:{port}"),
            Self::Unix { path } => write!(f, "unix:{}", path.display()),
            Self::Serial { device, baud } => write!(f, "serial:{},{baud}", device.display()),
            Self::Stdio => f.write_str("stdio"),
        }
    }
}

/// Why a text names no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The word before the colon is none of the kinds.
    #[error(
        "there is no endpoint '{kind}'{}; endpoints are {}",
        .suggestion.as_ref().map(|right| format!(", did you mean '{right}'?")).unwrap_or_default(),
        Endpoint::FORMS.join(", ")
    )]
    UnknownKind {
        /// What stood there.
        kind: String,
        /// The whole endpoint that was probably meant.
        suggestion: Option<String>,
    },
    /// `pty:` without a path.
    #[error("'pty:' lacks the path of its link; write 'pty' for the default one")]
    EmptyLink,
    /// `tcp::80`
    #[error("the host is missing; write tcp:HOST:PORT, say tcp:127.0.0.1:0 for any free port")]
    NoHost,
    /// The port is no number, or too large.
    #[error("'{0}' is no port; a port is a number from 0 to 65535, 0 means any that is free")]
    Port(String),
    /// `[` without `]`.
    #[error("the bracket in '{0}' is not closed; write tcp:[::1]:PORT")]
    OpenBracket(String),
    /// An IPv6 address without brackets.
    #[error("'{0}' has too many colons; put an IPv6 address in brackets, say tcp:[::1]:0")]
    BareIpv6(String),
    /// `unix:` without a path.
    #[error("the path of the socket file is missing; write unix:PATH, say unix:/tmp/modem.sock")]
    NoPath,
    /// `serial:` without a device.
    #[error("the device is missing; write serial:DEV or serial:DEV,BAUD, say serial:/dev/ttyUSB0")]
    NoDevice,
    /// What stands behind the last comma is no rate.
    #[error("'{0}' is no rate; write serial:DEV,BAUD, say serial:/dev/ttyUSB0,9600")]
    Baud(String),
    /// Several modules at a place where one DTE is.
    #[error("'{0}' can serve one module only; leave the count out, or name another kind of port")]
    OnlyOne(String),
    /// Several modules on ports that count on from one that is too large.
    #[error("from '{0}' on there are not enough ports; the last one is 65535")]
    TooFewPorts(String),
    /// `stdio:something`
    #[error("'stdio' takes nothing after it")]
    StdioTakesNothing,
}
