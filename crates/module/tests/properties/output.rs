//! A strict reader of what a module says with echo off and headers on: it knows every unit there
//! is, so that a unit inside another one is no longer understood (P20, P24).

/// A unit of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A final result or URC: `␍␊text␍␊`.
    Line(String),
    /// A received block.
    Block(Vec<u8>),
    Prompt,
}

/// All units of `output`; an error names what stands where no unit may begin.
pub fn read(mut output: &[u8]) -> Result<Vec<Unit>, String> {
    let mut units = Vec::new();
    while !output.is_empty() {
        let place = String::from_utf8_lossy(&output[..output.len().min(60)]).into_owned();
        let Some(rest) = output.strip_prefix(b"\r\n") else {
            return Err(format!("no unit begins with {place:?}"));
        };
        if let Some(rest) = rest.strip_prefix(b"> ") {
            units.push(Unit::Prompt);
            output = rest;
            continue;
        }
        let end = rest.windows(2).position(|pair| pair == b"\r\n");
        let end = end.ok_or(format!("no end: {place:?}"))?;
        let line = String::from_utf8(rest[..end].to_vec()).map_err(|_| place.clone())?;
        let rest = &rest[end + 2..];
        if let Some(length) = line.strip_prefix("+IPD:") {
            let length: usize = length.parse().map_err(|_| place.clone())?;
            let data = rest.get(..length).ok_or(format!("cut short: {place:?}"))?;
            units.push(Unit::Block(data.to_vec()));
            output = &rest[length..];
        } else {
            units.push(Unit::Line(line));
            output = rest;
        }
    }
    Ok(units)
}

/// What a DTE that looks at the lengths alone makes of it.
pub fn stream(units: &[Unit]) -> Vec<u8> {
    let data = units.iter().filter_map(|unit| match unit {
        Unit::Block(data) => Some(data.as_slice()),
        _ => None,
    });
    data.collect::<Vec<_>>().concat()
}

/// The lines alone.
pub fn lines(units: &[Unit]) -> Vec<&str> {
    let lines = units.iter().filter_map(|unit| match unit {
        Unit::Line(line) => Some(line.as_str()),
        _ => None,
    });
    lines.collect()
}
