//! `docs/scenarios.md` names every table and key, and its examples can be read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use simless_scenario::Configuration;

const PAGE: &str = include_str!("../../../docs/scenarios.md");

#[test]
fn every_table_and_key_is_on_the_page() {
    for (table, wrong) in [
        ("", "earthquake = 1"),
        ("[module]", "[module]\nearthquake = 1"),
        ("[timing]", "[timing]\nearthquake = 1"),
        ("[guards]", "[guards]\nearthquake = 1"),
        ("[limits]", "[limits]\nearthquake = 1"),
        ("[network]", "[network]\nearthquake = 1"),
        ("[[port]]", "[[port]]\nearthquake = 1"),
        ("[destinations]", "[destinations]\nearthquake = 1"),
        ("[[fault]]", "[[fault]]\nearthquake = 1"),
        ("[[step]]", "[[step]]\nearthquake = 1"),
    ] {
        // Who is asked for what there is not says what there is.
        let mistakes = Configuration::read(wrong, |_| Ok(())).unwrap_err();
        let (_, there_is) = mistakes[0].what.split_once("; there is ").unwrap();
        let names: Vec<&str> = there_is.trim_matches('`').split("`, `").collect();
        assert!(names.len() > 1, "{there_is}");
        let part = match table {
            "" => PAGE,
            table => {
                let head = format!("### `{table}`\n");
                let (_, part) = PAGE
                    .split_once(&head)
                    .unwrap_or_else(|| panic!("no {head}"));
                part.split("\n### ").next().unwrap()
            }
        };
        for name in names {
            let is_named = match table {
                "" => part.contains(&format!("[{name}]")),
                _ => part.contains(&format!("`{name}`")),
            };
            assert!(is_named, "{table} {name}");
        }
    }
}

#[test]
fn the_examples_can_be_read() {
    let examples: Vec<&str> = PAGE.split("```toml\n").skip(1).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let (text, _) = example.split_once("```").unwrap();
        Configuration::read(text, |_| Ok(())).unwrap();
    }
}
