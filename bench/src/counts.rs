//! Counts that do not depend on how busy the machine is: instructions, by callgrind, and
//! allocations.

use std::io;
use std::process::{Child, Command, Stdio};

use allocation_counter::measure;
use serde_json::{Map, Value, json};

use crate::dte::PAYLOAD;
use crate::engine::{Engine, Work};

/// How often a work is done when its instructions are counted. It is done twice as often in a second
/// run: the difference is what so many cost, without the program's start.
const TIMES: usize = 2000;

/// What callgrind says before the sum.
const COLLECTED: &str = "Collected : ";

/// The most instructions that a byte of data may cost, sent or received.
const PER_BYTE: f64 = 0.3;

/// The most that a received and a sent block of 1460 bytes may cost the driver, the driver with its
/// buffers, and the tokio adapter: what was measured, and a quarter more.
const DRIVER: [f64; 2] = [1100.0, 3700.0];
const SESSION: [f64; 2] = [1900.0, 5300.0];
const ADAPTER: [f64; 2] = [2300.0, 7400.0];

/// What the cores alone take.
pub(crate) struct Counts {
    /// Instructions of one of each, by [`Work::ALL`]; none where valgrind is not installed.
    instructions: Option<[f64; Work::ALL.len()]>,
    /// Heap allocations of a thousand of each, all together, when each was done before.
    allocations: u64,
}

/// A count of instructions, and the most it may be.
struct Row {
    /// For people.
    what: &'static str,
    /// For programs.
    key: &'static str,
    value: f64,
    limit: Option<f64>,
}

impl Row {
    fn is_met(&self) -> Option<bool> {
        self.limit.map(|limit| self.value <= limit)
    }
}

impl Counts {
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self {
            instructions: instructions()?,
            allocations: allocations()?,
        })
    }

    /// Whether everything was counted and keeps to its limit, which is the same on any machine.
    pub(crate) fn are_met(&self) -> bool {
        let rows = self.rows();
        let met = |rows: Vec<Row>| rows.iter().all(|row| row.is_met() != Some(false));
        self.allocations == 0 && rows.is_some_and(met)
    }

    #[rustfmt::skip]
    fn rows(&self) -> Option<Vec<Row>> {
        let instructions = self.instructions?;
        let of = |work: Work| instructions[work.index()];
        let [stream, block, headed_stream, headed_block] = [
            of(Work::Stream { headed: false }), of(Work::Block { headed: false }),
            of(Work::Stream { headed: true }), of(Work::Block { headed: true }),
        ];
        let bytes = PAYLOAD as f64;
        let sent = (of(Work::Dialogue) - of(Work::ShortDialogue)) / (bytes - 1.0);
        let row = |what, key, value, limit| Row { what, key, value, limit };
        Some(vec![
            row("a received byte", "received_byte", stream / bytes, Some(PER_BYTE)),
            row("a sent byte", "sent_byte", sent, Some(PER_BYTE)),
            row("a received byte, CIPHEAD=1", "received_byte_headed", headed_stream / bytes, None),
            row("a received byte, single blocks", "block_byte", block / bytes, None),
            row("the same, CIPHEAD=1", "block_byte_headed", headed_block / bytes, None),
            row("a header", "header", headed_stream - stream, None),
            row("a header, single blocks", "block_header", headed_block - block, None),
            row("AT to OK", "command", of(Work::Command), None),
            row("CIPSEND=1460, payload", "dialogue", of(Work::Dialogue), None),
            row("driver, received block", "driver_receive", of(Work::DriverReceive), Some(DRIVER[0])),
            row("driver, sent block", "driver_send", of(Work::DriverSend), Some(DRIVER[1])),
            row("session, received block", "session_receive", of(Work::SessionReceive), Some(SESSION[0])),
            row("session, sent block", "session_send", of(Work::SessionSend), Some(SESSION[1])),
            row("tokio, received block", "adapter_receive", of(Work::AdapterReceive), Some(ADAPTER[0])),
            row("tokio, sent block", "adapter_send", of(Work::AdapterSend), Some(ADAPTER[1])),
        ])
    }

    pub(crate) fn text(&self) -> String {
        let verdict = |is_met| if is_met { "met" } else { "missed" };
        let mut lines = vec![format!(
            "{:<32} {:>7} {:<14} <= 0 {}",
            "a thousand of each below",
            self.allocations,
            "allocations",
            verdict(self.allocations == 0)
        )];
        for row in self.rows().unwrap_or_default() {
            let limit = row.limit.zip(row.is_met());
            let limit = limit.map(|(most, is_met)| format!("<= {most} {}", verdict(is_met)));
            lines.push(format!(
                "{:<32} {:>7.2} {:<14} {}",
                row.what,
                row.value,
                "instructions",
                limit.unwrap_or_default()
            ));
        }
        if self.instructions.is_none() {
            lines.push("instructions: valgrind is not installed".into());
        }
        lines.join("\n")
    }

    pub(crate) fn json(&self) -> Value {
        let rows = self.rows().map(|rows| {
            let value = |row: Row| (row.key.to_owned(), Value::from(row.value));
            rows.into_iter().map(value).collect::<Map<_, _>>()
        });
        json!({ "allocations": self.allocations, "instructions": rows })
    }
}

fn allocations() -> io::Result<u64> {
    let mut engine = Engine::start()?;
    let mut all = |times| {
        Work::ALL
            .into_iter()
            .try_for_each(|work| engine.work(work, times))
    };
    all(100)?;
    let mut done = Ok(());
    let info = measure(|| done = all(1000));
    done.map(|()| info.count_total)
}

/// None when there is no valgrind.
fn instructions() -> io::Result<Option<[f64; Work::ALL.len()]>> {
    let mut counts = [0.0; Work::ALL.len()];
    for (work, count) in Work::ALL.into_iter().zip(&mut counts) {
        let (few, many) = match (start(work, TIMES), start(work, 2 * TIMES)) {
            (Ok(few), Ok(many)) => (few, many),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        *count = (collected(many)? - collected(few)?) / TIMES as f64;
    }
    Ok(Some(counts))
}

/// Starts this very program under callgrind, at this work.
fn start(work: Work, times: usize) -> io::Result<Child> {
    Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--work", work.name(), &times.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
}

fn collected(valgrind: Child) -> io::Result<f64> {
    let output = valgrind.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let sum = said.split_once(COLLECTED).and_then(|(_, rest)| {
        let digits = rest.split_whitespace().next()?;
        digits.parse().ok()
    });
    sum.filter(|_| output.status.success())
        .ok_or_else(|| io::Error::other(format!("callgrind did not count, but said: {said}")))
}
