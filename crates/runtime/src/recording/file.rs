//! A file that a session is written to, in the form its name asks for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use simless_trace::{Line, Transcript};

pub(super) struct TraceFile {
    path: PathBuf,
    out: BufWriter<File>,
    form: Form,
    row: String,
}

enum Form {
    /// For programs: a line each.
    JsonLines,
    /// For people.
    Text(Transcript),
}

/// A trace cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the trace {} cannot be written", .path.display())]
pub struct TraceError {
    path: PathBuf,
    #[source]
    error: io::Error,
}

impl TraceFile {
    pub(super) fn create(path: &Path) -> Result<Self, TraceError> {
        let file = File::create(path).map_err(|error| TraceError {
            path: path.into(),
            error,
        })?;
        let is_json = path.extension().is_some_and(|ending| ending == "jsonl");
        Ok(Self {
            path: path.into(),
            out: BufWriter::new(file),
            form: match is_json {
                true => Form::JsonLines,
                false => Form::Text(Transcript::new()),
            },
            row: String::new(),
        })
    }

    pub(super) fn write(&mut self, line: &Line) -> Result<(), TraceError> {
        self.row.clear();
        match &mut self.form {
            Form::JsonLines => {
                self.row.push_str(&line.to_string());
                self.row.push('\n');
            }
            Form::Text(transcript) => transcript.print(line, &mut self.row),
        }
        let written = self.out.write_all(self.row.as_bytes());
        written.map_err(|error| self.error(error))
    }

    pub(super) fn flush(&mut self) -> Result<(), TraceError> {
        self.out.flush().map_err(|error| self.error(error))
    }

    fn error(&self, error: io::Error) -> TraceError {
        TraceError {
            path: self.path.clone(),
            error,
        }
    }
}
