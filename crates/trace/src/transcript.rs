//! A session for people: a row for each step, with its time.

use std::fmt::{self, Write};

use crate::{Line, Step};

/// Prints lines as rows: the time in seconds, the time since the row before, and the step in the
/// words of the golden dialogues.
///
/// ```text
/// # module 0: kingcom-g3524, immediate, since 2026-03-01T12:00:00.000000Z
///     2.000000  +2.000000  -> AT␍
///     2.000052  +0.000052  <- AT␍␍␊OK␍␊
/// ```
///
/// Of several modules each row names its own. Deadlines that were served have no row; what the DTE
/// does not see is set in.
#[derive(Debug, Default)]
pub struct Transcript {
    /// When the last row of each module was, by its number.
    last: Vec<Option<u64>>,
    modules: usize,
}

impl Transcript {
    /// Nothing is printed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the rows of a line, each with a line feed.
    pub fn print(&mut self, line: &Line, out: &mut String) {
        // Writing to a String can't fail.
        let _ = self.write(line, out);
    }

    fn write(&mut self, line: &Line, out: &mut String) -> fmt::Result {
        let record = match line {
            Line::Header(header) => {
                self.modules += 1;
                write!(out, "# module {}: {}", header.modem, header.profile)?;
                write!(out, ", {}", header.timing)?;
                if let Some(baud) = header.baud {
                    write!(out, ", {baud} baud")?;
                }
                if let Some(configuration) = &header.configuration {
                    write!(out, ", {}", configuration.summary())?;
                }
                if let Some(started) = &header.started {
                    write!(out, ", since {started}")?;
                }
                return writeln!(out);
            }
            Line::Record(record) if record.step == Step::Time => return Ok(()),
            Line::Record(record) => record,
        };
        let last = self.last(record.modem);
        let since = record.t.saturating_sub(last.replace(record.t).unwrap_or(0));
        write!(out, "{:>12}  ", Seconds(record.t))?;
        write!(out, "{:>10}  ", format!("+{}", Seconds(since)))?;
        if self.modules > 1 {
            write!(out, "[{}] ", record.modem)?;
        }
        writeln!(out, "{}{}", margin(&record.step), record.step)
    }

    fn last(&mut self, modem: u32) -> &mut Option<u64> {
        let index = modem as usize;
        if self.last.len() <= index {
            self.last.resize(index + 1, None);
        }
        &mut self.last[index]
    }
}

/// What the DTE says and reads stands first; the rest is what it does not see.
fn margin(step: &Step) -> &'static str {
    match step {
        Step::Uart { .. } => "",
        Step::Lost { .. } | Step::End { .. } => "# ",
        _ => "        ",
    }
}

/// Microseconds, as seconds.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        f.pad(&text)
    }
}
