//! Talk on stderr: sentences for people, never data.

use std::fmt::Arguments;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use crate::args::{Color, TalkArgs};

/// How many lines wait for a stderr that nobody reads. What comes then is dropped and counted: a
/// reader of our talk must never slow a module down.
const WAITING: usize = 256;

/// How long the last lines may take at the end.
const PATIENCE: Duration = Duration::from_millis(500);

/// How much is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// What makes the program fail.
    Error,
    /// What a user wants to know without asking.
    Notice,
    /// DTEs that come and go, things dropped at a limit (`-v`).
    Detail,
    /// State changes (`-vv`).
    Step,
}

/// Says things on stderr, one line each.
#[derive(Clone)]
pub(crate) struct Talk {
    level: Level,
    color: bool,
    lines: SyncSender<Line>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Our own terminal is in raw mode: a line ends in CR LF.
    raw: AtomicBool,
    dropped: AtomicU64,
}

enum Line {
    Text(String),
    /// Everything before it was written.
    Last(SyncSender<()>),
}

impl Talk {
    pub(crate) fn start(args: &TalkArgs) -> Self {
        let level = match (args.quiet, args.verbose) {
            (true, _) => Level::Error,
            (_, 0) => Level::Notice,
            (_, 1) => Level::Detail,
            _ => Level::Step,
        };
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match args.color {
            Color::Auto => io::stderr().is_terminal() && !no_color,
            Color::Always => true,
            Color::Never => false,
        };
        let (lines, written) = sync_channel(WAITING);
        let shared = Arc::new(Shared::default());
        std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || write(&written, &shared)
        });
        Self {
            level,
            color,
            lines,
            shared,
        }
    }

    /// The terminal is in raw mode from now on, or no longer.
    pub(crate) fn set_raw(&self, raw: bool) {
        let raw = raw && io::stderr().is_terminal();
        self.shared.raw.store(raw, Ordering::Relaxed);
    }

    pub(crate) fn error(&self, what: Arguments<'_>) {
        self.say(Level::Error, what);
    }

    pub(crate) fn notice(&self, what: Arguments<'_>) {
        self.say(Level::Notice, what);
    }

    /// A line with the program's name before it.
    pub(crate) fn say(&self, level: Level, what: Arguments<'_>) {
        let (on, off) = match (self.color, level) {
            (false, _) => ("", ""),
            (true, Level::Error) => ("\x1b[1;31m", "\x1b[0m"),
            (true, _) => ("\x1b[1m", "\x1b[0m"),
        };
        self.line(level, format_args!("{on}simless:{off} {what}"));
    }

    /// A line as it is.
    pub(crate) fn line(&self, level: Level, what: Arguments<'_>) {
        if level > self.level {
            return;
        }
        let end = match self.shared.raw.load(Ordering::Relaxed) {
            true => "\r\n",
            false => "\n",
        };
        if self
            .lines
            .try_send(Line::Text(format!("{what}{end}")))
            .is_err()
        {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until everything was written, but not for a stderr that nobody reads.
    pub(crate) fn finish(&self) {
        let (last, written) = sync_channel(1);
        if self.lines.try_send(Line::Last(last)).is_ok() {
            let _ = written.recv_timeout(PATIENCE);
        }
    }
}

fn write(lines: &Receiver<Line>, shared: &Shared) {
    for line in lines {
        let mut stderr = io::stderr().lock();
        // A stderr that is closed cannot be told about.
        match line {
            Line::Text(text) => {
                let _ = stderr.write_all(text.as_bytes());
                match shared.dropped.swap(0, Ordering::Relaxed) {
                    0 => {}
                    n => {
                        let _ = writeln!(stderr, "simless: {n} lines were dropped here");
                    }
                }
            }
            Line::Last(written) => {
                let _ = written.send(());
            }
        }
    }
}
