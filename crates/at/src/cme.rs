//! The codes of `+CME ERROR` (3GPP TS 27.007, 9.2; guide E2).

use core::fmt;

/// A code of `+CME ERROR`. Codes without a name here are representable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cme(pub u16);

impl Cme {
    /// 3: not allowed in this state.
    pub const NOT_ALLOWED: Self = Self(3);
    /// 4: not supported.
    pub const NOT_SUPPORTED: Self = Self(4);
    /// 10: no SIM.
    pub const NO_SIM: Self = Self(10);
    /// 11: the SIM waits for its PIN.
    pub const PIN_REQUIRED: Self = Self(11);
    /// 12: the SIM waits for its PUK.
    pub const PUK_REQUIRED: Self = Self(12);
    /// 16: a wrong PIN or PUK.
    pub const WRONG_PASSWORD: Self = Self(16);
    /// 30: not registered.
    pub const NO_NETWORK: Self = Self(30);
    /// 49: the command exists, this form of it does not (guide E3).
    pub const WRONG_FORM: Self = Self(49);
    /// 50: the execution failed; the guide's five causes (G9.2) share it.
    pub const FAILED: Self = Self(50);
    /// 53: a parameter is missing, of the wrong kind or out of range (guide E3).
    pub const BAD_PARAMETER: Self = Self(53);
    /// 58: an unknown command or a malformed line.
    pub const BAD_LINE: Self = Self(58);
    /// 148: a GPRS failure without a code of its own.
    pub const GPRS: Self = Self(148);

    /// The text of `AT+CMEE=2`, `None` for a code this dialect has no words for.
    pub fn text(self) -> Option<&'static str> {
        TEXTS
            .iter()
            .find(|(code, _)| *code == self.0)
            .map(|(_, text)| *text)
    }

    /// The code behind what follows `+CME ERROR:`, a number or a text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_number = text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(code) if is_number => Some(Self(code)),
            _ => TEXTS
                .iter()
                .find(|(_, known)| known.eq_ignore_ascii_case(text))
                .map(|(code, _)| Self(*code)),
        }
    }

    /// Writes the text, or the number where there is no text.
    pub fn write_text(self, out: &mut impl fmt::Write) -> fmt::Result {
        match self.text() {
            Some(text) => out.write_str(text),
            None => write!(out, "{}", self.0),
        }
    }
}

const TEXTS: &[(u16, &str)] = &[
    (3, "operation not allowed"),
    (4, "operation not supported"),
    (10, "SIM not inserted"),
    (11, "SIM PIN required"),
    (12, "SIM PUK required"),
    (13, "SIM failure"),
    (14, "SIM busy"),
    (16, "incorrect password"),
    (30, "no network service"),
    (31, "network timeout"),
    (49, "command form not supported"),
    // The family's own spelling, seen in real logs.
    (50, "Excute command failure"),
    (53, "invalid parameter"),
    (58, "invalid command line"),
    (148, "unspecified GPRS error"),
];

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::String;

    #[test]
    fn every_code_survives_both_spellings() {
        for code in 0..=u16::MAX {
            let cme = Cme(code);
            let mut text = String::new();
            cme.write_text(&mut text).unwrap();
            assert_eq!(Cme::parse(&text), Some(cme));
        }
        for text in ["no such words", "+50", "-1", "", "65536"] {
            assert_eq!(Cme::parse(text), None, "{text}");
        }
    }
}
