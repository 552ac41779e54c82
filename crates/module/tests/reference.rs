//! `docs/commands.md` is made from the command table.

mod page;

use std::fmt::Write;

use simless_module::commands;

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
    page::must_be("commands.md", &page);
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
