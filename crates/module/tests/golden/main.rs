//! The golden dialogues of `dialogues/`, played against the module.
//!
//! covers: P2

mod bytes;
mod format;
mod setup;
mod words;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use world::Cut;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogues");

#[test]
fn the_module_keeps_to_every_dialogue() {
    play_all(Cut::Whole);
}

#[test]
fn cutting_the_bytes_changes_no_dialogue() {
    play_all(Cut::Bytes);
}

fn play_all(cut: Cut) {
    let dialogues = match format::read_folder(Path::new(FOLDER)) {
        Ok(dialogues) => dialogues,
        Err(error) => panic!("{error}"),
    };
    let mut failures = Vec::new();
    for dialogue in &dialogues {
        // One panic must not hide the other dialogues.
        let played = catch_unwind(AssertUnwindSafe(|| world::play(dialogue, cut)));
        match played {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => failures.push(failure),
            Err(_) => failures.push(format!(
                "{}: {}\n  panicked",
                dialogue.place, dialogue.title
            )),
        }
    }
    assert!(!dialogues.is_empty(), "no dialogues in {FOLDER}");
    assert!(
        failures.is_empty(),
        "{} of {} dialogues failed (bytes: {cut:?})\n\n{}\n",
        failures.len(),
        dialogues.len(),
        failures.join("\n\n")
    );
}
