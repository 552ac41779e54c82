//! `docs/flow.md`: its first table is what a driver does, and the ids that it and `docs/presets.md`
//! name have tests.
//!
//! covers: H8 H9 G9.4

use std::cell::Cell;
use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

use simless_driver::{Event, Step};
use simless_module::{Config, KINGCOM_G3524, Network, Scenario};

use crate::page;
use crate::pair::{Did, Pair, settings, target};

/// A step, what ends it, and the requirement behind it.
const STEPS: [(Step, &str, &str); 12] = [
    (
        Step::Wake,
        "`OK`. Asked every second, every other time with ESC before it",
        "H5",
    ),
    (Step::EchoOff, "`OK`", "F3"),
    (
        Step::Synchronise,
        "`+IPSTATUS: …`: from here on results can be counted",
        "H7",
    ),
    (Step::ErrorCodes, "any result", "E1"),
    (Step::Identify, "any result", "G2.1"),
    (
        Step::Sim,
        "`+CPIN:READY`, asked every 2 s; `SIM PIN` is given the PIN, once",
        "G2.2",
    ),
    (
        Step::Register,
        "`+CREG: …,1` or `…,5`, asked every 2 s",
        "G2.3",
    ),
    (Step::Headers, "`OK`", "G6.2"),
    (Step::Attach, "`OK`", "G9.4.1"),
    (Step::Define, "`OK`", "G9.4.2"),
    (Step::Activate, "`OK`", "G9.4.3"),
    (Step::Connect, "`OK`, and then `CONNECT OK`", "G9.4.4"),
];

fn pair() -> Pair {
    let config = Config {
        profile: KINGCOM_G3524,
        timing: KINGCOM_G3524.timing,
        network: Network::default(),
        scenario: Scenario::default(),
    };
    let mut pair = Pair::of(settings(), config);
    pair.driver.connect(target(), pair.now).unwrap();
    pair
}

fn said(did: &Did) -> Option<String> {
    match did {
        Did::Said(said) => Some(String::from_utf8_lossy(said).trim().to_owned()),
        _ => None,
    }
}

/// The steps of a connect that goes well, and what is said in each.
fn steps() -> Vec<(Step, String)> {
    let mut pair = pair();
    assert!(pair.finish());
    let mut steps = Vec::new();
    let mut dids = pair.log.iter().map(|(_, did)| did);
    while let Some(did) = dids.next() {
        if let Did::Met(Event::StepBegan(step)) = did {
            steps.push((*step, dids.find_map(said).expect("a step says something")));
        }
    }
    steps
}

/// How long a step waits for a module that has gone silent, and what the driver says then.
fn silence(step: Step) -> (Duration, String) {
    let mut pair = pair();
    let is_silent = Rc::new(Cell::new(false));
    let swallow = Rc::clone(&is_silent);
    pair.tamper = Box::new(move |bytes| match swallow.get() {
        true => Vec::new(),
        false => bytes,
    });
    loop {
        is_silent.set(pair.saw(|event| *event == Event::StepBegan(step)) || step == Step::Wake);
        let failed = |(_, did): &(_, Did)| match did {
            Did::Met(Event::StepEnded(ended, Err(_), took)) if *ended == step => Some(*took),
            _ => None,
        };
        let log = &pair.log;
        if let Some(at) = log.iter().position(|did| failed(did).is_some())
            && let Some(then) = log[at..].iter().find_map(|(_, did)| said(did))
        {
            let has_paused = |(_, did): &(_, Did)| matches!(did, Did::Met(Event::Pausing(_)));
            let then = match log[at..].iter().any(has_paused) {
                true => format!("`{then}`, after a pause"),
                false => format!("`{then}`"),
            };
            return (failed(&log[at]).expect("it failed"), then);
        }
        let at = pair.next().expect("something more happens");
        pair.go_to(at);
    }
}

#[test]
fn the_steps_are_what_a_driver_does() {
    let mut table = String::from(
        "| step | says | ends with | within | else says | |\n|---|---|---|---|---|---|\n",
    );
    let steps = steps();
    assert_eq!(steps.len(), STEPS.len());
    for ((step, says), (known, ends, id)) in steps.into_iter().zip(STEPS) {
        assert_eq!(step, known);
        let (within, then) = silence(step);
        let within = within.as_secs();
        let _ = writeln!(
            table,
            "| {step} | `{says}` | {ends} | {within} s | {then} | {id} |"
        );
    }
    page::part_must_be("flow.md", "the steps", &table);
}

/// Each statement of these pages names what holds it.
#[test]
fn the_pages_name_requirements_that_have_tests() {
    let page = concat!(
        include_str!("../../../../docs/flow.md"),
        include_str!("../../../../docs/presets.md")
    );
    let coverage = include_str!("../../../../docs/coverage.md");
    let (_, covered) = coverage.split_once("## Covered").unwrap();
    let mut ids: Vec<&str> = page
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '.')
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| is_id(word))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() > 30, "{ids:?}");
    for id in ids {
        assert!(covered.contains(&format!("| {id} | ")), "{id}");
    }
}

fn is_id(word: &str) -> bool {
    let mut letters = word.bytes();
    letters
        .next()
        .is_some_and(|letter| b"FGEPLH".contains(&letter))
        && letters.next().is_some_and(|digit| digit.is_ascii_digit())
        && letters.all(|rest| rest.is_ascii_digit() || rest.is_ascii_lowercase() || rest == b'.')
}
