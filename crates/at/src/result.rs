//! Final results: the one line that ends the answer to a command line (guide F2, E1).

use core::fmt;

use crate::{Cme, Dialect};

/// A final result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Final {
    /// The command was done.
    Ok,
    /// The payload was handed to the TCP/UDP layer.
    Sent,
    /// `AT+CIPCLOSE` was done.
    Closed,
    /// `AT+CIPSHUT` was done.
    Shut,
    /// The command failed; the dialect gives no code.
    Error,
    /// The command failed with a code.
    Cme(Cme),
    /// The command timed out inside the module (guide G9.3).
    NoResponse,
}

/// How much an error says (`AT+CMEE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorDetail {
    /// `ERROR`.
    None,
    /// `+CME ERROR: 50`.
    Code,
    /// `+CME ERROR: Excute command failure`.
    Text,
}

impl Final {
    /// Whether the command was done.
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Ok | Self::Sent | Self::Closed | Self::Shut)
    }

    /// Writes the result without its framing.
    pub fn write(
        self,
        dialect: &Dialect,
        detail: ErrorDetail,
        out: &mut impl fmt::Write,
    ) -> fmt::Result {
        match (self, detail) {
            (Self::Ok, _) => out.write_str("OK"),
            (Self::Sent, _) => out.write_str(dialect.sent),
            (Self::Closed, _) => out.write_str(dialect.closed),
            (Self::Shut, _) => out.write_str(dialect.shut),
            (Self::NoResponse, _) => out.write_str(dialect.no_response),
            (Self::Error, _) | (Self::Cme(_), ErrorDetail::None) => out.write_str("ERROR"),
            (Self::Cme(code), ErrorDetail::Code) => write!(out, "{}{}", dialect.cme_error, code.0),
            (Self::Cme(code), ErrorDetail::Text) => {
                out.write_str(dialect.cme_error)?;
                code.write_text(out)
            }
        }
    }

    /// Reads a line without its framing; `None` when it is no final result.
    ///
    /// Where a dialect spells several successes alike, the plainest is given.
    pub fn parse(dialect: &Dialect, line: &str) -> Option<Self> {
        if let Some(code) = line.strip_prefix(dialect.cme_error.trim_end()) {
            return Cme::parse(code).map(Self::Cme);
        }
        [
            ("OK", Self::Ok),
            ("ERROR", Self::Error),
            (dialect.no_response, Self::NoResponse),
            (dialect.sent, Self::Sent),
            (dialect.closed, Self::Closed),
            (dialect.shut, Self::Shut),
        ]
        .into_iter()
        .find(|(text, _)| *text == line)
        .map(|(_, result)| result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::String;

    const WORDY: Dialect = Dialect {
        sent: "SEND OK",
        closed: "CLOSE OK",
        shut: "SHUT OK",
        cme_error: "+CME ERROR:",
        ..Dialect::G_SERIES
    };

    fn text(result: Final, dialect: &Dialect, detail: ErrorDetail) -> String {
        let mut out = String::new();
        result.write(dialect, detail, &mut out).unwrap();
        out
    }

    #[test]
    fn results_survive_the_round_trip() {
        let results = [
            Final::Ok,
            Final::Sent,
            Final::Closed,
            Final::Shut,
            Final::Error,
            Final::Cme(Cme::FAILED),
            Final::Cme(Cme(777)),
            Final::NoResponse,
        ];
        for result in results {
            for detail in [ErrorDetail::Code, ErrorDetail::Text] {
                let line = text(result, &WORDY, detail);
                assert_eq!(Final::parse(&WORDY, &line), Some(result), "{line}");
            }
        }
    }

    #[test]
    fn what_is_spelled_alike_is_read_as_the_plainest() {
        let line = text(Final::Sent, &Dialect::G_SERIES, ErrorDetail::Code);
        assert_eq!(Final::parse(&Dialect::G_SERIES, &line), Some(Final::Ok));
        let line = text(
            Final::Cme(Cme::FAILED),
            &Dialect::G_SERIES,
            ErrorDetail::None,
        );
        assert_eq!(Final::parse(&Dialect::G_SERIES, &line), Some(Final::Error));
        assert_eq!(Final::parse(&Dialect::G_SERIES, "+CREG: 1"), None);
    }
}
