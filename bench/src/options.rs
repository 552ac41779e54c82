//! The command line.

use std::time::Duration;

pub(crate) const USAGE: &str = "\
Measures the module beside what the machine allows.

Usage: simless-bench [--quick] [--json]

  --quick  fewer and shorter rounds: below 15 s instead of below 90 s
  --json   one JSON object on stdout instead of the table
  --help   this text";

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
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
}

impl Options {
    /// Reads the arguments; an error is the one that is none.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--help" | "-h" => options.help = true,
                _ => return Err(argument),
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
            },
            false => Extent {
                rounds: 12,
                duration: Duration::from_secs(40),
                stream: 4 << 20,
                dialogues: 600,
                trips: 201,
                limit: Duration::from_secs(90),
            },
        }
    }
}
