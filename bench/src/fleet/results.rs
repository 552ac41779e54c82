//! What came of it, as tables, as JSON and as a picture.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::busy::{Busy, LONG, SHORT};
use super::idle::Idle;
use super::plot::{Kind as Line, Panel, Scale, Series, picture};
use super::program::Kind;
use super::stop::{Peers, Stop};
use crate::figures::median;

pub(crate) struct Results {
    pub(crate) idle: Vec<Idle>,
    /// So many modules, all passes.
    pub(crate) busy: Vec<(usize, Vec<Busy>)>,
    pub(crate) stop: Vec<Stop>,
    pub(crate) seconds: f64,
    pub(crate) cores: usize,
    /// The machine's load before the run, where it tells.
    pub(crate) load: Option<f64>,
    /// The share of the cores that a host kept for itself meanwhile.
    pub(crate) stolen: Option<f64>,
}

/// A figure of busy modules: key, unit, how it is taken from a pass.
type Figure = (&'static str, &'static str, fn(&Busy) -> f64);

const FIGURES: [Figure; 12] = [
    ("connects", "1/s", |pass| pass.connects),
    ("round_trips", "1/s", |pass| pass.trips),
    ("median", "ms", |pass| pass.median),
    ("p99", "ms", |pass| pass.p99),
    ("stream", "MB/s", |pass| pass.stream),
    ("trip_cpu_simless", "us", |pass| pass.per_trip().simless),
    ("trip_cpu_load", "us", |pass| pass.per_trip().load),
    ("send_cpu_simless", "us", |pass| pass.per_send().simless),
    ("send_cpu_load", "us", |pass| pass.per_send().load),
    ("cpu_simless", "cores", |pass| pass.trips_cpu.simless),
    ("cpu_load", "cores", |pass| pass.trips_cpu.load),
    ("memory", "KiB", |pass| pass.memory),
];

impl Results {
    pub(crate) fn text(&self) -> String {
        let stolen = self
            .stolen
            .map_or("unknown".into(), |share| format!("{:.0} %", 100.0 * share));
        let mut text = format!(
            "{:.0} s on {} cores, simless on the first, all else on the second; load {:.1} before, \
             {stolen} taken by a host\n",
            self.seconds,
            self.cores,
            self.load.unwrap_or(f64::NAN),
        );
        if !self.idle.is_empty() {
            text += "\nidle    modules   ready s  answered s  all KiB  KiB each   CPU %  stop s\n";
        }
        for idle in &self.idle {
            let _ = writeln!(
                text,
                "{:<5} {:>9} {:>9.3} {:>11.3} {:>8.0} {:>9.2} {:>7.3} {:>7.3}",
                idle.kind.name(),
                idle.modules,
                idle.ready,
                idle.answered,
                idle.resident,
                self.each(idle).unwrap_or(f64::NAN),
                100.0 * idle.cpu,
                idle.stop
            );
        }
        if !self.busy.is_empty() {
            let _ = writeln!(
                text,
                "\nbusy: medians of passes; messages of {SHORT} B, streams of {LONG} B; CPU time per \
                 message of simless, and of DTEs and server\n\
                 modules  connects/s  trips/s  median ms   p99 ms  MB/s each way  CPU us: message  \
                 {LONG} B      busy %    KiB each"
            );
        }
        for (modules, passes) in &self.busy {
            let of = |index: usize| median(passes, FIGURES[index].2);
            let _ = writeln!(
                text,
                "{modules:>7} {:>11.0} {:>8.0} {:>10.2} {:>8.2} {:>14.1} {:>10.1} {:>4.1} {:>5.1} \
                 {:>4.1} {:>7.0} {:>3.0} {:>9.1}",
                of(0),
                of(1),
                of(2),
                of(3),
                of(4),
                of(5),
                of(6),
                of(7),
                of(8),
                100.0 * of(9),
                100.0 * of(10),
                of(11),
            );
        }
        for stop in &self.stop {
            let _ = writeln!(
                text,
                "\nSIGTERM with {} modules and {} links, peers {:?}: {:.2} s",
                stop.modules, stop.links, stop.peers, stop.seconds
            );
        }
        text
    }

