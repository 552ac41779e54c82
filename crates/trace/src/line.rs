//! JSON Lines: the form that programs read, and that can be played again.

use std::fmt;

use serde::{Deserialize, Serialize};

use simless_scenario::Configuration;

use crate::{Header, Record};

/// A line of a trace: what a module was made from, or one step of its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
    /// Stands before the first record of its module.
    Header(Header),
    /// A step.
    Record(Record),
}

impl Line {
    /// The longest line there is: a header with the largest configuration, which as JSON is longer
    /// than as TOML. A datagram of 64 KiB takes 88 KiB. A reader need not take more.
    pub const LIMIT: usize = 8 * Configuration::LIMIT;

    /// Reads a line, with or without its line feed.
    pub fn parse(line: &str) -> Result<Self, NotALine> {
        if line.len() > Self::LIMIT {
            return Err(NotALine("it is too long".into()));
        }
        // Not as one of two: what is wrong with a line could not be said then. A header need not
        // begin with its version, once another program has written it again.
        let begins_as_header = line.trim_start().starts_with(r#"{"trace""#);
        let header = || serde_json::from_str(line).map(Self::Header);
        let read = match begins_as_header {
            true => header(),
            false => match serde_json::from_str(line).map(Self::Record) {
                Err(error) => header().map_err(|_| error),
                record => record,
            },
        };
        read.map_err(|error| NotALine(error.to_string()))
    }

    /// Reads a line of a file, which may be cut in the middle of a character.
    pub fn parse_bytes(line: &[u8]) -> Result<Self, NotALine> {
        let text = str::from_utf8(line).map_err(|error| NotALine(error.to_string()))?;
        Self::parse(text)
    }
}

impl fmt::Display for Line {
    /// One line, without its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&line)
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no line of a trace: {0}")]
pub struct NotALine(String);
