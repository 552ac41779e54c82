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

/// Bytes, printed in the notation.
pub struct Shown<'a>(pub &'a [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs: Vec<&[u8]> = self.0.chunk_by(|a, b| a == b).collect();
        for (at, run) in runs.iter().enumerate() {
            let at_end = at == 0 || at + 1 == runs.len();
            let byte = ShownByte(run[0], at_end);
            // A payload at a limit should not fill the screen. The notation itself can't repeat
            // what ends or divides a repetition.
            if run.len() > 16 && !matches!(run[0], b'}' | b'*' | b'\\') {
                write!(f, "\\{{{}*{}}}", ShownByte(run[0], true), run.len())?;
            } else {
                for _ in *run {
                    byte.fmt(f)?;
                }
            }
        }
        Ok(())
    }
}

/// A byte, and whether it is at an end, where a blank would be lost.
struct ShownByte(u8, bool);

impl fmt::Display for ShownByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let picture = |f: &mut fmt::Formatter<'_>, code| match char::from_u32(code) {
            Some(picture) => write!(f, "{picture}"),
            None => Err(fmt::Error),
        };
        match *self {
            Self(b' ', true) | Self(0..=0x1F, _) => picture(f, PICTURES + u32::from(self.0)),
            Self(b'\\', _) => f.write_str("\\\\"),
            Self(b' '..=b'~', _) => write!(f, "{}", char::from(self.0)),
            Self(0x7F, _) => picture(f, 0x2421),
            Self(byte, _) => write!(f, "\\x{byte:02X}"),
        }
    }
}

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
