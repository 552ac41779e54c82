//! What is wrong with a configuration, in plain words.

use std::fmt;

use crate::nearest;

/// A mistake, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// In our words what a parser says. `more` are names it does not know of.
pub(crate) fn reword(said: &str, more: &[&str]) -> String {
    // A message may have several lines behind the first.
    let said = said.lines().next().unwrap_or_default();
    if let Some((wrong, right)) = unknown(said, "unknown field `") {
        let right: Vec<&str> = right.into_iter().chain(more.iter().copied()).collect();
        return no_such("key", wrong, &right);
    }
    if let Some((wrong, right)) = unknown(said, "unknown variant `") {
        return no_such("", wrong, &right);
    }
    if let Some(name) = between(said, "missing field `", "`") {
        return format!("`{name}` is missing");
    }
    let mut said: String = said.chars().take(LONGEST).collect();
    for (theirs, ours) in NUMBERS {
        if let Some(rest) = said.strip_suffix(theirs) {
            said = format!("{rest}{ours}");
        }
    }
    said
}

/// That there is no such name, and which one was probably meant.
pub(crate) fn no_such(what: &str, wrong: &str, right: &[&str]) -> String {
    let wrong = wrong.get(..SHOWN).unwrap_or(wrong);
    let blank = if what.is_empty() { "" } else { " " };
    let hint = match (nearest(wrong, right), right) {
        (Some(right), _) => format!(", did you mean `{right}`?"),
        (None, []) => String::from("; there is none at all"),
        (None, right) => format!("; there is `{}`", right.join("`, `")),
    };
    format!("there is no {what}{blank}`{wrong}`{hint}")
}

/// How much of a message is shown. It may quote a text of the file.
const LONGEST: usize = 400;

/// How much of a wrong name is shown.
const SHOWN: usize = 64;

/// What a parser calls its numbers.
const NUMBERS: [(&str, &str); 6] = [
    ("expected u8", "expected a number from 0 to 255"),
    ("expected u16", "expected a number from 0 to 65535"),
    ("expected u32", "expected a number from 0 to 4294967295"),
    ("expected u64", "expected a number from 0 on"),
    ("expected usize", "expected a number from 0 on"),
    ("expected f64", "expected a number"),
];

/// The wrong name, and those that would be right.
fn unknown<'a>(said: &'a str, begin: &str) -> Option<(&'a str, Vec<&'a str>)> {
    let rest = said.strip_prefix(begin)?;
    // The right names hold no backtick; the wrong one may.
    let at = rest
        .rfind("`, expected ")
        .or_else(|| rest.rfind("`, there are no "))?;
    let right = rest[at + 1..].split('`').skip(1).step_by(2);
    Some((&rest[..at], right.collect()))
}

fn between<'a>(said: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let rest = said.strip_prefix(begin)?;
    Some(&rest[..rest.find(end)?])
}

#[test]
fn what_a_parser_says_is_put_in_our_words() {
    for (said, ours) in [
        (
            "unknown field `tpye`, expected one of `name`, `type`",
            "there is no key `tpye`, did you mean `type`?",
        ),
        (
            "unknown field `x`, there are no fields",
            "there is no key `x`; there is none at all",
        ),
        (
            "unknown variant `a`, expected `b`, expected `both` or `uplink`",
            "there is no `a`, expected `b`; there is `both`, `uplink`",
        ),
        ("missing field `type`", "`type` is missing"),
        (
            "invalid type: string \"x\", expected u16",
            "invalid type: string \"x\", expected a number from 0 to 65535",
        ),
    ] {
        assert_eq!(reword(said, &[]), ours);
    }
}
