//! Unsolicited result codes: what a module says unasked (guide G2.3, G4.3, G9.1, G9.3).

use core::fmt;

use crate::{Cell, Cme, Dialect, Domain, Registration};

/// An unsolicited result code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Urc {
    /// The connection stands.
    ConnectOk,
    /// The connection attempt failed: `+CME ERROR: 50` whatever `AT+CMEE` says (guide G4.9).
    ConnectFailed,
    /// The connection attempt timed out inside the module.
    NoResponse,
    /// A connection that stood was ended, not by the DTE.
    Closed,
    /// The registration changed; with the cell while `n` is 2.
    Registration(Domain, Registration, Option<Cell>),
}

impl Urc {
    /// Whether a newer one of the same kind says all that this one said.
    ///
    /// Only these may be dropped when too many wait.
    pub fn is_replaced_by(&self, newer: &Self) -> bool {
        match (self, newer) {
            (Self::Registration(domain, ..), Self::Registration(other, ..)) => domain == other,
            _ => false,
        }
    }

    /// Writes the code without its framing.
    pub fn write(&self, dialect: &Dialect, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Self::ConnectOk => out.write_str(dialect.connect_ok),
            Self::ConnectFailed => write!(out, "{}{}", dialect.cme_error, Cme::FAILED.0),
            Self::NoResponse => out.write_str(dialect.no_response),
            Self::Closed => out.write_str(dialect.peer_closed),
            Self::Registration(domain, stat, cell) => {
                write!(out, "{}: {}", domain.name(), stat.0)?;
                match cell {
                    Some(Cell { area, cell }) => write!(out, ",\"{area:04X}\",\"{cell:04X}\""),
                    None => Ok(()),
                }
            }
        }
    }

    /// Reads a line without its framing; `None` when it is no code of this list.
    ///
    /// A line alone can't tell `ConnectFailed` and `NoResponse` from the final results of the same
    /// text: the reader knows whether a command is running.
    pub fn parse(dialect: &Dialect, line: &str) -> Option<Self> {
        if line == dialect.connect_ok {
            Some(Self::ConnectOk)
        } else if line == dialect.peer_closed {
            Some(Self::Closed)
        } else if line == dialect.no_response {
            Some(Self::NoResponse)
        } else if let Some(code) = line.strip_prefix(dialect.cme_error) {
            (Cme::parse(code) == Some(Cme::FAILED)).then_some(Self::ConnectFailed)
        } else {
            parse_registration(line)
        }
    }
}

fn parse_registration(line: &str) -> Option<Urc> {
    let (name, rest) = line.split_once(": ")?;
    let domain = [Domain::CircuitSwitched, Domain::PacketSwitched]
        .into_iter()
        .find(|domain| domain.name() == name)?;
    let (stat, cell) = match rest.split_once(',') {
        Some((stat, cell)) => (stat, Some(parse_cell(cell)?)),
        None => (rest, None),
    };
    let stat = Registration(stat.parse().ok()?);
    Some(Urc::Registration(domain, stat, cell))
}

fn parse_cell(text: &str) -> Option<Cell> {
    let (area, cell) = text.split_once(',')?;
    let hex = |text: &str| {
        let digits = text.strip_prefix('"')?.strip_suffix('"')?;
        u16::from_str_radix(digits, 16).ok()
    };
    Some(Cell {
        area: hex(area)?,
        cell: hex(cell)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::String;

    #[test]
    fn codes_survive_the_round_trip() {
        let cell = Cell {
            area: 0x25EF,
            cell: 0x15B,
        };
        let registration =
            |cell| Urc::Registration(Domain::CircuitSwitched, Registration(13), cell);
        let codes = [
            Urc::ConnectOk,
            Urc::ConnectFailed,
            Urc::NoResponse,
            Urc::Closed,
            registration(None),
            registration(Some(cell)),
            Urc::Registration(Domain::PacketSwitched, Registration::ROAMING, Some(cell)),
        ];
        for code in codes {
            let mut line = String::new();
            code.write(&Dialect::G_SERIES, &mut line).unwrap();
            assert_eq!(Urc::parse(&Dialect::G_SERIES, &line), Some(code), "{line}");
        }
    }

    #[test]
    fn an_answer_is_no_code() {
        // `+CREG: 1,1` answers a question; the code has no second bare number.
        assert_eq!(Urc::parse(&Dialect::G_SERIES, "+CREG: 1,1"), None);
        assert_eq!(Urc::parse(&Dialect::G_SERIES, "+CME ERROR: 53"), None);
        assert_eq!(Urc::parse(&Dialect::G_SERIES, "+CSQ: 21,99"), None);
    }
}
