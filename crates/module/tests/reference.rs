//! `docs/commands.md` is made from the command table.

use std::fmt::Write;

use simless_module::commands;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/commands.md");

const HEAD: &str = "\
# Commands

Made from the tables in `crates/module/src/commands/` (`SIMLESS_BLESS=1 cargo test -p simless-module --test reference` rewrites this page).
`AT` alone answers OK, `A/` repeats the last line. What a form answers is in `dialogues/`.

| command | forms | what it is for | where it is specified | `=?` answers |
|---|---|---|---|---|
";

#[test]
fn the_reference_is_the_table() {
    let mut page = String::from(HEAD);
    for command in commands() {
        let forms: Vec<_> = command
            .forms()
            .map(|form| format!("`{}{form}`", command.name))
            .collect();
        let _ = writeln!(
            page,
            "| `AT{}` | {} | {} | {} | {} |",
            command.name,
            forms.join(" "),
            command.summary,
            command.source,
            match command.test_answer() {
                None => String::new(),
                Some("") => String::from("OK"),
                Some(line) => format!("`{line}`"),
            },
        );
    }
    if std::env::var_os("SIMLESS_BLESS").is_some() {
        std::fs::write(PAGE, &page).expect("docs/commands.md can be written");
    }
    let listed = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert_eq!(listed, page, "SIMLESS_BLESS=1 rewrites docs/commands.md");
}

/// Every command of the table can be called, and no name stands in it twice.
#[test]
fn names_are_unique() {
    let mut names: Vec<_> = commands().map(|command| command.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
