//! Pages of `docs/` that tests make.

use std::sync::Mutex;

#[path = "../../../module/tests/page/mod.rs"]
mod whole;

pub use whole::must_be;

/// Several tests make parts of one page, and may rewrite it at the same time.
static PARTS: Mutex<()> = Mutex::new(());

/// The part of a page between `<!-- name -->` and `<!-- end -->` must be this.
pub fn part_must_be(name: &str, part: &str, text: &str) {
    // Whoever failed before has written nothing.
    let _alone = PARTS.lock().unwrap_or_else(|failed| failed.into_inner());
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = std::fs::read_to_string(path.join(name)).expect("the page is there");
    let head = format!("<!-- {part} -->\n");
    let (before, rest) = page.split_once(&head).expect(&head);
    let (_, after) = rest.split_once("<!-- end -->").expect("the part ends");
    must_be(
        name,
        &format!("{before}{head}\n{text}\n<!-- end -->{after}"),
    );
}
