//! Any configuration is read as it is written, and any text is read or refused.
//!
//! covers: P42

mod any;

use any::configuration;
use proptest::prelude::*;
use simless_scenario::{Configuration, Preset};

fn read(text: &str) -> Result<Configuration, String> {
    Configuration::read(text, |_| Ok(())).map_err(|mistakes| format!("{mistakes:?}\n{text}"))
}

proptest! {
    #[test]
    fn a_configuration_is_read_as_it_is_written(configuration in configuration()) {
        let text = configuration.to_string();
        prop_assert_eq!(read(&text), Ok(configuration.clone()), "{}", text);
        // A trace holds it as JSON.
        let json = serde_json::to_string(&configuration).unwrap();
        let from_json: Configuration = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(from_json, configuration, "{}", json);
    }

    /// What is added to nothing is itself, and nothing added changes nothing.
    #[test]
    fn nothing_is_added_to_anything(configuration in configuration()) {
        let mut sum = Configuration::default();
        sum.add(configuration.clone());
        prop_assert_eq!(&sum, &configuration);
        sum.add(Configuration::default());
        prop_assert_eq!(sum, configuration);
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        let _ = read(&text);
    }

    /// A file with an error in it is refused with a line of its own, or says something else.
    #[test]
    fn a_file_with_errors_does_no_harm(
        base in prop_oneof![
            configuration().prop_map(|configuration| configuration.to_string()),
            preset(),
        ],
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..4),
    ) {
        let mut text: Vec<char> = base.chars().collect();
        for (at, change) in changes {
            let at = at.index(text.len() + 1);
            match change {
                Change::Cut(count) => {
                    let end = (at + count).min(text.len());
                    text.drain(at..end);
                }
                Change::Insert(more) => {
                    text.splice(at..at, more.chars());
                }
            }
        }
        let text: String = text.into_iter().collect();
        let lines = text.split('\n').count();
        match Configuration::read(&text, |_| Ok(())) {
            Ok(configuration) => {
                // What it has is written and read again, and a module can be made of it.
                let again = configuration.to_string();
                prop_assert_eq!(read(&again), Ok(configuration.clone()), "{}", again);
                if let Ok(config) = configuration.config() {
                    prop_assert!(config.profile.limits.are_sound());
                }
            }
            Err(mistakes) => {
                prop_assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    prop_assert!((1..=lines).contains(&mistake.line), "{mistake} of {lines}");
                    prop_assert!(!mistake.what.is_empty());
                }
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Change {
    Cut(usize),
    Insert(String),
}

fn change() -> impl Strategy<Value = Change> {
    let words = prop::sample::select(vec![
        "[",
        "]]",
        "=",
        "\"",
        "'''",
        "\n",
        "{",
        "}",
        "#",
        ".",
        "-1",
        "1e999",
        "nan",
        "[[fault]]\n",
        "[network]\n",
        "type = \"drop\"\n",
        "99999999999999999999",
        "true",
        "1979-05-27",
        "\u{0}",
    ]);
    prop_oneof![
        (0..20usize).prop_map(Change::Cut),
        words.prop_map(|word| Change::Insert(word.into())),
        ".{1,3}".prop_map(Change::Insert),
    ]
}

fn preset() -> impl Strategy<Value = String> {
    let texts: Vec<String> = Preset::all().map(|preset| preset.text.into()).collect();
    prop::sample::select(texts)
}
