//! The result, for people or for programs.

use serde_json::{Value, json};

use crate::counts::Counts;
use crate::dte::PAYLOAD;
use crate::engine::Work;
use crate::figures::{FIGURES, Figure, Target, median};
use crate::options::Extent;
use crate::rounds::{Alone, Round};

/// What was measured, and on what.
pub(crate) struct Results {
    pub(crate) rounds: Vec<Round>,
    pub(crate) alone: Vec<Alone>,
    pub(crate) counts: Option<Counts>,
    pub(crate) extent: Extent,
    pub(crate) cores: usize,
    /// The machine's load before the run, where it tells.
    pub(crate) load: Option<f64>,
    /// The share of the cores that a host kept for itself meanwhile.
    pub(crate) stolen: Option<f64>,
    pub(crate) seconds: f64,
}

/// Nanoseconds of the cores alone: what, key, value, target.
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
            "first core: module and peers, a thread or a process each, one at a time".into(),
            "second core: the server's thread, and the DTE, which is the main thread".into(),
            "driver: the application and the script at its far end share the first core".into(),
            String::new(),
            format!(
                "{:<24} {:>11}  {:>24}  {:>5} {:>13}  target",
                "", "measured", "beside", "ratio", "quartiles"
            ),
        ];
        lines.extend(self.figures().map(|figure| self.row(figure)));
        lines.push(String::new());
        lines.push("the cores alone, on virtual time".into());
        lines.extend(self.engine().iter().map(|(what, _, value, target)| {
            let target = target.map(|most| {
                let verdict = if *value <= most { "met" } else { "missed" };
                format!("{:>8} <= {most} {verdict}", "")
            });
            format!("{what:<24} {value:>8.2} ns{}", target.unwrap_or_default())
        }));
        if let Some(counts) = &self.counts {
            lines.push(String::new());
            lines.push("the same, counted".into());
            lines.push(counts.text());
        }
        lines.join("\n")
    }

    fn figures(&self) -> impl Iterator<Item = &'static Figure> {
        FIGURES.iter().filter(|figure| self.extent.wants(figure))
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
        let Some(values) = figure.values(&self.rounds) else {
            return format!("{:<24} {} is not installed", figure.what, figure.peer());
        };
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
            "{:<24} {:>6.1} {:<4}  {:>6.1} {:<4} {:<12}  {:>5.2} {:>6.2}-{:<6.2}  {target}{verdict}",
            figure.what,
            values.measured,
            figure.unit,
            values.beside,
            figure.unit,
            figure.peer(),
            values.ratio,
            values.quartiles.0,
            values.quartiles.1,
        )
    }

    #[rustfmt::skip]
    fn engine(&self) -> [EngineRow; 11] {
        let of = |work: Work| median(&self.alone, |alone: &Alone| alone.of(work));
        let [stream, headed] = [of(Work::Stream { headed: false }), of(Work::Stream { headed: true })];
        let bytes = PAYLOAD as f64;
        [
            ("AT to OK", "command", of(Work::Command), Some(200.0)),
            ("a received byte", "received_byte", stream / bytes, None),
            ("the same, CIPHEAD=1", "received_byte_in_blocks", headed / bytes, None),
            ("a header, by difference", "header", headed - stream, Some(40.0)),
            ("CIPSEND=1460, payload", "dialogue", of(Work::Dialogue), None),
            ("driver, received block", "driver_receive", of(Work::DriverReceive), None),
            ("driver, sent block", "driver_send", of(Work::DriverSend), None),
            ("session, received block", "session_receive", of(Work::SessionReceive), None),
            ("session, sent block", "session_send", of(Work::SessionSend), None),
            ("tokio, received block", "adapter_receive", of(Work::AdapterReceive), None),
            ("tokio, sent block", "adapter_send", of(Work::AdapterSend), None),
        ]
    }

    pub(crate) fn json(&self) -> Value {
        let figures = self.figures().map(|figure| {
            let value = figure.values(&self.rounds).map(|values| {
                json!({
                    "unit": figure.unit,
                    "measured": values.measured,
                    "beside": figure.peer(),
                    "reference": values.beside,
                    "ratio": values.ratio,
                    "quartiles": [values.quartiles.0, values.quartiles.1],
                    "target_met": figure.target.is_met(values.ratio),
                })
            });
            // Without the program it is compared with there is none.
            (figure.key.to_owned(), value.unwrap_or(Value::Null))
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
            "counts": self.counts.as_ref().map(Counts::json),
            "engine_nanoseconds": engine.into_iter().collect::<serde_json::Map<_, _>>(),
        })
    }
}
