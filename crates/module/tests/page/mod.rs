//! Pages of `docs/` that tests make.

use std::path::Path;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");

/// The page must be what it would be made of now. With `SIMLESS_BLESS` set it is rewritten.
pub fn must_be(name: &str, text: &str) {
    let page = Path::new(DOCS).join(name);
    if std::env::var_os("SIMLESS_BLESS").is_some() {
        std::fs::write(&page, text).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    if written == text {
        return;
    }
    let line = written
        .lines()
        .zip(text.lines())
        .take_while(|(a, b)| a == b)
        .count();
    panic!(
        "docs/{name} is out of date from line {} on: SIMLESS_BLESS=1 rewrites it\n  it says   {}\n  should be {}",
        line + 1,
        written.lines().nth(line).unwrap_or_default(),
        text.lines().nth(line).unwrap_or_default(),
    );
}
