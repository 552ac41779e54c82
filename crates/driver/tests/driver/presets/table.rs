//! `docs/presets.md`: what was seen, as tables.

use std::fmt::Write;
use std::time::Duration;

use simless_driver::{ConnectError, SendFailed};
use simless_module::Transport;
use simless_scenario::Preset;

use super::{Outcome, Played, Row};
use crate::session::{Connect, EVERY, LENGTH, ROUNDS};

const HEAD: &str = "\
# The driver under every preset

What `simless-driver`, with default `Settings`, makes of each preset of [faults.md](faults.md). `crates/driver/tests/driver/presets.rs` plays
them, demands what stands here, and writes this page (`SIMLESS_BLESS=1 cargo test -p simless-driver --test driver presets`).
";

pub(super) fn page(rows: &[(&Row, Vec<Played>)]) -> String {
    let mut page = String::from(HEAD);
    let _ = writeln!(
        page,
        "
Driver and module run on one virtual clock, the module with the times of real logs (`--timing typical`). A session: connect to a name; send
{ROUNDS} payloads of {LENGTH} bytes, one every {} s, while the server sends as many; close; connect again; one payload each way; the server ends.
A connection that breaks in the middle is made again, one that is not made is tried once more. Payloads hold every byte value and what looks
like answers. A row is eight sessions, each with a seed of its own, and forty where the line changes bytes: where two times stand, they are the
shortest and the longest. With a module that answers at once the same comes out, sooner.",
        EVERY.as_secs(),
    );
    section(
        &mut page,
        "It gets through",
        "All bytes arrive, both ways, in order, once. An application notices nothing but the time.",
        &["preset", "what happens", "connected after", "again after"],
        rows.iter().filter_map(|(row, played)| match row.outcome {
            Outcome::Survives(_) => Some(vec![
                name(row),
                about(row),
                times(firsts(played)),
                times(others(played)),
            ]),
            _ => None,
        }),
    );
    section(
        &mut page,
        "It gets through, and says what was lost",
        "What arrives is what was written, in order, once, up to where a connection broke; of UDP each datagram is whole. `SendFailed` and `Closed` say what
\
         became of the rest, and nothing is sent again by itself (H15, H16).",
        &[
            "preset",
            "what happens",
            "connected after",
            "what the application is told",
            "again after",
        ],
        rows.iter().filter_map(|(row, played)| match row.outcome {
            Outcome::Loses(..) => Some(vec![
                name(row),
                about(row),
                times(firsts(played)),
                told(row, played),
                times(others(played)),
            ]),
            _ => None,
        }),
    );
    section(
        &mut page,
        "It says what is wrong",
        "A `ConnectError`, each time, within the total time (H3). When the fault is gone, the next connect of the same driver stands.",
        &[
            "preset",
            "what happens",
            "the error",
            "after",
            "then connected after",
        ],
        rows.iter().filter_map(|(row, played)| match row.outcome {
            Outcome::Fails(..) => Some(vec![
                name(row),
                about(row),
                errors(played.iter().flat_map(|session| &session.story.connects)),
                times(played.iter().flat_map(|session| &session.story.connects)),
                times(mended(played)),
            ]),
            _ => None,
        }),
    );
    section(
        &mut page,
        "The line changes bytes",
        "On a serial line nothing tells a byte that was changed from one that was not, and payload is any bytes: an application needs a checksum of its own
\
         here. Everything ends in its time, connected or with a typed error, and all is well again when the line is (H5).",
        &[
            "preset",
            "what happens",
            "first connects that stood",
            "after",
            "sends under `OK`",
            "then, on a good line, connected after",
        ],
        rows.iter().filter_map(|(row, played)| match row.outcome {
            Outcome::Garbles => Some(vec![
                name(row),
                about(row),
                share(firsts(played).map(|connect| connect.result.is_ok())),
                times(firsts(played)),
                share(
                    played
                        .iter()
                        .flat_map(|session| &session.story.sends)
                        .map(|(_, send)| send.is_ok()),
                ),
                times(mended(played)),
            ]),
            _ => None,
        }),
    );
    page + NOTES
}

const NOTES: &str = "
## Where it could look better

- **`no-prompt`.** A prompt that does not come and a command that was lost look the same. In the length form each byte that is said meanwhile may be
  payload, and payload said to a module in command mode is commands. So the driver says nothing until the module gives its data entry up (G5.9):
  120 s, then `ERROR`, and it is known that nothing was sent. The connection stands. In the Ctrl+Z form ESC ends it after 10 s; it carries neither
  0x1A nor 0x1B. A host that hands its payload over without waiting for the prompt gets through, until a command is refused one day.
- **`no-final`.** A module may be busy with a send for 120 s (G5.8), so that is not sooner known either. What it was asked meanwhile would be
  payload, were a byte of the payload lost.
- **`poor-network`, `late-connect-ok`.** The connection would stand after 50 s. The guide's host undoes it after 30 s (G9.4, H9), which cancels it
  (G4.8), six times. With a `patience.step` above the module's guard the same driver gets through.
