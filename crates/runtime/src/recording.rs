//! Recording sessions to files. It never slows a module down: what the disk does not take in time
//! is dropped and counted.

mod file;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvError, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, SystemTime};

use simless_at::Instant;
use simless_module::{Event, Snapshot};
use simless_trace::{Header, Line, Observer, Record, Step};

pub use file::TraceError;
use file::TraceFile;

/// How many lines wait for the disk.
const LINES: usize = 8192;

/// How many bytes of data they hold together.
const BYTES: usize = 16 * 1024 * 1024;

/// How long the last lines may take at the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Writes the sessions of modules to files: as JSON Lines to those whose names end in `.jsonl`, as
/// text for people to the others.
pub struct Recording {
    lines: SyncSender<Message>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Bytes of data that wait.
    waiting: AtomicUsize,
    /// Steps that were dropped.
    lost: AtomicU64,
}

enum Message {
    /// A line, and how many bytes of data it holds.
    Line(Box<Line>, usize),
    /// Everything before it was written.
    Last(SyncSender<()>),
}

impl Recording {
    /// Makes the files; what is in them is gone. `complain` hears of a file that takes no more.
    pub fn start(
        paths: &[PathBuf],
        complain: impl FnMut(TraceError) + Send + 'static,
    ) -> Result<Self, TraceError> {
        let files: Result<Vec<_>, _> = paths.iter().map(|path| TraceFile::create(path)).collect();
        let files = files?;
        let (lines, queue) = sync_channel(LINES);
        let shared = Arc::new(Shared::default());
        let writer = Arc::clone(&shared);
        std::thread::spawn(move || write(&queue, &writer, files, complain));
        Ok(Self { lines, shared })
    }

    /// Records a module from its first moment on.
    pub fn recorder(&self, mut header: Header) -> Recorder {
        let modem = header.modem;
        let now = humantime::format_rfc3339_micros(SystemTime::now());
        header.started = Some(now.to_string());
        let recorder = Recorder {
            modem,
            lines: self.lines.clone(),
            shared: Arc::clone(&self.shared),
            lost: 0,
        };
        // Not dropped: without it the session could not be played. The module does not run yet.
        let _ = recorder
            .lines
            .send(Message::Line(Box::new(Line::Header(header)), 0));
        recorder
    }

    /// Waits until everything is written, but not for a disk that takes nothing; gives how many
    /// steps were lost.
    pub fn finish(self) -> u64 {
        let (last, written) = sync_channel(1);
        if self.lines.send(Message::Last(last)).is_ok()
            && written.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
        {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
        self.shared.lost.load(Ordering::Relaxed)
    }
}

/// Records one module.
pub struct Recorder {
    modem: u32,
    lines: SyncSender<Message>,
    shared: Arc<Shared>,
    /// Steps that were dropped since the last that was not.
    lost: u64,
}

impl Recorder {
    fn record(&mut self, at: Instant, step: Step) {
        // Half of what may wait has to be gone: else every other step would be missing.
        let goes_on = self.shared.waiting.load(Ordering::Relaxed) <= BYTES / 2;
        if self.lost > 0 && goes_on {
            let steps = self.lost;
            if self.offer(self.line(at, Step::Lost { steps }), 0) {
                self.lost = 0;
            }
        }
        let size = match &step {
            Step::Uart { data, .. } | Step::Data { data, .. } => data.len(),
            _ => 0,
        };
        // Once a step is missing, those behind it wait until that was said.
        if self.lost > 0 || !self.offer(self.line(at, step), size) {
            self.lost += 1;
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn line(&self, at: Instant, step: Step) -> Line {
        Line::Record(Record {
            t: at.as_micros(),
            modem: self.modem,
            step,
        })
    }

    /// Whether there was room.
    fn offer(&self, line: Line, size: usize) -> bool {
        let waiting = &self.shared.waiting;
        if waiting.fetch_add(size, Ordering::Relaxed) + size <= BYTES
            && self
                .lines
                .try_send(Message::Line(Box::new(line), size))
                .is_ok()
        {
            return true;
        }
        waiting.fetch_sub(size, Ordering::Relaxed);
        false
    }
}

impl Observer for Recorder {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}

    fn wants_steps(&self) -> bool {
        true
    }

    fn step(&mut self, at: Instant, step: Step) {
        self.record(at, step);
    }
}

fn write(
    queue: &Receiver<Message>,
    shared: &Shared,
    mut files: Vec<TraceFile>,
    mut complain: impl FnMut(TraceError),
) {
    let mut each = |step: &dyn Fn(&mut TraceFile) -> Result<(), TraceError>| {
        files.retain_mut(|file| step(file).map_err(&mut complain).is_ok());
    };
    while let Ok(message) = next(queue, || each(&TraceFile::flush)) {
        match message {
            Message::Line(line, size) => {
                shared.waiting.fetch_sub(size, Ordering::Relaxed);
                each(&|file| file.write(&line));
            }
            Message::Last(written) => {
                each(&TraceFile::flush);
                let _ = written.send(());
            }
        }
    }
}

/// The next message; when there is none yet, what was written becomes readable meanwhile.
fn next(queue: &Receiver<Message>, flush: impl FnOnce()) -> Result<Message, RecvError> {
    match queue.try_recv() {
        Ok(message) => Ok(message),
        Err(_) => {
            flush();
            queue.recv()
        }
    }
}
