//! The command line.

use std::time::Duration;

use crate::figures::{FIGURES, Figure};

pub(crate) const USAGE: &str = "\
Measures the module beside what the machine allows.

Usage: simless-bench [--quick] [--json] [--only FIGURE]
       simless-bench fleet [--help]   thousands of modules in one process

  --quick  fewer and shorter rounds: below 15 s instead of below 90 s
  --json   one JSON object on stdout instead of the table
  --only FIGURE
           one figure alone, by its name in the JSON object, as for a profiler
  --help   this text";

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) only: Option<&'static Figure>,
    pub(crate) help: bool,
}

/// How much is measured.
pub(crate) struct Extent {
    /// The fewest rounds that count; one more goes before them to warm up.
    pub(crate) rounds: usize,
    /// More of them follow for so long.
    pub(crate) duration: Duration,
    /// Bytes of one stream.
    pub(crate) stream: usize,
    /// Dialogues with `AT+CIPSEND=1460`.
    pub(crate) dialogues: usize,
    /// Round trips with `AT`.
    pub(crate) trips: usize,
    /// The whole run takes no longer.
    pub(crate) limit: Duration,
    /// The only figure, if not all.
    pub(crate) only: Option<&'static Figure>,
}

impl Options {
    /// Reads the arguments; an error says what is wrong with them.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                "--only" => options.only = Some(figure(arguments.next())?),
                _ => return Err(format!("there is no option '{argument}'")),
            }
        }
        Ok(options)
    }

    pub(crate) fn extent(&self) -> Extent {
        match self.quick {
            true => Extent {
                rounds: 12,
                duration: Duration::ZERO,
                stream: 1 << 20,
                dialogues: 150,
                trips: 51,
                limit: Duration::from_secs(15),
                only: self.only,
            },
            false => Extent {
                rounds: 12,
                duration: Duration::from_secs(40),
                stream: 4 << 20,
                dialogues: 600,
                trips: 201,
                limit: Duration::from_secs(90),
                only: self.only,
            },
        }
    }
}

fn figure(key: Option<String>) -> Result<&'static Figure, String> {
    let found = FIGURES
        .iter()
        .find(|figure| Some(figure.key) == key.as_deref());
    found.ok_or_else(|| {
        let keys: Vec<_> = FIGURES.iter().map(|figure| figure.key).collect();
        format!("--only takes one of {}", keys.join(", "))
    })
}
