//! The parameters of a command (V.250, 5.4.2; guide F1, G4.2).

use core::fmt;
use core::ops::RangeInclusive;

use memchr::memchr;

use crate::Cme;

/// What stands behind `=`: parameters between commas, each bare or in quotes.
///
/// Read in order. Blanks around a parameter don't matter, what stands in quotes is byte-exact.
///
/// ```
/// use simless_at::{Args, Cme};
///
/// let mut args = Args::new(br#" "TCP" , example.com, 80"#);
/// assert_eq!(args.text()?, "TCP");
/// assert_eq!(args.text()?, "example.com");
/// assert_eq!(args.number(0..=65535)?, 80);
/// args.end()?;
/// # Ok::<(), Cme>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Args<'a> {
    /// What is left to read; `None` behind the last parameter.
    rest: Option<&'a [u8]>,
}

/// One parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// Nothing between the commas.
    Empty,
    /// Without quotes.
    Bare(&'a [u8]),
    /// In quotes, which are not part of it.
    Quoted(&'a [u8]),
}

impl<'a> Args<'a> {
    /// The parameters in `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: Some(bytes) }
    }

    /// The next parameter, whatever it is; [`Arg::Empty`] also behind the last.
    ///
    /// # Errors
    /// [`Cme::BAD_LINE`] when a quote is not closed, or something stands behind it.
    pub fn next_arg(&mut self) -> Result<Arg<'a>, Cme> {
        let Some(rest) = self.rest else {
            return Ok(Arg::Empty);
        };
        let rest = rest.trim_ascii_start();
        if let [b'"', quoted @ ..] = rest {
            let end = memchr(b'"', quoted).ok_or(Cme::BAD_LINE)?;
            self.rest = match quoted[end + 1..].trim_ascii_start() {
                [] => None,
                [b',', rest @ ..] => Some(rest),
                _ => return Err(Cme::BAD_LINE),
            };
            return Ok(Arg::Quoted(&quoted[..end]));
        }
        let end = memchr(b',', rest);
        self.rest = end.map(|end| &rest[end + 1..]);
        match rest[..end.unwrap_or(rest.len())].trim_ascii_end() {
            [] => Ok(Arg::Empty),
            bare if bare.contains(&b'"') => Err(Cme::BAD_LINE),
            bare => Ok(Arg::Bare(bare)),
        }
    }

    /// A bare decimal number within `range`.
    ///
    /// # Errors
    /// [`Cme::BAD_PARAMETER`] when it is missing, in quotes, no number or out of range.
    pub fn number(&mut self, range: RangeInclusive<u32>) -> Result<u32, Cme> {
        self.optional_number(range)?.ok_or(Cme::BAD_PARAMETER)
    }

    /// A bare decimal number within `range`, or nothing.
    ///
    /// # Errors
    /// As [`Args::number`], but that it may be missing.
    pub fn optional_number(&mut self, range: RangeInclusive<u32>) -> Result<Option<u32>, Cme> {
        let digits = match self.next_arg()? {
            Arg::Empty => return Ok(None),
            Arg::Bare(digits) if digits.iter().all(u8::is_ascii_digit) => digits,
            _ => return Err(Cme::BAD_PARAMETER),
        };
        core::str::from_utf8(digits)
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|number| range.contains(number))
            .map(Some)
            .ok_or(Cme::BAD_PARAMETER)
    }

    /// A text, in quotes or bare, of printable ASCII; it may be empty only in quotes.
    ///
    /// # Errors
    /// [`Cme::BAD_PARAMETER`] when it is missing or holds other bytes.
    pub fn text(&mut self) -> Result<&'a str, Cme> {
        self.optional_text()?.ok_or(Cme::BAD_PARAMETER)
    }

    /// A text as [`Args::text`] takes it, or nothing.
    ///
    /// # Errors
    /// As [`Args::text`], but that it may be missing.
    pub fn optional_text(&mut self) -> Result<Option<&'a str>, Cme> {
        let bytes = match self.next_arg()? {
            Arg::Empty => return Ok(None),
            Arg::Bare(bytes) | Arg::Quoted(bytes) => bytes,
        };
        if !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
            return Err(Cme::BAD_PARAMETER);
        }
        core::str::from_utf8(bytes)
            .map(Some)
            .map_err(|_| Cme::BAD_PARAMETER)
    }

    /// A text in quotes, of printable ASCII.
    ///
    /// # Errors
    /// [`Cme::BAD_PARAMETER`] when it is missing, bare or holds other bytes.
    pub fn quoted_text(&mut self) -> Result<&'a str, Cme> {
        let mut ahead = *self;
        match ahead.next_arg()? {
            Arg::Quoted(_) => self.text(),
            _ => Err(Cme::BAD_PARAMETER),
        }
    }

    /// Whether all parameters were read.
    pub const fn is_at_end(&self) -> bool {
        self.rest.is_none()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`Cme::BAD_PARAMETER`] when something is.
    pub fn end(&self) -> Result<(), Cme> {
        match self.rest {
            None => Ok(()),
            Some(_) => Err(Cme::BAD_PARAMETER),
        }
    }
}