- **`brownout`.** The module printed its prompt, took the payload and started again: whether it was sent nobody knows, and so it is told. The driver
  connects anew by itself, and the application decides what to send. `simless nc` is one stream of bytes and can't go on with a hole in it: it ends
  with 1.
- **`reset`.** A module that starts again without a word is noticed by its echo, with the next command (H21). An application that only listens does
  not notice it: let it send something now and then.
- **`context-dies`, `pdp-deact`.** After `CLOSED` nobody says that the context is gone, too: the next `AT+CIPSTART` is refused, the state says
  PDP DEACT, and the service is shut down first. That is where the three seconds go.
";

fn section(
    page: &mut String,
    title: &str,
    text: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) {
    let _ = writeln!(page, "\n## {title}\n\n{text}\n");
    let _ = writeln!(
        page,
        "| {} |\n|{}",
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for row in rows {
        let _ = writeln!(page, "| {} |", row.join(" | "));
    }
}

fn name(row: &Row) -> String {
    let over = match row.over {
        Transport::Tcp => "",
        Transport::Udp => ", UDP",
    };
    match row.given {
        Some((given, _)) => format!("`{}`{over}, with {given}", row.preset),
        None => format!("`{}`{over}", row.preset),
    }
}

fn about(row: &Row) -> String {
    let preset = Preset::named(row.preset).expect("a preset");
    preset.about().into()
}

fn firsts(played: &[Played]) -> impl Iterator<Item = &Connect> {
    played
        .iter()
        .filter_map(|session| session.story.connects.first())
}

fn others(played: &[Played]) -> impl Iterator<Item = &Connect> {
    played
        .iter()
        .flat_map(|session| session.story.connects.iter().skip(1))
}

fn mended(played: &[Played]) -> impl Iterator<Item = &Connect> {
    let stories = played.iter().filter_map(|session| session.mended.as_ref());
    stories.filter_map(|story| story.connects.first())
}

/// What an application is told, each thing once.
fn told(row: &Row, played: &[Played]) -> String {
    let mut told = Vec::new();
    let mut add = |what: String| {
        if !told.contains(&what) {
            told.push(what);
        }
    };
    let sends = || played.iter().flat_map(|session| &session.story.sends);
    for (_, send) in sends() {
        if let Err(failed) = send {
            let same =
                sends().filter(|(_, send)| send.is_err_and(|other| other.kind == failed.kind));
            let after = match range(same.map(|(took, _)| *took)) {
                at_once if at_once == "0.0 s" => "at once".into(),
                after => format!("after {after}"),
            };
            add(format!("a send fails, {after}: {}", words(failed)));
        }
    }
    for closed in played.iter().flat_map(|session| &session.story.ends) {
        add(format!("the connection ends: {}", closed.how));
    }
    if others(played).any(|connect| connect.is_by_itself) {
        add("connected again by itself".into());
    }
    if played.iter().any(|session| session.story.missing > 0) {
        add(match row.over {
            Transport::Tcp => "bytes under way are lost without a word".into(),
            Transport::Udp => "nothing: it is UDP".into(),
        });
    }
    told.join("; ")
}

fn words(failed: &SendFailed) -> String {
    let failed_at_once = SendFailed {
        accepted: 0,
        ..*failed
    };
    let words = failed_at_once.to_string();
    let (kind, _) = words.split_once("; ").unwrap_or((&words, ""));
    match failed.in_doubt {
        0 => format!("{kind}; nothing of it was sent"),
        _ => format!("{kind}; its bytes are in doubt"),
    }
}

/// Each error once.
fn errors<'a>(connects: impl Iterator<Item = &'a Connect>) -> String {
    let mut errors = Vec::new();
    for error in connects.filter_map(|connect| connect.result.err()) {
        let at_once = ConnectError {
            took: Duration::ZERO,
            ..error
        };
        let error = at_once.to_string().replace(" after 0 ms", "");
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    errors.join("; or ")
}

fn share(all: impl Iterator<Item = bool>) -> String {
    let (mut yes, mut count) = (0, 0);
    for is in all {
        yes += usize::from(is);
        count += 1;
    }
    format!("{yes} of {count}")
}

fn times<'a>(connects: impl Iterator<Item = &'a Connect>) -> String {
    range(connects.map(|connect| connect.took))
}

fn range(times: impl Iterator<Item = Duration>) -> String {
    let tenths = |time: Duration| (time.as_millis() + 50) / 100;
    let tenths: Vec<_> = times.map(tenths).collect();
    let text = |tenths: u128| format!("{}.{}", tenths / 10, tenths % 10);
    match (tenths.iter().min(), tenths.iter().max()) {
        (Some(least), Some(most)) if least == most => format!("{} s", text(*least)),
        (Some(least), Some(most)) => format!("{}–{} s", text(*least), text(*most)),
        _ => "–".into(),
    }
}
