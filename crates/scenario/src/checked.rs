//! Texts that a DTE reads, or that have to be known: what is wrong about one is said where it
//! stands.

use serde::de::{Deserialize, Deserializer, Error};
use simless_module::Profile;

use crate::nearest;

/// Longest line of a device's text.
const LINE: usize = 128;

type Text = Option<String>;

pub(crate) fn profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let name = String::deserialize(deserializer)?;
    if Profile::named(&name).is_some() {
        return Ok(Some(name));
    }
    let known: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name).collect();
    let hint = match nearest(&name, &known) {
        Some(right) => format!(", did you mean `{right}`?"),
        None => format!("; there is `{}`", known.join("`, `")),
    };
    Err(D::Error::custom(format_args!(
        "there is no profile `{name}`{hint}"
    )))
}

/// What stands on a line of its own, or between quotes.
pub(crate) fn line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let is_line = |text: &str| {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"';
        (1..=LINE).contains(&text.len()) && text.bytes().all(is_plain)
    };
    text(
        deserializer,
        is_line,
        "one line of at most 128 ASCII characters, without quotes in it",
    )
}

pub(crate) fn baud<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let baud = u32::deserialize(deserializer)?;
    match (300..=4_000_000).contains(&baud) {
        true => Ok(Some(baud)),
        false => Err(D::Error::custom("a rate lies between 300 and 4000000")),
    }
}

pub(crate) fn imei<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let is_imei = |text: &str| text.len() == 15 && digits(text);
    text(deserializer, is_imei, "an IMEI: 15 digits, in quotes")
}

pub(crate) fn imsi<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let is_imsi = |text: &str| (6..=15).contains(&text.len()) && digits(text);
    text(deserializer, is_imsi, "an IMSI: 6 to 15 digits, in quotes")
}

pub(crate) fn iccid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let is_iccid = |text: &str| (18..=22).contains(&text.len()) && digits(text);
    text(
        deserializer,
        is_iccid,
        "the number of a SIM card: 18 to 22 digits, in quotes",
    )
}

pub(crate) fn operator<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
    let is_operator = |text: &str| (5..=6).contains(&text.len()) && digits(text);
    text(
        deserializer,
        is_operator,
        "a network's number: 5 or 6 digits, in quotes",
    )
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
    is_right: impl Fn(&str) -> bool,
    right: &str,
) -> Result<Text, D::Error> {
    let text = String::deserialize(deserializer)?;
    match is_right(&text) {
        true => Ok(Some(text)),
        false => Err(D::Error::custom(format_args!("this should be {right}"))),
    }
}
