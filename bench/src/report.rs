//! The result, for people or for programs.

use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::counts::{Counts, Row};
use crate::dte::PAYLOAD;
use crate::figures::{FIGURES, Figure, Target, median};
use crate::options::Extent;
use crate::rounds::{Alone, Round};

/// What was measured, and on what.
pub(crate) struct Results {
    pub(crate) rounds: Vec<Round>,
    pub(crate) alone: Vec<Alone>,
    pub(crate) extent: Extent,
    pub(crate) cores: usize,
    /// The machine's load before the run, where it tells.
    pub(crate) load: Option<f64>,
    /// The share of the cores that a host kept for itself meanwhile.
    pub(crate) stolen: Option<f64>,
    pub(crate) seconds: f64,
}

/// Nanoseconds of the module alone: what, key, value, target.
type EngineRow = (&'static str, &'static str, f64, Option<f64>);

impl Results {
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![
            format!(
                "{} rounds in {:.0} s on {} cores; medians",
                self.rounds.len(),
                self.seconds,
                self.cores,
            ),
            self.machine(),
            format!(
                "each round: streams of {} MiB, {} dialogues, {} round trips",
                self.extent.stream >> 20,
                self.extent.dialogues,
                self.extent.trips
            ),
            "first core: module, relay, responder, bare PTY, a thread each, one at a time".into(),
            "second core: the server's thread, and the DTE, which is the main thread".into(),
            String::new(),
            format!(
                "{:<24} {:>11}  {:>21}  {:>5} {:>13}  target",
                "", "module", "beside", "ratio", "quartiles"
            ),
        ];
        lines.extend(self.figures().map(|figure| self.row(figure)));
        lines.push(String::new());
        lines.push("the module alone, on virtual time".into());
        lines.extend(self.engine().iter().map(|(what, _, value, target)| {
            let target = target.map(|most| {
                let verdict = if *value <= most { "met" } else { "missed" };
                format!("{:>8} <= {most} {verdict}", "")
            });
            format!("{what:<24} {value:>8.2} ns{}", target.unwrap_or_default())
        }));
        lines.join("\n")
    }

    fn figures(&self) -> impl Iterator<Item = &'static Figure> {
        let only = self.extent.only.map(|only| only.key);
        FIGURES
            .iter()
            .filter(move |figure| only.is_none_or(|only| figure.key == only))
    }

    fn machine(&self) -> String {
        let load = self.load.map(|load| format!("load {load:.1} before"));
        let stolen = self
            .stolen
            .map(|share| format!("{:.0} % of the cores taken by a host", 100.0 * share));
        let told: Vec<_> = load.into_iter().chain(stolen).collect();
        format!("the machine: {}", told.join(", "))
    }

    fn row(&self, figure: &Figure) -> String {
        let values = figure.values(&self.rounds);
        let target = match figure.target {
            Target::AtLeast(least) => format!(">= {least}"),
            Target::AtMost(most) => format!("<= {most}"),
            Target::None => "-".into(),
        };
        let verdict = match figure.target.is_met(values.ratio) {
            Some(true) => " met",
            Some(false) => " missed",
            None => "",
        };
        format!(
            "{:<24} {:>6.1} {:<4}  {:>6.1} {:<4} {:<9}  {:>5.2} {:>6.2}-{:<6.2}  {target}{verdict}",
            figure.what,
            values.module,
            figure.unit,
            values.beside,
            figure.unit,
            figure.beside.1,
            values.ratio,
            values.quartiles.0,
            values.quartiles.1,
        )
    }

    fn engine(&self) -> [EngineRow; 5] {
        let of = |value: fn(&Alone) -> f64| median(&self.alone, value);
        let per_byte = 1.0 / PAYLOAD as f64;
        [
            ("AT to OK", "command", of(|a| a.command), Some(200.0)),
            (
                "a received byte",
                "received_byte",
                of(|a| a.block) * per_byte,
                None,
            ),
            (
                "the same, CIPHEAD=1",
                "received_byte_in_blocks",
                of(|a| a.headed_block) * per_byte,
                None,
            ),
            (
                "a header, by difference",
                "header",
                of(|a| a.headed_block - a.block),
                Some(40.0),
            ),
            (
                "CIPSEND=1460, payload",
                "dialogue",
                of(|a| a.dialogue),
                None,
            ),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let figures = self.figures().map(|figure| {
            let values = figure.values(&self.rounds);
            let value = json!({
                "unit": figure.unit,
                "module": values.module,
                "beside": figure.beside.1,
                "reference": values.beside,
                "ratio": values.ratio,
                "quartiles": [values.quartiles.0, values.quartiles.1],
                "target_met": figure.target.is_met(values.ratio),
            });
            (figure.key.to_owned(), value)
        });
        let engine = self
            .engine()
            .map(|(_, key, value, _)| (key.to_owned(), value.into()));
        json!({
            "v": 1,
            "rounds": self.rounds.len(),
            "seconds": self.seconds,
            "cores": self.cores,
            "load": self.load,
            "stolen": self.stolen,
            "stream_bytes": self.extent.stream,
            "dialogues": self.extent.dialogues,
            "round_trips": self.extent.trips,
            "figures": figures.collect::<serde_json::Map<_, _>>(),
            "engine_nanoseconds": engine.into_iter().collect::<serde_json::Map<_, _>>(),
        })
    }
}

/// Prints the counts alone. Their limits hold on any machine.
pub(crate) fn counts(counts: &Counts, json: bool) -> io::Result<ExitCode> {
    let rows = counts.rows().ok_or_else(|| {
        io::Error::other("instructions cannot be counted: install valgrind, say by apt-get install valgrind")
    })?;
    match json {
        true => println!("{:#}", counts_json(counts)),
        false => println!("{}", counts_text(counts).join("\n")),
    }
    let are_met = counts.allocations == 0 && rows.iter().all(|row| row.is_met() != Some(false));
    Ok(match are_met {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn counts_text(counts: &Counts) -> Vec<String> {
    let mut lines = vec![format!(
        "{:<32} {:>8}          <= 0 {}",
        "allocations when warm",
        counts.allocations,
        verdict(counts.allocations == 0)
    )];
    match counts.rows() {
        Some(rows) => lines.extend(rows.iter().map(|row| {
            let limit = row.limit.zip(row.is_met());
            let limit = limit.map(|(most, met)| format!("  <= {most} {}", verdict(met)));
            format!(
                "{:<32} {:>8.2} instr.{}",
                row.what,
                row.value,
                limit.unwrap_or_default()
            )
        })),
        None => lines.push("instructions: valgrind is not installed".into()),
    }
    lines
}

fn counts_json(counts: &Counts) -> Value {
    let value = |row: &Row| (row.key.to_owned(), Value::from(row.value));
    let rows = counts.rows();
    json!({
        "allocations": counts.allocations,
        "instructions": rows.map(|rows| rows.iter().map(value).collect::<serde_json::Map<_, _>>()),
    })
}

fn verdict(is_met: bool) -> &'static str {
    match is_met {
        true => "met",
        false => "missed",
    }
}
