//! Makes the first corpus from the golden dialogues: `cargo run -p simless-fuzz --example seeds`.

#[path = "../../crates/module/tests/golden/bytes.rs"]
#[allow(dead_code, reason = "the tests show bytes, too")]
mod bytes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use simless_fuzz::{ESCAPE, Event, Step, encode};

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(root.join("../dialogues"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut seeds = Seeds::default();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|e| e == "txt"))
    {
        seeds.file(&std::fs::read_to_string(file)?);
    }
    seeds.end();
    for (target, inputs) in [
        ("session", &seeds.sessions),
        ("line", &seeds.lines),
        ("driver", &seeds.modules),
    ] {
        for (number, input) in inputs.iter().enumerate() {
            std::fs::write(
                root.join(format!("corpus/{target}/dialogue-{number:03}")),
                input,
            )?;
        }
        println!("{} seeds for {target}", inputs.len());
    }
    Ok(())
}

#[derive(Default)]
struct Seeds {
    sessions: BTreeSet<Vec<u8>>,
    lines: BTreeSet<Vec<u8>>,
    modules: BTreeSet<Vec<u8>>,
    openings: BTreeMap<String, Vec<Step>>,
    /// The opening that is read, or none: a dialogue.
    opening: Option<String>,
    steps: Vec<Step>,
    /// What the module says in it.
    said: Vec<u8>,
    config: [u8; 2],
}

impl Seeds {
    fn file(&mut self, text: &str) {
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("== ") {
                self.end();
                self.opening = title.strip_prefix("opening ").map(String::from);
            } else if let Some(name) = line.strip_prefix("opening ") {
                self.steps
                    .extend(self.openings.get(name).into_iter().flatten().cloned());
            } else if let Some(given) = line.strip_prefix("given ") {
                self.given(given);
            } else {
                self.step(line);
            }
        }
    }

    fn end(&mut self) {
        let steps = std::mem::take(&mut self.steps);
        let config = std::mem::take(&mut self.config);
        let said = std::mem::take(&mut self.said);
        if !said.is_empty() && self.opening.is_none() {
            // To a driver on its way; and to one that is connected, with a send after it.
            self.modules.insert([&b"\x00\xFFo"[..], &said].concat());
            let sends = b"\xFFs\x00\x05\xFFt\x03\xFFY";
            self.modules
                .insert([&b"\x00\xFFo\xFFY"[..], &said, &sends[..]].concat());
        }
        match self.opening.take() {
            Some(name) => drop(self.openings.insert(name, steps)),
            None if steps.is_empty() => {}
            None => drop(
                self.sessions
                    .insert([&config[..], &encode(&steps)].concat()),
            ),
        }
    }

    fn given(&mut self, given: &str) {
        let [first, second] = &mut self.config;
        match given {
            "timing typical" => *first |= 1,
            "backspace edits" => *first |= 2,
            "shut drops-definition" => *first |= 4,
            "nul fail" => *first |= 8,
            "connect-order outcome-first" => *first |= 16,
            "header colon" => *first |= 32,
            "plain-errors none" => *first |= 64,
            "late-connect-ok on" => *second |= 1,
            "sim pin" => *second |= 2,
            "attach silence" => *second |= 4,
            "activation silence" => *second |= 8,
            _ if given.starts_with("limit") => *first |= 128,
            _ => {}
        }
    }

    fn step(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        if let Some(text) = line.strip_prefix("-> ") {
            let Ok(bytes) = bytes::read(text) else { return };
            if let Some(body) = bytes
                .strip_prefix(b"AT")
                .and_then(|b| b.strip_suffix(b"\r"))
            {
                self.lines.insert(body.to_vec());
            }
            self.steps.push(Step::Dte(bytes));
        } else if let Some(text) = line.strip_prefix("<- ") {
            let Ok(bytes) = bytes::read(text) else { return };
            if bytes.len() < 40 {
                self.lines.insert(bytes.trim_ascii().to_vec());
            }
            for byte in bytes {
                self.said.push(byte);
                if byte == ESCAPE {
                    self.said.push(ESCAPE);
                }
            }
            self.said.extend([ESCAPE, b't', 0]);
        } else if words.len() >= 3 && words[0] == "socket" {
            self.steps.extend(socket(words[2], line));
        } else if words.len() == 3 && words[0] == "time" {
            self.steps.push(Step::Time(time(words[1], words[2])));
        } else if words[0] == "dte" {
            self.steps
                .push(Step::DteReads(if line.contains("stops") { 0 } else { 255 }));
        } else if words[0] == "control" {
            self.steps.push(control(&words[1..]));
        }
    }
}

fn socket(what: &str, line: &str) -> Option<Step> {
    Some(match what {
        "refused" => Step::Event(255, Event::Refused),
        "unreachable" => Step::Event(255, Event::Unreachable),
        "unresolved" => Step::Event(255, Event::Unresolved),
        "ended" => Step::Fin(0),
        "reset" => Step::Event(255, Event::Reset),
        "receives" => Step::Peer(0, u16::try_from(line.len()).unwrap_or(99)),
        "stalls" | "drains" => Step::PeerReads(0),
        _ => return None,
    })
}

/// The nearest of the times there are.
fn time(number: &str, unit: &str) -> u8 {
    match (unit, number.parse().unwrap_or(0_u32)) {
        ("us", _) => 0,
        ("ms", 0..200) => 1,
        ("ms", _) => 2,
        (_, 0..=1) => 3,
        (_, 2..=4) => 4,
        (_, 5..=19) => 5,
        (_, 20..=34) => 6,
        (_, 35..=60) => 7,
        _ => 8,
    }
}

fn control(words: &[&str]) -> Step {
    let argument = match words.get(1) {
        Some(&"silence" | &"absent" | &"on") => 1,
        Some(&"refuse" | &"pin") => 2,
        Some(&"puk") => 3,
        Some(number) => number.parse().unwrap_or(0),
        None => 0,
    };
    let names = [
        "dte-left",
        "sim",
        "registration",
        "attach",
        "activation",
        "lose-context",
        "detach",
        "late-connect-ok",
        "power-cycle",
    ];
    let which = names.iter().position(|name| *name == words[0]).unwrap_or(0);
    Step::Control(which as u8, argument)
}
