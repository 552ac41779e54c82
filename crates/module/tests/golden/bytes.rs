//! Bytes as text that a person can read and an editor cannot spoil.

use std::fmt;

/// Reads the notation.
pub fn read(text: &str) -> Result<Vec<u8>, NotBytes> {
    if text.starts_with(' ') || text.ends_with(' ') {
        return Err(NotBytes::BlankAtEnd);
    }
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(repeat) = rest.strip_prefix("\\{") {
            let (inside, after) = repeat.split_once('}').ok_or(NotBytes::Escape)?;
            let (what, count) = inside.rsplit_once('*').ok_or(NotBytes::Escape)?;
            let count = count.parse().map_err(|_| NotBytes::Escape)?;
            bytes.extend(read(what)?.repeat(count));
            rest = after;
            continue;
        }
        if let Some(hex) = rest.strip_prefix("\\x") {
            let digits = hex.get(..2).ok_or(NotBytes::Escape)?;
            bytes.push(u8::from_str_radix(digits, 16).map_err(|_| NotBytes::Escape)?);
            rest = &hex[2..];
            continue;
        }
        if let Some(after) = rest.strip_prefix("\\\\") {
            bytes.push(b'\\');
            rest = after;
            continue;
        }
        bytes.push(match c {
            '\\' => return Err(NotBytes::Escape),
            ' '..='~' => c as u8,
            '\u{2400}'..='\u{2420}' => (c as u32 - PICTURES) as u8,
            '\u{2421}' => 0x7F,
            _ => return Err(NotBytes::Character(c)),
        });
        rest = &rest[c.len_utf8()..];
    }
    Ok(bytes)
}

/// Where Unicode's pictures of the control characters start.
const PICTURES: u32 = 0x2400;

/// Why a text is no bytes.
#[derive(Debug, PartialEq, Eq)]
pub enum NotBytes {
    /// A blank at an end, which an editor would take away.
    BlankAtEnd,
    /// A backslash that starts nothing.
    Escape,
    /// A character that stands for no byte.
    Character(char),
}

impl fmt::Display for NotBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BlankAtEnd => f.write_str("a blank at either end is written \u{2420}"),
            Self::Escape => f.write_str("a backslash starts \\\\, \\xFF or \\{TEXT*COUNT}"),
            Self::Character(c) => write!(f, "{c:?} stands for no byte"),
        }
    }
}

#[cfg(test)]
use simless_at::Shown;

#[test]
fn the_notation_is_read_as_it_is_shown() {
    assert_eq!(read("AT\u{240D}\\\\\\xFF"), Ok(b"AT\r\\\xFF".to_vec()));
    assert_eq!(read("\\{ab*3}c"), Ok(b"abababc".to_vec()));
    assert_eq!(read("a "), Err(NotBytes::BlankAtEnd));
    assert_eq!(read("\\q"), Err(NotBytes::Escape));
    assert_eq!(read("\u{e9}"), Err(NotBytes::Character('\u{e9}')));
    let all: Vec<u8> = (0..=255).chain([b' '; 40]).chain([b'*'; 20]).collect();
    assert_eq!(read(&Shown(&all).to_string()), Ok(all));
}
