//! The differences between dialects of the family, as data that both ends read (guide D1).

/// How a dialect spells what both ends must agree on.
///
/// Code may ask for a field, never for which dialect it is. A further dialect is a constant:
/// `const OTHER: Dialect = Dialect { sent: "SEND OK", ..Dialect::G_SERIES };`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands before the code of an error, blank included.
    pub cme_error: &'static str,
    /// The final result of a command that timed out; no other follows (guide G9.3).
    pub no_response: &'static str,
    /// The final result of `AT+CIPSEND` (guide G5.2).
    pub sent: &'static str,
    /// The final result of `AT+CIPCLOSE` (guide G7.2).
    pub closed: &'static str,
    /// The final result of `AT+CIPSHUT` (guide G7.3).
    pub shut: &'static str,
    /// Says that a connection stands (guide G4.3).
    pub connect_ok: &'static str,
    /// Says that the server ended a connection (guide G9.1).
    pub peer_closed: &'static str,
    /// What stands before the state in the answer of `AT+CIPSTATUS` (guide G8.2).
    pub status: &'static str,
    /// The prompt for data, framing included (guide F4).
    pub prompt: &'static str,
    /// How a received block is framed while `AT+CIPHEAD=1` holds (guide G6.3).
    pub block: BlockFormat,
    /// What follows every received block, headed or bare (guide G6.6).
    pub block_tail: &'static str,
    /// Whether `AT+CIPSTART` answers before the connection stands or after (guide G4.2, G4.3).
    pub connect_order: ConnectOrder,
}

impl Dialect {
    /// The dialect of the guide.
    pub const G_SERIES: Self = Self {
        cme_error: "+CME ERROR: ",
        no_response: "COMMAND NO RESPONSE!",
        sent: "OK",
        closed: "OK",
        shut: "OK",
        connect_ok: "CONNECT OK",
        peer_closed: "CLOSED",
        status: "+IPSTATUS: ",
        prompt: "\r\n> ",
        block: BlockFormat::LINE,
        block_tail: "",
        connect_order: ConnectOrder::OkFirst,
    };
}

/// The two halves of a block's header: the length stands between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockFormat {
    /// Up to the length.
    pub before: &'static str,
    /// From the length to the first byte of data.
    pub after: &'static str,
}

impl BlockFormat {
    /// `␍␊+IPD:11␍␊` and the data: the guide's example.
    pub const LINE: Self = Self {
        before: "\r\n+IPD:",
        after: "\r\n",
    };
    /// `␍␊+IPD,11:` and the data: the guide's text.
    pub const COLON: Self = Self {
        before: "\r\n+IPD,",
        after: ":",
    };
}

/// When `AT+CIPSTART` gives its final result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectOrder {
    /// `OK` at once; the outcome follows unsolicited.
    OkFirst,
    /// The outcome first, then the final result: one blocking command.
    OutcomeFirst,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_is_the_fields_it_changes() {
        const OTHER: Dialect = Dialect {
            sent: "SEND OK",
            ..Dialect::G_SERIES
        };
        assert_eq!(OTHER.closed, "OK");
        assert_ne!(OTHER, Dialect::G_SERIES);
    }
}
