//! Why a text is no dialogue.

use std::fmt;

use super::Place;
use crate::bytes::NotBytes;

/// Why the dialogues could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// A file could not be read.
    Io(std::io::Error),
    /// A line could not.
    Format(FormatError),
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FormatError> for ReadError {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Format(FormatError { place, problem }) => write!(f, "{place}: {problem}"),
        }
    }
}

/// A line that is no step.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatError {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// A word that means nothing here.
    Unknown(String),
    /// The line ends too early.
    Incomplete,
    /// Something that should be a number, an address, a time.
    Malformed(String),
    /// Bytes that are none.
    Bytes(NotBytes),
    /// A step before any header.
    BeforeHeader,
    /// A `given` behind a step or in an opening.
    GivenTooLate,
    /// An opening nobody wrote.
    NoSuchOpening,
    /// An opening's name that is taken.
    Twice,
}

impl From<NotBytes> for Problem {
    fn from(problem: NotBytes) -> Self {
        Self::Bytes(problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "{word:?} means nothing here"),
            Self::Incomplete => f.write_str("the line ends too early"),
            Self::Malformed(word) => write!(f, "{word:?} is not what should stand here"),
            Self::Bytes(problem) => problem.fmt(f),
            Self::BeforeHeader => f.write_str("a step needs a header (== IDS TITLE) before it"),
            Self::GivenTooLate => f.write_str("`given` stands before the first step"),
            Self::NoSuchOpening => f.write_str("there is no opening of this name"),
            Self::Twice => f.write_str("there is an opening of this name already"),
        }
    }
}
