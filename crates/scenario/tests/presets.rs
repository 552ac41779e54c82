//! The presets can be read, say what they do, and each kind of fault has one.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use simless_module::KINDS;
use simless_scenario::{Configuration, Preset};

#[test]
fn every_preset_can_be_read_and_says_what_it_does() {
    let mut names = BTreeSet::new();
    for preset in Preset::all() {
        let read = Configuration::read(&preset.text, |_| Ok(()));
        let configuration = read.unwrap_or_else(|wrong| panic!("{}: {wrong:?}", preset.name));
        assert!(configuration.config().is_ok());
        assert_ne!(configuration, Configuration::default(), "{}", preset.name);
        assert!(!preset.about().is_empty(), "{}", preset.text);
        assert!(!preset.about().contains('\n'));
        assert!(
            names.insert(preset.name.clone()),
            "{} is there twice",
            preset.name
        );
        assert_eq!(Preset::named(&preset.name), Ok(preset));
    }
}

#[test]
fn every_kind_of_fault_is_a_preset() {
    for kind in KINDS {
        let preset = Preset::named(&kind.name.replace('_', "-")).unwrap();
        let faults = preset.configuration().faults;
        assert_eq!(faults[0].kind, kind.kind, "{}", preset.text);
        faults[0].check().unwrap();
    }
}

#[test]
fn a_wrong_name_has_the_right_one_beside_it() {
    for (wrong, right) in [
        ("no_credit", "no-credit"),
        ("noprompt", "no-prompt"),
        ("Stuck-Atach", "stuck-attach"),
    ] {
        let error = Preset::named(wrong).unwrap_err();
        assert_eq!(error.right.as_deref(), Some(right));
        let said = format!("there is no preset `{wrong}`, did you mean `{right}`?");
        assert_eq!(error.to_string(), said);
    }
    assert_eq!(
        Preset::named("earthquake").unwrap_err().to_string(),
        "there is no preset `earthquake`; `simless scenario list` names them all"
    );
}
