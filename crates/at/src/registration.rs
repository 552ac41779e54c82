//! Registration with the network (`+CREG`, `+CGREG`; 3GPP TS 27.007, 7.2; guide G2.3).

/// The `<stat>` of `+CREG` and `+CGREG`. Values the standard does not have are representable:
/// the family reports 13 before it is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registration(pub u8);

impl Registration {
    /// Not registered, not searching.
    pub const IDLE: Self = Self(0);
    /// Registered at home.
    pub const HOME: Self = Self(1);
    /// Not registered, searching.
    pub const SEARCHING: Self = Self(2);
    /// Registration was denied.
    pub const DENIED: Self = Self(3);
    /// Unknown.
    pub const UNKNOWN: Self = Self(4);
    /// Registered, roaming.
    pub const ROAMING: Self = Self(5);

    /// Registered, at home or roaming.
    pub const fn is_registered(self) -> bool {
        matches!(self, Self::HOME | Self::ROAMING)
    }
}

impl Registration {
    /// The values that have a word.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("idle", Self::IDLE),
        ("home", Self::HOME),
        ("searching", Self::SEARCHING),
        ("denied", Self::DENIED),
        ("unknown", Self::UNKNOWN),
        ("roaming", Self::ROAMING),
    ];
}

/// The two domains a module registers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Domain {
    /// `+CREG`.
    CircuitSwitched,
    /// `+CGREG`.
    PacketSwitched,
}

impl Domain {
    /// The name of the domain's command and URC.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CircuitSwitched => "+CREG",
            Self::PacketSwitched => "+CGREG",
        }
    }
}

/// Where a module is registered: printed as two quoted hexadecimal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Location area code.
    pub area: u16,
    /// Cell identity.
    pub cell: u16,
}

#[cfg(feature = "serde")]
mod serde {
    use core::fmt;

    use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
    use serde::ser::{Serialize, Serializer};

    use super::Registration;

    impl Serialize for Registration {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match Self::WORDS.iter().find(|(_, known)| known == self) {
                Some((word, _)) => serializer.serialize_str(word),
                None => serializer.serialize_u8(self.0),
            }
        }
    }

    impl<'de> Deserialize<'de> for Registration {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Word)
        }
    }

    struct Word;

    impl Visitor<'_> for Word {
        type Value = Registration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(
                "`idle`, `home`, `searching`, `denied`, `unknown`, `roaming` or a number up to 255",
            )
        }

        fn visit_str<E: Error>(self, word: &str) -> Result<Registration, E> {
            let mut words = Registration::WORDS.iter();
            let known = words.find(|(known, _)| *known == word);
            known
                .map(|(_, registration)| *registration)
                .ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Registration, E> {
            let stat = u8::try_from(number);
            stat.map(Registration)
                .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Registration, E> {
            match u64::try_from(number) {
                Ok(number) => self.visit_u64(number),
                Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
            }
        }
    }
}
