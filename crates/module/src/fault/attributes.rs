//! What a kind of fault needs to know.

use alloc::string::String;
use core::time::Duration;

/// Attributes of faults, under one name for all kinds that have them. [`Kind::attributes`] says
/// which kind has which.
///
/// [`Kind::attributes`]: crate::Kind::attributes
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Attributes {
    /// How long bytes are under way.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub latency: Option<Duration>,
    /// How much more or less than that.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub jitter: Option<Duration>,
    /// How long something takes, or comes later.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub delay: Option<Duration>,
    /// How long nothing happens before it ends.
    #[cfg_attr(
        feature = "serde",
        serde(
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub timeout: Option<Duration>,
    /// Bytes per second.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub rate: Option<u32>,
    /// How many bytes.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bytes: Option<u64>,
    /// Bytes of a piece.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub size: Option<u32>,
    /// How many bytes a piece may be smaller or larger than that.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub variation: Option<u32>,
    /// The number of an error.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub code: Option<u16>,
    /// A command, as `AT+CIPSEND`, `+CIPSEND` or `CIPSEND`. Missing: any.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub command: Option<String>,
    /// The text of a URC.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub urc: Option<String>,
    /// Where in a command's answer.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub place: Option<Place>,
}

/// Where in a command's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Place {
    /// Before all of it.
    #[default]
    Response,
    /// Between its lines and its final result.
    Final,
}

impl Attributes {
    /// Whether none is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The names of those that are given.
    pub fn given(&self) -> impl Iterator<Item = &'static str> {
        self.names()
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(name, _)| name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.given().any(|given| given == name)
    }

    fn names(&self) -> [(&'static str, bool); 12] {
        [
            ("latency", self.latency.is_some()),
            ("jitter", self.jitter.is_some()),
            ("delay", self.delay.is_some()),
            ("timeout", self.timeout.is_some()),
            ("rate", self.rate.is_some()),
            ("bytes", self.bytes.is_some()),
            ("size", self.size.is_some()),
            ("variation", self.variation.is_some()),
            ("code", self.code.is_some()),
            ("command", self.command.is_some()),
            ("urc", self.urc.is_some()),
            ("place", self.place.is_some()),
        ]
    }

    /// Whether a command is meant.
    pub(crate) fn concerns(&self, command: &str) -> bool {
        let Some(meant) = &self.command else {
            return true;
        };
        is_command(meant, command)
    }
}

/// Whether `meant`, with or without `AT` and `+`, is the command of this name (`+CIPSEND`, `I`).
pub(crate) fn is_command(meant: &str, name: &str) -> bool {
    let same = |meant: &str| meant.eq_ignore_ascii_case(name);
    let bare = name.strip_prefix('+').unwrap_or(name);
    let without_at = match meant.get(..2) {
        Some(at) if at.eq_ignore_ascii_case("AT") => &meant[2..],
        _ => meant,
    };
    same(meant) || same(without_at) || meant.eq_ignore_ascii_case(bare)
}

#[test]
fn a_command_is_named_with_or_without_its_prefix() {
    for meant in ["AT+CIPSEND", "+CIPSEND", "CIPSEND", "at+cipsend"] {
        assert!(is_command(meant, "+CIPSEND"), "{meant}");
        assert!(!is_command(meant, "+CIPSTART"), "{meant}");
    }
    assert!(is_command("ATI", "I"));
    assert!(is_command("I", "I"));
}