impl fmt::Display for Args<'_> {
    /// Writes what is left to read as it stands in a line; bytes that are no UTF-8 as `\xFF`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.rest.unwrap_or_default().utf8_chunks() {
            f.write_str(chunk.valid())?;
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Args<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Args({self})")
    }
}

/// A text that may stand in quotes: it can't end them, and so can't add a command (H22).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quoted<'a>(&'a str);

impl<'a> Quoted<'a> {
    /// `None` when `text` holds a quote or anything but printable ASCII.
    pub fn new(text: &'a str) -> Option<Self> {
        text.bytes()
            .all(|b| matches!(b, b' '..=b'~') && b != b'"')
            .then_some(Self(text))
    }
}

impl fmt::Display for Quoted<'_> {
    /// Writes the text and its quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::format;

    #[test]
    fn blanks_matter_in_quotes_alone() {
        let mut args = Args::new(b"  \" a, b \" ,  c d  ,, 7 ");
        assert_eq!(args.next_arg(), Ok(Arg::Quoted(b" a, b ")));
        assert_eq!(args.next_arg(), Ok(Arg::Bare(b"c d")));
        assert_eq!(args.next_arg(), Ok(Arg::Empty));
        assert_eq!(args.number(0..=7), Ok(7));
        assert_eq!(args.end(), Ok(()));
        assert_eq!(args.next_arg(), Ok(Arg::Empty));
    }

    #[test]
    fn numbers_stay_in_their_range() {
        for (text, value) in [("0", 0), ("65535", 65_535), ("007", 7)] {
            assert_eq!(Args::new(text.as_bytes()).number(0..=65_535), Ok(value));
        }
        for text in [
            "",
            "65536",
            "-1",
            "+1",
            "1x",
            "\"80\"",
            "99999999999999999999",
        ] {
            let refused = Args::new(text.as_bytes()).number(0..=65_535);
            assert_eq!(refused, Err(Cme::BAD_PARAMETER), "{text}");
        }
    }

    #[test]
    fn a_quote_has_two_ends() {
        for text in ["\"open", "\"a\"b", "a\"b\""] {
            let refused = Args::new(text.as_bytes()).next_arg();
            assert_eq!(refused, Err(Cme::BAD_LINE), "{text}");
        }
    }

    #[test]
    fn a_quoted_text_survives_the_round_trip_or_is_refused() {
        for text in ["", "cmnet", "a;b", "AT+CFUN=0", " blanks ", "1,2"] {
            let written = format!("{}", Quoted::new(text).unwrap());
            let mut args = Args::new(written.as_bytes());
            assert_eq!(args.quoted_text(), Ok(text));
            assert_eq!(args.end(), Ok(()));
        }
        for text in ["a\"b", "a\rAT+CFUN=0", "\u{1a}", "\u{e9}"] {
            assert_eq!(Quoted::new(text), None);
        }
    }
}
