//! A file that a session is written to, in the form its name asks for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
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
        let file = open(path).map_err(|error| TraceError {
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

/// A pipe that nobody reads is an error, as a missing folder is: opening it would wait for a reader
/// where Ctrl-C is not heard yet.
fn open(path: &Path) -> io::Result<File> {
    let is_pipe = std::fs::metadata(path).is_ok_and(|data| data.file_type().is_fifo());
    if !is_pipe {
        return File::create(path);
    }
    let at_once = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let pipe = match rustix::fs::open(path, at_once, Mode::empty()) {
        Err(Errno::NXIO) => return Err(io::Error::other("nobody reads this pipe")),
        pipe => pipe?,
    };
    // From here on a full pipe makes the writer wait, and nobody else.
    rustix::fs::fcntl_setfl(&pipe, OFlags::empty())?;
    Ok(File::from(pipe))
}
