//! `docs/faults.md` is made from the table of kinds, the presets and their dialogues.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod page;

use std::fmt::Write;
use std::path::Path;

use simless_module::{Attribute, Gate, KINDS, Kind};
use simless_scenario::Preset;

const DIALOGUES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogues");

const HEAD: &str = "\
# Faults and presets

Made from the table of kinds in `crates/module/src/fault/kind.rs`, the files in `crates/scenario/presets/` and the dialogues in `dialogues/`
(`SIMLESS_BLESS=1 cargo test -p simless-module --test fault_reference` rewrites this page).

A fault is a table of a configuration: `[[fault]]` with a `type` and `attributes`, and when, how often and how long it strikes.
[scenarios.md](scenarios.md) describes all of it. Each type is a preset, too, with `-` for `_`: `simless run --preset late-ok`;
`simless scenario show late-ok` prints its file. Attributes in bold are needed.
";

#[test]
fn the_page_is_the_table() {
    let dialogues = dialogues();
    let mut page = String::from(HEAD);
    for (gate, title, about) in [
        (
            Gate::Wire,
            "The serial line",
            "`toxicity` is for each byte; `stream` says which way: `uplink` is from the DTE to the module.",
        ),
        (
            Gate::Command,
            "Commands and their answers",
            "`toxicity` is for each command that is meant.",
        ),
        (
            Gate::Socket,
            "Connections",
            "`toxicity` is for each connection, of UDP's for each datagram; `stream` says which way.",
        ),
        (
            Gate::Network,
            "Network, SIM and power",
            "`toxicity` is for each procedure of the network, or for the fault as a whole where it is a state.",
        ),
    ] {
        let kinds = || KINDS.iter().filter(|kind| kind.gate == gate);
        let _ = writeln!(page, "\n## {title}\n\n{about}\n");
        page += "| type | what happens | attributes |\n|---|---|---|\n";
        for kind in kinds() {
            write_row(&mut page, kind);
        }
        for kind in kinds() {
            let is_of = |title: &str| names(title, kind.name);
            write_dialogues(&mut page, &format!("`{}`", kind.name), &dialogues, is_of);
        }
    }
    page += "\n## Presets\n\nFiles to copy and change, and what a host that follows the guide's flow meets under them.\n";
    for preset in Preset::all() {
        if preset.is_of_a_kind() {
            continue;
        }
        let Preset { name, text } = &preset;
        let _ = writeln!(page, "\n### `{name}`\n\n```toml\n{}\n```", text.trim_end());
        let is_of = |title: &str| title.contains(&format!("preset {name}:"));
        let found = write_dialogues(&mut page, "", &dialogues, is_of);
        assert!(found, "no dialogue shows preset {name}");
    }
    page::must_be("faults.md", &page);
}

fn write_row(page: &mut String, kind: &Kind) {
    let attribute = |attribute: &Attribute| {
        let Attribute {
            name,
            is_needed,
            about,
        } = attribute;
        match is_needed {
            true => format!("**`{name}`** {about}"),
            false => format!("`{name}` {about}"),
        }
    };
    let attributes: Vec<String> = kind.attributes.iter().map(attribute).collect();
    let sudden = match kind.is_sudden {
        true => " At a moment: when it begins, once unless `times` says otherwise.",
        false => "",
    };
    let _ = writeln!(
        page,
        "| `{}` | {}{sudden} | {} |",
        kind.name,
        kind.about,
        attributes.join("<br>")
    );
}

/// Writes the dialogues that are meant; whether there is one.
fn write_dialogues(
    page: &mut String,
    title: &str,
    dialogues: &[(String, String)],
    is_meant: impl Fn(&str) -> bool,
) -> bool {
    let mut meant = dialogues
        .iter()
        .filter(|(title, _)| is_meant(title))
        .peekable();
    if meant.peek().is_none() {
        return false;
    }
    if !title.is_empty() {
        let _ = writeln!(page, "\n### {title}");
    }
    for (_, text) in meant {
        let _ = writeln!(page, "\n```\n{text}\n```");
    }
    true
}

/// Every kind has a dialogue that shows it.
#[test]
fn every_kind_is_shown() {
    let dialogues = dialogues();
    for kind in KINDS {
        let is_shown = dialogues.iter().any(|(title, _)| names(title, kind.name));
        assert!(is_shown, "no dialogue shows {}", kind.name);
    }
}

/// Whether a title is about a kind of fault: `G9.2.1 no_credit: the network …`. Not about a preset
/// of the same name.
fn names(title: &str, kind: &str) -> bool {
    let is_id = |word: &&str| {
        let mut chars = word.chars();
        chars.next().is_some_and(|c| c.is_ascii_uppercase())
            && chars.next().is_some_and(|c| c.is_ascii_digit())
    };
    let mut words = title.split_whitespace().skip_while(is_id);
    let first = words.next().unwrap_or_default();
    first.trim_end_matches([':', ',']) == kind
}

/// Every dialogue: its title and its lines.
fn dialogues() -> Vec<(String, String)> {
    let files = std::fs::read_dir(Path::new(DIALOGUES)).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    let mut dialogues = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        for block in text.split("\n== ").skip(1) {
            let title = block.lines().next().unwrap_or_default();
            let lines = block.lines().take_while(|line| !line.is_empty());
            let lines: Vec<&str> = lines.collect();
            dialogues.push((title.to_owned(), format!("== {}", lines.join("\n"))));
        }
    }
    dialogues
}
