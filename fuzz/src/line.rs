//! Any bytes as the body of a command line, and as what a module says.

use simless_at::{Args, BlockFormat, BlockHeader, Call, Dialect, ErrorDetail, Final, Form, Urc};

/// Reads `input` as a command line between `AT` and CR, and as lines a module says.
///
/// # Panics
/// When reading does not end, or when what was understood is not understood again as it is printed.
pub fn line(input: &[u8]) {
    calls(input);
    header(input);
    if let Ok(text) = core::str::from_utf8(input) {
        said(text);
    }
}

fn calls(body: &[u8]) {
    let mut rest = body;
    let mut printed = Vec::new();
    while let Some((call, behind)) = Call::split_first(rest) {
        assert!(
            behind.len() < rest.len(),
            "a call takes something of its line"
        );
        rest = behind;
        let Ok(call) = call else { continue };
        if let Form::Set(args) = call.form {
            parameters(args);
        }
        // Bytes that are no UTF-8 are printed for people only.
        let text = call.to_string();
        if matches!(call.form, Form::Set(args) if args.to_string().contains("\\x")) {
            continue;
        }
        assert_eq!(
            Call::split_first(text.as_bytes()),
            Some((Ok(call), &[][..])),
            "printed {text:?}"
        );
        printed.push((text, call));
    }
    whole_line(&printed);
}

/// The calls with `;` between them are the same calls.
fn whole_line(printed: &[(String, Call<'_>)]) {
    // A quote that is never closed takes in the rest of a line.
    let is_open = |text: &str| text.matches('"').count() % 2 == 1;
    if printed.iter().any(|(text, _)| is_open(text)) {
        return;
    }
    let texts: Vec<&str> = printed.iter().map(|(text, _)| text.as_str()).collect();
    let line = texts.join(";");
    let mut rest = line.as_bytes();
    for (_, call) in printed {
        let Some((again, behind)) = Call::split_first(rest) else {
            panic!("{call:?} is missing in {line:?}");
        };
        assert_eq!(again, Ok(*call), "in {line:?}");
        rest = behind;
    }
    assert_eq!(rest, b"", "behind the last call of {line:?}");
}

fn parameters(args: Args<'_>) {
    let bytes = args.to_string().len();
    let mut left = args;
    for _ in 0..=bytes + 1 {
        // Every way of reading may be tried at every place.
        let _ = left.clone().number(0..=u32::MAX);
        let _ = left.clone().text();
        let _ = left.clone().quoted_text();
        if left.next_arg().is_err() || left.is_at_end() {
            return;
        }
    }
    panic!("reading {args} does not end");
}

fn header(bytes: &[u8]) {
    for format in [BlockFormat::LINE, BlockFormat::COLON] {
        let Some((header, size)) = BlockHeader::parse(format, bytes) else {
            continue;
        };
        assert!(size <= bytes.len(), "a header is part of what was read");
        let mut text = String::new();
        let _ = header.write(format, &mut text);
        assert_eq!(
            BlockHeader::parse(format, text.as_bytes()),
            Some((header, text.len()))
        );
    }
}

fn said(line: &str) {
    let dialect = &Dialect::G_SERIES;
    if let Some(urc) = Urc::parse(dialect, line) {
        let mut text = String::new();
        let _ = urc.write(dialect, &mut text);
        assert_eq!(Urc::parse(dialect, &text), Some(urc), "printed {text:?}");
    }
    if let Some(result) = Final::parse(dialect, line) {
        for detail in [ErrorDetail::Code, ErrorDetail::Text] {
            let mut text = String::new();
            let _ = result.write(dialect, detail, &mut text);
            assert_eq!(
                Final::parse(dialect, &text),
                Some(result),
                "printed {text:?}"
            );
        }
    }
}
