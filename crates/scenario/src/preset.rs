//! Presets: configurations that come with the program. Each is a file to copy and change.

mod kinds;

use std::borrow::Cow;

use simless_module::KINDS;

use crate::{Configuration, nearest};

/// A configuration that comes with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// What it is called.
    pub name: String,
    /// Its file.
    pub text: Cow<'static, str>,
}

macro_rules! files {
    ($($name:literal,)*) => {
        &[$(($name, include_str!(concat!("../presets/", $name, ".toml"))),)*]
    };
}

/// Those that are files of ours.
const FILES: &[(&str, &str)] = files![
    "no-credit",
    "poor-network",
    "stuck-attach",
    "context-dies",
    "server-resets",
    "no-prompt",
    "urc-in-the-middle",
    "slow-boot",
    "brownout",
    "flaky-line",
];

impl Preset {
    /// All of them: the files, and one for each kind of fault that has none.
    pub fn all() -> impl Iterator<Item = Self> {
        let files = FILES.iter().map(|(name, text)| Self {
            name: (*name).into(),
            text: Cow::Borrowed(*text),
        });
        let kinds = KINDS.iter().map(kinds::preset);
        files.chain(kinds.filter(Self::is_of_a_kind))
    }

    /// Whether it is made from the table of kinds, and is no file of ours.
    pub fn is_of_a_kind(&self) -> bool {
        FILES.iter().all(|(name, _)| *name != self.name)
    }

    /// The preset of this name.
    pub fn named(name: &str) -> Result<Self, UnknownPreset> {
        let preset = Self::all().find(|preset| preset.name == name);
        preset.ok_or_else(|| {
            let names: Vec<String> = Self::all().map(|preset| preset.name).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            // A fault's type is a natural guess.
            let right = nearest(&name.replace('_', "-"), &names);
            UnknownPreset {
                name: name.into(),
                right: right.map(String::from),
            }
        })
    }

    /// What it does: the first line of its file.
    pub fn about(&self) -> &str {
        let line = self.text.lines().next().unwrap_or_default();
        line.trim_start_matches('#').trim()
    }

    /// What its file says.
    pub fn configuration(&self) -> Configuration {
        // A test reads them all.
        Configuration::read(&self.text, |_| Ok(())).unwrap_or_default()
    }
}

/// There is no preset of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no preset `{name}`{}",
    .right.as_ref().map_or_else(
        || String::from("; `simless scenario list` names them all"),
        |right| format!(", did you mean `{right}`?")
    )
)]
pub struct UnknownPreset {
    /// What was asked for.
    pub name: String,
    /// What was probably meant.
    pub right: Option<String>,
}
