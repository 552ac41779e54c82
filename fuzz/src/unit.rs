//! What a module says with its echo off, unit by unit (P20). Bytes of peers have the top bit and
//! text never does, so that bare data can be told from it.

use simless_at::{BlockHeader, Dialect, Final, Urc};
use simless_module::{Profile, commands};

/// A whole piece of output, which nothing may stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Final(Final),
    /// A URC that no final result looks like.
    Urc,
    Info,
    Data,
    Prompt,
}

/// The first unit of `output` and its size; an error names what is no unit. `in_info`: an info line
/// stood before it, and another one may follow without a blank line.
pub(crate) fn first(
    output: &[u8],
    in_info: bool,
    profile: &Profile,
) -> Result<(Unit, usize), String> {
    let dialect = &profile.dialect;
    let place = || output[..output.len().min(80)].escape_ascii().to_string();
    if output.starts_with(dialect.prompt.as_bytes()) {
        return Ok((Unit::Prompt, dialect.prompt.len()));
    }
    if let Some((header, size)) = BlockHeader::parse(dialect.block, output) {
        let length = header.length as usize;
        return match size + length <= output.len() && data(&output[size..]) >= length {
            true => block(output, size + length, dialect).ok_or_else(place),
            false => Err(place()),
        };
    }
    if let bare @ 1.. = data(output) {
        return block(output, bare, dialect).ok_or_else(place);
    }
    let framed = output.strip_prefix(b"\r\n");
    let text = match framed {
        Some(text) => text,
        None if in_info => output,
        None => return Err(place()),
    };
    let end = text.windows(2).position(|pair| pair == b"\r\n");
    let end = end.ok_or_else(place)?;
    let line = str::from_utf8(&text[..end]).map_err(|_| place())?;
    let size = output.len() - text.len() + end + 2;
    let unit = match (Final::parse(dialect, line), Urc::parse(dialect, line)) {
        // Results have texts, the URC of a failed connect has a number.
        _ if line.strip_prefix(dialect.cme_error) == Some("50") => Unit::Urc,
        (Some(result), _) => Unit::Final(result),
        (None, Some(_)) => Unit::Urc,
        (None, None) if is_info(line, profile) => Unit::Info,
        (None, None) => return Err(place()),
    };
    match framed.is_some() || unit == Unit::Info {
        true => Ok((unit, size)),
        false => Err(place()),
    }
}

/// How many bytes of a peer `output` begins with.
fn data(output: &[u8]) -> usize {
    output.iter().take_while(|byte| **byte >= 0x80).count()
}

fn block(output: &[u8], size: usize, dialect: &Dialect) -> Option<(Unit, usize)> {
    let tail = dialect.block_tail.as_bytes();
    output[size..]
        .starts_with(tail)
        .then_some((Unit::Data, size + tail.len()))
}

/// Whether a command prints such a line.
fn is_info(line: &str, profile: &Profile) -> bool {
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_number = |line: &str| line.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let identity = &profile.identity;
    let is_identity = [identity.manufacturer, identity.model, identity.revision]
        .iter()
        .any(|own| line.ends_with(own));
    commands().any(|command| [name, name.trim_start_matches("AT")].contains(&command.name))
        || line.starts_with(profile.dialect.status)
        || is_identity
        || (!line.is_empty() && is_number(line))
}
