//! The program that is measured: `simless run`, on a core of its own.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::cores::{self, Side};

/// The kind of ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tcp,
    Unix,
    Pty,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Unix => "unix",
            Self::Pty => "pty",
        }
    }
}

/// Where the program is: as told, or beside this one.
pub(crate) fn find(told: Option<&Path>) -> io::Result<PathBuf> {
    let path = match told {
        Some(path) => path.into(),
        None => std::env::current_exe()?.with_file_name("simless"),
    };
    match path.is_file() {
        true => Ok(path),
        false => Err(io::Error::other(format!(
            "there is no {}; build it with: cargo build --release -p simless",
            path.display()
        ))),
    }
}

/// A running one. Dropping it kills it.
pub(crate) struct Program {
    child: Child,
    kind: Kind,
    /// Where each module is: an address or a path.
    pub(crate) places: Vec<String>,
    /// From its start to its ready line.
    pub(crate) ready: Duration,
    /// From its start until the last module has answered.
    pub(crate) answered: Duration,
    /// For links and socket files.
    _folder: Folder,
}

impl Program {
    /// Ready, and all modules have been at work.
    pub(crate) fn start(path: &Path, kind: Kind, modules: usize) -> io::Result<Self> {
        let folder = Folder::make()?;
        let port = match kind {
            Kind::Tcp => "tcp:127.0.0.1:0".into(),
            Kind::Unix | Kind::Pty => format!("{}:{}/m", kind.name(), folder.0.display()),
        };
        let mut command = Command::new(path);
        command
            .args(["run", "--quiet", "--json", "--port", &port, "--count"])
            .arg(modules.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        // It inherits the core.
        cores::bind(Side::Measured)?;
        let start = Instant::now();
        let child = command.spawn();
        cores::bind(Side::Around)?;
        let mut program = Self {
            child: child?,
            kind,
            places: Vec::new(),
            ready: Duration::ZERO,
            answered: Duration::ZERO,
            _folder: folder,
        };
        let mut line = String::new();
        if let Some(stdout) = program.child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        program.ready = start.elapsed();
        program.places = places(&line, kind)?;
        program.ask_the_last()?;
        program.answered = start.elapsed();
        Ok(program)
    }

    /// They are started one after the other.
    fn ask_the_last(&self) -> io::Result<()> {
        let mut dte = self.open(self.places.len() - 1)?;
        dte.write_all(b"AT\r")?;
        let mut answer = [0; b"AT\r\r\nOK\r\n".len()];
        dte.read_exact(&mut answer)
    }

    fn open(&self, module: usize) -> io::Result<Box<dyn Duplex>> {
        let place = &self.places[module];
        Ok(match self.kind {
            Kind::Tcp => Box::new(TcpStream::connect(place)?),
            Kind::Unix => Box::new(UnixStream::connect(place)?),
            Kind::Pty => {
                let mut options = fs::OpenOptions::new();
                options.read(true).write(true);
                options.custom_flags(OFlags::NOCTTY.bits().cast_signed());
                Box::new(options.open(place)?)
            }
        })
    }

    /// What is in memory of it, in KiB.
    pub(crate) fn resident(&self) -> io::Result<f64> {
        let rollup = self.proc("smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok())
            .ok_or_else(|| io::Error::other("the system does not tell how much memory is used"))
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The time that its threads have worked.
    pub(crate) fn worked(&self) -> io::Result<Duration> {
        worked(self.id())
    }

    fn proc(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(format!("/proc/{}/{name}", self.id()))
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) -> io::Result<()> {
        Ok(kill_process(Pid::from_child(&self.child), Signal::TERM)?)
    }

    /// Whether it has ended, and well.
    pub(crate) fn has_ended(&mut self) -> io::Result<bool> {
        match self.child.try_wait()? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => Err(io::Error::other(format!("simless ended with {status}"))),
        }
    }
}

/// The time that a process's threads have worked; the system counts it in nanoseconds.
pub(crate) fn worked(process: u32) -> io::Result<Duration> {
    let mut sum = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
        let first = stat.split_whitespace().next();
        sum += first.and_then(|n| n.parse().ok()).unwrap_or(0);
    }
    Ok(Duration::from_nanos(sum))
}

fn places(ready: &str, kind: Kind) -> io::Result<Vec<String>> {
    let ready: Value = serde_json::from_str(ready)
        .map_err(|_| io::Error::other("simless did not start; see above"))?;
    let key = match kind {
        Kind::Tcp => "address",
        Kind::Unix | Kind::Pty => "path",
    };
    let ports = ready["ports"].as_array().into_iter().flatten();
    Ok(ports
        .filter_map(|port| port[key].as_str().map(str::to_owned))
        .collect())
}

trait Duplex: Read + Write {}

impl<T: Read + Write> Duplex for T {}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of ours. Dropping it takes it away.
struct Folder(PathBuf);

impl Folder {
    fn make() -> io::Result<Self> {
        let name = format!("simless-bench-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
