//! Every input that is kept, without a fuzzer: the corpus, and what fuzzing has found.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let mut count = 0;
    let mut failures = Vec::new();
    for kept in ["corpus", "regressions"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(kept)
            .join(target);
        // There may be no regressions yet.
        for file in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = file.expect("a file").path();
            let input = std::fs::read(&path).expect("an input");
            count += 1;
            // One panic must not hide the other inputs.
            if catch_unwind(AssertUnwindSafe(|| run(&input))).is_err() {
                failures.push(path.display().to_string());
            }
        }
    }
    assert!(
        count > 100,
        "the corpus of {target} is missing: {count} inputs"
    );
    assert!(
        failures.is_empty(),
        "of {count} inputs these fail:\n{}",
        failures.join("\n")
    );
}

#[test]
fn every_line_that_was_kept() {
    replay("line", simless_fuzz::line);
}

#[test]
fn every_session_that_was_kept() {
    replay("session", simless_fuzz::session);
}

#[test]
fn every_driver_that_was_kept() {
    replay("driver", simless_fuzz::driver);
}

/// The same sessions with a DTE that knows what may be said to it.
#[test]
fn every_session_read_along() {
    replay("session", |input| {
        let mut input = input.to_vec();
        if let Some(second) = input.get_mut(1) {
            *second |= simless_fuzz::READS_ALONG;
        }
        simless_fuzz::session(&input);
    });
}