    /// KiB of a module beyond the first one.
    fn each(&self, idle: &Idle) -> Option<f64> {
        let is_alone = |it: &&Idle| it.kind == idle.kind && it.modules == 1;
        let alone = self.idle.iter().find(is_alone)?;
        let more = idle.modules.checked_sub(1).filter(|more| *more > 0)?;
        Some((idle.resident - alone.resident) / more as f64)
    }

    pub(crate) fn json(&self) -> Value {
        let idle = self.idle.iter().map(|idle| {
            json!({
                "port": idle.kind.name(),
                "modules": idle.modules,
                "ready_seconds": idle.ready,
                "answered_seconds": idle.answered,
                "resident_kib": idle.resident,
                "kib_each": self.each(idle),
                "cpu_cores": idle.cpu,
                "stop_seconds": idle.stop,
            })
        });
        let busy = self.busy.iter().map(|(modules, passes)| {
            let mut figures = json!({ "modules": modules });
            for (key, unit, value) in FIGURES {
                let all: Vec<f64> = passes.iter().map(value).collect();
                figures[key] =
                    json!({ "unit": unit, "median": median(passes, value), "passes": all });
            }
            figures
        });
        let stop = self.stop.iter().map(|stop| {
            json!({
                "modules": stop.modules,
                "links": stop.links,
                "peers_close": stop.peers == Peers::Close,
                "seconds": stop.seconds,
            })
        });
        json!({
            "v": 1,
            "seconds": self.seconds,
            "cores": self.cores,
            "load": self.load,
            "stolen": self.stolen,
            "message_bytes": SHORT,
            "stream_bytes": LONG,
            "idle": idle.collect::<Vec<_>>(),
            "busy": busy.collect::<Vec<_>>(),
            "stop": stop.collect::<Vec<_>>(),
        })
    }

    pub(crate) fn picture(&self) -> String {
        let busy = |name, line, value: fn(&Busy) -> f64| Series {
            name,
            line,
            points: self
                .busy
                .iter()
                .map(|(modules, passes)| (*modules as f64, median(passes, value)))
                .collect(),
        };
        let idle = |name, line, kind| Series {
            name,
            line,
            points: self
                .idle
                .iter()
                .filter(|idle| idle.kind == kind)
                .filter_map(|idle| Some((idle.modules as f64, self.each(idle)?)))
                .collect(),
        };
        picture(&[
            Panel {
                title: "Round trips of 64 bytes",
                unit: "per second",
                scale: Scale::Linear,
                series: vec![busy("", Line::First, |pass| pass.trips)],
            },
            Panel {
                title: "Time of a round trip",
                unit: "ms",
                scale: Scale::Logarithmic,
                series: vec![
                    busy("p99", Line::Second, |pass| pass.p99),
                    busy("median", Line::First, |pass| pass.median),
                ],
            },
            Panel {
                title: "Streams of 1460-byte sends, each way",
                unit: "MB/s",
                scale: Scale::Linear,
                series: vec![busy("", Line::First, |pass| pass.stream)],
            },
            Panel {
                title: "Connections opened, all at once",
                unit: "per second",
                scale: Scale::Linear,
                series: vec![busy("", Line::First, |pass| pass.connects)],
            },
            Panel {
                title: "CPU time of a round trip",
                unit: "µs",
                scale: Scale::Linear,
                series: vec![
                    busy("simless", Line::First, |pass| pass.per_trip().simless),
                    busy("DTEs, server", Line::Second, |pass| pass.per_trip().load),
                ],
            },
            Panel {
                title: "Memory of an idle module, beyond the first",
                unit: "KiB",
                scale: Scale::Linear,
                series: vec![
                    idle("tcp", Line::First, Kind::Tcp),
                    idle("unix", Line::Second, Kind::Unix),
                    idle("pty", Line::Third, Kind::Pty),
                ],
            },
        ])
    }
}
