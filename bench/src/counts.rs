//! Counts that do not depend on how busy the machine is: instructions, by callgrind, and
//! allocations.

use std::io;
use std::process::{Child, Command, Stdio};

use allocation_counter::measure;

use crate::dte::PAYLOAD;
use crate::engine::{Engine, Work};

/// How often a work is done when its instructions are counted. It is done twice as often in a second
/// run: the difference is what so many cost, without the program's start.
const TIMES: usize = 2000;

/// What callgrind says before the sum.
const COLLECTED: &str = "Collected : ";

/// What one of each takes.
pub(crate) struct Counts {
    /// Instructions, by [`Work::ALL`]; none where valgrind is not installed.
    instructions: Option<[f64; Work::ALL.len()]>,
    /// Heap allocations of a thousand of each, all together, when each was done before.
    pub(crate) allocations: u64,
}

/// A count, and the most it may be.
pub(crate) struct Row {
    /// For people.
    pub(crate) what: &'static str,
    /// For programs.
    pub(crate) key: &'static str,
    pub(crate) value: f64,
    pub(crate) limit: Option<f64>,
}

impl Row {
    pub(crate) fn is_met(&self) -> Option<bool> {
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

    /// Instructions: per byte of data, and per piece of work.
    pub(crate) fn rows(&self) -> Option<[Row; 9]> {
        let instructions = self.instructions?;
        let of = |work| {
            let index = Work::ALL.iter().position(|other| *other == work);
            index.map_or(f64::NAN, |index| instructions[index])
        };
        let per_byte = |work| of(work) / PAYLOAD as f64;
        let (bare, headed) = (
            [Work::Stream { headed: false }, Work::Block { headed: false }],
            [Work::Stream { headed: true }, Work::Block { headed: true }],
        );
        let sent = (of(Work::Dialogue) - of(Work::ShortDialogue)) / (PAYLOAD - 1) as f64;
        let row = |what, key, value, limit| Row {
            what,
            key,
            value,
            limit,
        };
        let most = Some(0.3);
        Some([
            row("received byte, stream", "received_byte", per_byte(bare[0]), most),
            row("the same, CIPHEAD=1", "received_byte_headed", per_byte(headed[0]), most),
            row("received byte, single blocks", "block_byte", per_byte(bare[1]), most),
            row("the same, CIPHEAD=1", "block_byte_headed", per_byte(headed[1]), most),
            row("sent byte", "sent_byte", sent, most),
            row("AT to OK", "command", of(Work::Command), None),
            row("a header in a stream", "header", of(headed[0]) - of(bare[0]), None),
            row("a header of a single block", "block_header", of(headed[1]) - of(bare[1]), None),
            row("CIPSEND=1460, payload", "dialogue", of(Work::Dialogue), None),
        ])
    }
}

fn allocations() -> io::Result<u64> {
    let mut engine = Engine::start()?;
    let mut all = |times| Work::ALL.into_iter().try_for_each(|work| engine.work(work, times));
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
