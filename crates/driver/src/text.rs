//! Texts that stand in commands. What a quote could end is refused when they are made, so none of
//! them can add a command (H22).

use core::fmt;

use heapless::String;
use simless_at::Quoted;

/// The address or name of a server, at most 100 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Host(String<100, u8>);

/// The name of an access point, at most 63 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Apn(String<63, u8>);

/// The PIN of a SIM: four to eight digits (3GPP TS 11.11, 9.3).
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String<8, u8>);

/// Why a text can't stand in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// There is nothing in it.
    Empty,
    /// It has more than this many bytes.
    TooLong(usize),
    /// The byte at this place can't be written: a quote, a blank or no printable ASCII.
    Byte(usize),
    /// A PIN has four to eight digits.
    NoPin,
}

impl Host {
    /// # Errors
    /// When it is empty, too long or holds what a command can't carry.
    pub fn new(text: &str) -> Result<Self, TextError> {
        checked(text).map(Self)
    }

    pub(crate) fn quoted(&self) -> Option<Quoted<'_>> {
        Quoted::new(&self.0)
    }
}

impl Apn {
    /// # Errors
    /// When it is empty, too long or holds what a command can't carry.
    pub fn new(text: &str) -> Result<Self, TextError> {
        checked(text).map(Self)
    }

    pub(crate) fn quoted(&self) -> Option<Quoted<'_>> {
        Quoted::new(&self.0)
    }
}

impl Pin {
    /// # Errors
    /// When it is anything but four to eight digits.
    pub fn new(digits: &str) -> Result<Self, TextError> {
        let is_pin = (4..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        match is_pin {
            true => checked(digits).map(Self),
            false => Err(TextError::NoPin),
        }
    }

    pub(crate) fn quoted(&self) -> Option<Quoted<'_>> {
        Quoted::new(&self.0)
    }
}

fn checked<const N: usize>(text: &str) -> Result<String<N, u8>, TextError> {
    let is_refused = |b: u8| !b.is_ascii_graphic() || b == b'"';
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if let Some(at) = text.bytes().position(is_refused) {
        return Err(TextError::Byte(at));
    }
    String::try_from(text).map_err(|_| TextError::TooLong(N))
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), f)
    }
}

impl fmt::Debug for Apn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), f)
    }
}

impl fmt::Debug for Pin {
    /// Never the digits: a log is no place for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty"),
            Self::TooLong(limit) => write!(f, "the text has more than {limit} bytes"),
            Self::Byte(at) => write!(
                f,
                "byte {at} of the text is a quote, a blank or no printable ASCII"
            ),
            Self::NoPin => f.write_str("a PIN has four to eight digits"),
        }
    }
}

impl core::error::Error for TextError {}
