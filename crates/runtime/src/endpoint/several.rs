//! One word for the ports of several modules.

use std::path::{Path, PathBuf};

use super::{Endpoint, EndpointError};

impl Endpoint {
    /// The endpoints of so many modules, where this one is named for all of them. TCP ports count
    /// on, from 0 each one is any that is free. Links and socket files get a number behind their
    /// names, from 0 on; default links have one anyway. For one module it stays as it is.
    pub fn several(&self, count: u16) -> Result<Vec<Self>, EndpointError> {
        if count == 1 {
            return Ok(vec![self.clone()]);
        }
        if let Self::Tcp {
            port: port @ 1.., ..
        } = self
            && port.checked_add(count.saturating_sub(1)).is_none()
        {
            return Err(EndpointError::TooFewPorts(self.to_string()));
        }
        (0..count).map(|number| self.numbered(number)).collect()
    }

    fn numbered(&self, number: u16) -> Result<Self, EndpointError> {
        Ok(match self {
            Self::Pty { link } => Self::Pty {
                link: link.as_deref().map(|link| behind(link, number)),
            },
            Self::Tcp { host, port } => Self::Tcp {
                host: host.clone(),
                port: match port {
                    0 => 0,
                    first => first + number,
                },
            },
            Self::Unix { path } => Self::Unix {
                path: behind(path, number),
            },
            Self::Serial { .. } | Self::Stdio => {
                return Err(EndpointError::OnlyOne(self.to_string()));
            }
        })
    }

    /// How many open files a module at such a port needs before anybody comes.
    pub fn files(&self) -> u64 {
        match self {
            // Master and slave. One more looks after all of them.
            Self::Pty { .. } => 2,
            Self::Tcp { .. } | Self::Unix { .. } | Self::Serial { .. } => 1,
            Self::Stdio => 3,
        }
    }
}

fn behind(path: &Path, number: u16) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(number.to_string());
    name.into()
}
