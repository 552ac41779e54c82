//! Durations in configurations: `"1.5 s"`, `"200 ms"`, `"20 us"`, `"2 min"`, `"1 h"`, or a number
//! of milliseconds. For `#[serde(with = "simless_module::duration_text")]`.

use core::fmt;
use core::time::Duration;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;

/// The units, and how many microseconds they have.
const UNITS: [(&str, u64); 5] = [
    ("us", 1),
    ("ms", 1_000),
    ("s", 1_000_000),
    ("min", 60_000_000),
    ("h", 3_600_000_000),
];

/// A duration in a text; `None` when it is none, or one that no clock has.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let unit = unit.trim_start();
    let (_, micros) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let mut sum = whole.parse::<u64>().ok()?.checked_mul(micros)?;
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let parts = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(micros);
    sum = sum.checked_add(u64::try_from(part / u128::from(parts)).ok()?)?;
    Some(Duration::from_micros(sum))
}

/// Writes a duration in the largest unit that it is a whole number of.
struct Text(Duration);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = u64::try_from(self.0.as_micros()).unwrap_or(u64::MAX);
        let is_whole = |unit: &&(&str, u64)| micros % unit.1 == 0;
        let seconds = ("s", 1_000_000);
        let unit = UNITS.iter().rev().find(is_whole).filter(|_| micros > 0);
        let (name, size) = unit.unwrap_or(&seconds);
        write!(f, "{} {name}", micros / size)
    }
}

/// Writes a duration.
pub fn serialize<S: Serializer>(d: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Text(*d))
}

/// Reads a duration.
pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
    d.deserialize_any(Reader)
}

/// The same for a duration that may be missing.
pub mod option {
    use super::*;

    /// Writes it, or nothing.
    pub fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads one that is there.
    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Duration>, D::Error> {
        super::deserialize(d).map(Some)
    }
}

struct Reader;

impl Visitor<'_> for Reader {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"200 ms\" or \"1.5 s\", or a number of milliseconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Duration, E> {
        Ok(Duration::from_millis(millis))
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<Duration, E> {
        let millis = u64::try_from(millis);
        millis
            .map(Duration::from_millis)
            .map_err(|_| E::custom("a duration cannot be negative"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn durations_have_a_unit() {
        for (text, micros) in [
            ("20 us", 20),
            ("200ms", 200_000),
            (" 1.5 s ", 1_500_000),
            ("0.000001 s", 1),
            ("2 min", 120_000_000),
            ("1 h", 3_600_000_000),
            ("0 s", 0),
        ] {
            assert_eq!(parse(text), Some(Duration::from_micros(micros)), "{text}");
        }
        for text in [
            "",
            "5",
            "s",
            "-1 s",
            "1. s",
            "1.5.2 s",
            "5 parsecs",
            "99999999999999 h",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for micros in [
            0,
            1,
            999,
            1_000,
            1_500_000,
            60_000_000,
            3_600_000_000,
            90_000_000,
        ] {
            let duration = Duration::from_micros(micros);
            let text = Text(duration).to_string();
            assert_eq!(parse(&text), Some(duration), "{text}");
        }
        assert_eq!(Text(Duration::from_secs(90)).to_string(), "90 s");
    }
}
