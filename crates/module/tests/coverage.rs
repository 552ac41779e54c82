//! Every requirement has a test that names it, and `docs/coverage.md` says which.
//!
//! A dialogue names requirements in its header, Rust code in a comment line `covers:` with the ids
//! behind it.

mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn every_requirement_is_covered() {
    let root = Path::new(ROOT);
    let requirements = Requirement::read_all(&root.join("spec/requirements.toml"));
    let mentions = read_mentions(root);

    let known: BTreeSet<&str> = requirements.iter().map(|r| r.id.as_str()).collect();
    let unknown: Vec<_> = mentions
        .iter()
        .filter(|(id, _)| !known.contains(id.as_str()))
        .collect();
    assert!(
        unknown.is_empty(),
        "spec/requirements.toml has no {unknown:?}"
    );

    page::must_be("coverage.md", &write_page(&requirements, &mentions));

    let uncovered: Vec<&str> = requirements
        .iter()
        .filter(|r| r.is_due && !mentions.contains_key(&r.id))
        .map(|r| r.id.as_str())
        .collect();
    assert!(
        uncovered.is_empty(),
        "no test covers {}",
        uncovered.join(", ")
    );
}

/// An entry of `spec/requirements.toml`.
struct Requirement {
    id: String,
    text: String,
    /// Whether a test is demanded now.
    is_due: bool,
}

impl Requirement {
    fn read_all(path: &Path) -> Vec<Self> {
        let text = fs::read_to_string(path).expect("spec/requirements.toml can be read");
        let table: toml::Table = text.parse().expect("spec/requirements.toml is TOML");
        let of = |kind: &str| table[kind].as_array().cloned().unwrap_or_default();
        let field = |entry: &toml::Value, name: &str| {
            let value = entry.get(name).and_then(toml::Value::as_str);
            String::from(value.unwrap_or_else(|| panic!("{entry} has a {name}")))
        };
        let entry = |entry: &toml::Value, is_due| Self {
            id: field(entry, "id"),
            text: field(entry, "text"),
            is_due,
        };
        let guide = of("requirement");
        let guide = guide.iter().map(|guide| entry(guide, true));
        let properties = of("property");
        let properties = properties
            .iter()
            .map(|property| entry(property, field(property, "from") == "now"));
        let all: Vec<Self> = guide.chain(properties).collect();
        let ids: BTreeSet<&str> = all.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(
            ids.len(),
            all.len(),
            "an id stands twice in spec/requirements.toml"
        );
        all
    }
}

/// Where each id is named: files and how often.
type Mentions = BTreeMap<String, BTreeMap<String, usize>>;

fn read_mentions(root: &Path) -> Mentions {
    let mut mentions = Mentions::new();
    let mut files = Vec::new();
    find_files(&root.join("dialogues"), &mut files);
    find_files(&root.join("crates"), &mut files);
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        let name = name.to_string_lossy().replace('\\', "/");
        let Some(ids_of) = reader_for(&name) else {
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source file can be read");
        for id in text.lines().filter_map(ids_of).flat_map(ids) {
            *mentions
                .entry(String::from(id))
                .or_default()
                .entry(name.clone())
                .or_default() += 1;
        }
    }
    mentions
}

fn find_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder of the workspace can be read");
    for entry in entries {
        let path = entry.expect("a folder of the workspace can be read").path();
        if path.is_dir() {
            find_files(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// What finds the ids of a line in the file of this name; `None` for files that name none.
fn reader_for(name: &str) -> Option<fn(&str) -> Option<&str>> {
    if name.starts_with("dialogues/") && name.ends_with(".txt") {
        return Some(|line| line.strip_prefix("== "));
    }
    let is_test = name.contains("/tests/") || name.ends_with("/tests.rs");
    (is_test && name.ends_with(".rs")).then_some(|line| {
        let comment = line.trim_start().strip_prefix("//")?;
        comment
            .trim_start_matches(['/', '!'])
            .strip_prefix(" covers: ")
    })
}

/// The ids a text begins with; the rest is a title.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ','])
        .filter(|word| !word.is_empty())
        .take_while(|word| {
            let mut letters = word.bytes();
            letters.next().is_some_and(|b| b"FGEDPLH".contains(&b))
                && letters.next().is_some_and(|b| b.is_ascii_digit())
                && letters.all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'.')
        })
}

fn write_page(requirements: &[Requirement], mentions: &Mentions) -> String {
    let mut page = String::from(
        "# Requirements and their tests\n\n\
         Written by `crates/module/tests/coverage.rs` from `spec/requirements.toml`, the headers of \
         `dialogues/` and the `covers:` lines of the tests \
         (`SIMLESS_BLESS=1 cargo test -p simless-module --test coverage` rewrites it).\n\n\
         ## Without a test\n\n",
    );
    let uncovered = |due: bool| {
        requirements
            .iter()
            .filter(move |r| r.is_due == due && !mentions.contains_key(&r.id))
    };
    table(&mut page, uncovered(true));
    page.push_str("\n## Without a test, and for later work\n\n");
    table(&mut page, uncovered(false));
    page.push_str("\n## Covered\n\n| id | requirement | where |\n|---|---|---|\n");
    for Requirement { id, text, .. } in requirements {
        let Some(files) = mentions.get(id) else {
            continue;
        };
        let places: Vec<String> = files
            .iter()
            .map(|(file, count)| match count {
                1 => format!("`{file}`"),
                count => format!("`{file}` ({count})"),
            })
            .collect();
        row(&mut page, &[id, text, &places.join(", ")]);
    }
    page
}

fn table<'a>(page: &mut String, requirements: impl Iterator<Item = &'a Requirement>) {
    let mut requirements = requirements.peekable();
    if requirements.peek().is_none() {
        page.push_str("None.\n");
        return;
    }
    page.push_str("| id | requirement |\n|---|---|\n");
    for Requirement { id, text, .. } in requirements {
        row(page, &[id, text]);
    }
}

fn row(page: &mut String, cells: &[&str]) {
    writeln!(page, "| {} |", cells.join(" | ")).expect("a String takes everything");
}

#[test]
fn ids_end_where_the_title_begins() {
    let title = "F1a G9.2.1 P21 L1 D1 E3 H22 Data in A6 style";
    let found: Vec<&str> = ids(title).collect();
    assert_eq!(found, ["F1a", "G9.2.1", "P21", "L1", "D1", "E3", "H22"]);
    assert_eq!(ids("opening connected").count(), 0);
}
