//! The command line of `simless-bench fleet`.

use std::path::PathBuf;
use std::time::Duration;

use super::program::Kind;

pub(crate) const USAGE: &str = "\
Measures thousands of modules in one process of the program simless.

Usage: simless-bench fleet [--quick] [--json] [--into FOLDER] [--program PATH] [--modules N]

  --quick         one short pass with fewer modules: about 10 s instead of 3 minutes
  --json          one JSON object on stdout instead of the tables
  --into FOLDER   write fleet.json and fleet.svg there, too
  --program PATH  the program; else simless beside this one
  --modules N     so many busy modules alone, as for a profiler
  --help          this text";

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) into: Option<PathBuf>,
    pub(crate) program: Option<PathBuf>,
    pub(crate) modules: Option<usize>,
    pub(crate) help: bool,
}

/// How much is measured.
pub(crate) struct Extent {
    /// Idle modules: at which ports, how many.
    pub(crate) idle: Vec<(Kind, usize)>,
    /// How long they are watched.
    pub(crate) rest: Duration,
    /// How many busy ones.
    pub(crate) busy: Vec<usize>,
    /// How often all of these are measured.
    pub(crate) passes: usize,
    /// How long they work, once with short messages and once with long ones.
    pub(crate) window: Duration,
    /// Modules and links at the program's end.
    pub(crate) stop: Vec<(usize, usize)>,
}

impl Options {
    /// Reads the arguments; an error says what is wrong with them.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(word) = words.next() {
            let mut value = || {
                let value = words.next();
                value.ok_or_else(|| format!("something is missing behind {word}"))
            };
            match word.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                "--into" => options.into = Some(value()?.into()),
                "--program" => options.program = Some(value()?.into()),
                "--modules" => {
                    let number = value()?.parse().ok().filter(|n| *n > 0);
                    options.modules = Some(number.ok_or("--modules takes a number from 1 on")?);
                }
                _ => return Err(format!("there is no option '{word}'")),
            }
        }
        Ok(options)
    }

    pub(crate) fn extent(&self) -> Extent {
        let all = |kind, counts: &[usize]| counts.iter().map(move |n| (kind, *n)).collect();
        let long = Duration::from_secs(3);
        match (self.modules, self.quick) {
            (Some(modules), _) => Extent {
                idle: vec![],
                rest: long,
                busy: vec![modules],
                passes: 1,
                window: 3 * long,
                stop: vec![],
            },
            (None, true) => Extent {
                idle: all(Kind::Tcp, &[1, 1000]),
                rest: Duration::from_secs(1),
                busy: vec![1, 100],
                passes: 1,
                window: Duration::from_secs(1),
                stop: vec![(200, 100)],
            },
            (None, false) => Extent {
                idle: [
                    all(Kind::Tcp, &[1, 100, 1000, 10_000]),
                    all(Kind::Unix, &[1, 100, 1000, 10_000]),
                    all(Kind::Pty, &[1, 100, 1000]),
                ]
                .concat(),
                rest: long,
                busy: vec![1, 10, 100, 1000, 5000],
                passes: 3,
                window: long,
                stop: vec![(10_000, 5000)],
            },
        }
    }
}
