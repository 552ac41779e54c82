//! Bytes as text that a person can read and an editor cannot spoil: the notation of dialogues and
//! traces.

use core::fmt;

/// Bytes in the notation: printable ASCII as it is, control characters as their pictures (`␍`),
/// `\\` for a backslash, `\xFF` for any other byte, `␠` for a blank at either end and
/// `\{K*1460}` for one byte many times.
///
/// ```
/// use simless_at::Shown;
///
/// assert_eq!(Shown(b"\r\n> ").to_string(), "␍␊>␠");
/// assert_eq!(Shown(&[b'K'; 1460]).to_string(), "\\{K*1460}");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a>(pub &'a [u8]);

/// Where Unicode's pictures of the control characters start.
const PICTURES: u32 = 0x2400;

/// The picture of DEL, which is none of them.
const DEL: char = '\u{2421}';

/// So many equal bytes are counted. A payload at a limit should not fill the screen.
const MANY: usize = 17;

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before = 0;
        for run in self.0.chunk_by(|a, b| a == b) {
            let at_end = before == 0 || before + run.len() == self.0.len();
            before += run.len();
            let byte = ShownByte(run[0], at_end);
            // The notation itself can't repeat what ends or divides a repetition.
            if run.len() >= MANY && !matches!(run[0], b'}' | b'*' | b'\\') {
                write!(f, "\\{{{}*{}}}", ShownByte(run[0], true), run.len())?;
            } else {
                run.iter().try_for_each(|_| byte.fmt(f))?;
            }
        }
        Ok(())
    }
}

/// A byte, and whether it is at an end, where a blank would be lost.
struct ShownByte(u8, bool);

impl fmt::Display for ShownByte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        match *self {
            Self(b' ', true) | Self(0..=0x1F, _) => {
                f.write_char(char::from_u32(PICTURES + u32::from(self.0)).unwrap_or('?'))
            }
            Self(b'\\', _) => f.write_str("\\\\"),
            Self(b' '..=b'~', _) => f.write_char(char::from(self.0)),
            Self(0x7F, _) => f.write_char(DEL),
            Self(byte, _) => write!(f, "\\x{byte:02X}"),
        }
    }
}
