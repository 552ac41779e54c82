//! Faults as values: what goes wrong, how likely, from when, how often and for how long.
//!
//! A fault has a kind, and each kind belongs to one of four gates: the wire, the command, the
//! socket or the network. What a gate does, it does itself; here is what they have in common.

mod active;
mod attributes;
mod kind;

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::Probability;

pub(crate) use active::{Active, Faults};
pub(crate) use attributes::is_command;
pub use attributes::{Attributes, Place};
pub use kind::{Attribute, FaultKind, Gate, KINDS, Kind};

/// The longest text of a URC that a fault or a step says, in bytes: as long as a command line. It
/// has to find room in the module's memory (P5).
pub const URC_LIMIT: usize = 512;

/// Something that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct Fault {
    /// What it is called, to be changed or taken away. Empty: what its kind is called.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "String::is_empty")
    )]
    pub name: String,
    /// What goes wrong.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: FaultKind,
    /// Which way bytes go that it strikes, where it strikes bytes.
    #[cfg_attr(feature = "serde", serde(default))]
    pub stream: Stream,
    /// How likely it strikes, at each opportunity: a byte, a command, a connection, a datagram, a
    /// procedure of the network. A TCP connection is struck or spared as a whole.
    #[cfg_attr(feature = "serde", serde(default = "always"))]
    pub toxicity: Probability,
    /// How long after it was set it begins.
    #[cfg_attr(feature = "serde", serde(default, with = "crate::duration_text"))]
    pub after: Duration,
    /// How often it strikes; then it is over. `None`: as often as there is an opportunity, or once
    /// when it is something that happens at a moment ([`Kind::is_sudden`]). Not for faults of the
    /// serial line, which draw ahead and don't count, and not for states ([`FaultKind::is_state`]):
    /// how long they last bounds them.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub times: Option<u32>,
    /// How long after it began it is over.
    #[cfg_attr(
        feature = "serde",
        serde(
            default,
            rename = "for",
            with = "crate::duration_text::option",
            skip_serializing_if = "Option::is_none"
        )
    )]
    pub lasts: Option<Duration>,
    /// What its kind needs to know.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Attributes::is_empty")
    )]
    pub attributes: Attributes,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Stream {
    /// Both ways.
    #[default]
    Both,
    /// From the DTE towards the peer.
    Uplink,
    /// From the peer towards the DTE.
    Downlink,
}

impl Fault {
    /// A fault of this kind that strikes always, at once and for good.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            name: String::new(),
            kind,
            stream: Stream::Both,
            toxicity: Probability::ALWAYS,
            after: Duration::ZERO,
            times: None,
            lasts: None,
            attributes: Attributes::default(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        match self.name.as_str() {
            "" => self.kind.about().name,
            name => name,
        }
    }

    /// Whether its attributes are those of its kind. A module takes a fault that is not, too: an
    /// attribute that is missing counts as none, one that is not its kind's is ignored.
    pub fn check(&self) -> Result<(), FaultError> {
        let kind = self.kind.about();
        for attribute in self.attributes.given() {
            if !kind.attributes.iter().any(|own| own.name == attribute) {
                return Err(FaultError::NotItsOwn(kind, attribute));
            }
        }
        let is_counted = kind.gate != Gate::Wire && !self.kind.is_state();
        if !is_counted && self.times.is_some() {
            return Err(FaultError::NotCounted(kind));
        }
        if kind.is_sudden && self.times.is_some_and(|times| times > 1) && self.after.is_zero() {
            return Err(FaultError::AllAtOnce(kind));
        }
        let urc = self.attributes.urc.as_ref();
        if urc.is_some_and(|urc| urc.len() > URC_LIMIT) {
            return Err(FaultError::LongUrc);
        }
        let missing = |own: &&Attribute| own.is_needed && !self.attributes.has(own.name);
        match kind.attributes.iter().find(missing) {
            Some(attribute) => Err(FaultError::Missing(kind, attribute.name)),
            None => Ok(()),
        }
    }
}

impl Stream {
    /// Whether bytes that go this way are meant.
    pub(crate) fn includes(self, way: Self) -> bool {
        self == Self::Both || self == way
    }
}

#[cfg(feature = "serde")]
fn always() -> Probability {
    Probability::ALWAYS
}

/// Why a fault makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultError {
    /// Its kind has no such attribute.
    NotItsOwn(&'static Kind, &'static str),
    /// Its kind needs this attribute.
    Missing(&'static Kind, &'static str),
    /// It strikes bytes of the serial line, or is a state, and how often is not counted.
    NotCounted(&'static Kind),
    /// Its URC is longer than [`URC_LIMIT`].
    LongUrc,
    /// It happens several times, with no time in between.
    AllAtOnce(&'static Kind),
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotItsOwn(kind, attribute) => {
                write!(
                    f,
                    "a fault of type `{}` has no attribute `{attribute}`",
                    kind.name
                )?;
                match kind.attributes {
                    [] => f.write_str("; it takes none"),
                    attributes => {
                        f.write_str("; it takes ")?;
                        for (at, attribute) in attributes.iter().enumerate() {
                            let before = if at == 0 { "" } else { ", " };
                            write!(f, "{before}`{}`", attribute.name)?;
                        }
                        Ok(())
                    }
                }
            }
            Self::Missing(kind, attribute) => write!(
                f,
                "a fault of type `{}` needs the attribute `{attribute}`",
                kind.name
            ),
            Self::NotCounted(kind) => {
                let why = match kind.kind.is_state() {
                    true => "it is there all the while",
                    false => "bytes that it strikes are not counted",
                };
                write!(
                    f,
                    "a fault of type `{}` takes no `times`: {why}; `for` says how long it lasts",
                    kind.name
                )
            }
            Self::LongUrc => write!(f, "a URC has at most {URC_LIMIT} bytes"),
            Self::AllAtOnce(kind) => write!(
                f,
                "a fault of type `{}` that comes several `times` needs `after`, the time before \
                 each",
                kind.name
            ),
        }
    }
}

impl core::error::Error for FaultError {}

#[test]
fn what_strikes_the_line_or_is_a_state_counts_nothing() {
    for kind in [FaultKind::Drop, FaultKind::SimAbsent, FaultKind::Down] {
        let mut fault = Fault::new(kind);
        assert_eq!(fault.check(), Ok(()));
        fault.times = Some(3);
        assert_eq!(fault.check(), Err(FaultError::NotCounted(kind.about())));
    }
}

#[test]
fn what_happens_several_times_says_how_far_apart() {
    let mut fault = Fault::new(FaultKind::PdpDeact);
    fault.times = Some(1);
    assert_eq!(fault.check(), Ok(()));
    fault.times = Some(2);
    let kind = FaultKind::PdpDeact.about();
    assert_eq!(fault.check(), Err(FaultError::AllAtOnce(kind)));
    fault.after = Duration::from_secs(1);
    assert_eq!(fault.check(), Ok(()));
}

#[test]
fn a_urc_is_not_endless() {
    let mut fault = Fault::new(FaultKind::UrcCollision);
    fault.attributes.urc = Some("R".repeat(URC_LIMIT));
    assert_eq!(fault.check(), Ok(()));
    fault.attributes.urc = Some("R".repeat(URC_LIMIT + 1));
    assert_eq!(fault.check(), Err(FaultError::LongUrc));
}
