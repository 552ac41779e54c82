//! The command line.

use std::time::Duration;

use crate::engine::Work;
use crate::far::StdioEnd;
use crate::figures::{FIGURES, Figure};

pub(crate) const USAGE: &str = "\
Measures the module and the driver beside what the machine allows.

Usage: simless-bench [--quick] [--json] [--only FIGURE]
       simless-bench fleet [--help]   thousands of modules in one process
       simless-bench --counts [--json]
       simless-bench --pacing

  --quick  fewer and shorter rounds: about 10 s instead of a minute
  --json   one JSON object on stdout instead of the table
  --only FIGURE
           one figure alone, by its name in the JSON object, as for a profiler
  --counts instructions (by valgrind) and allocations of the cores alone, and nothing else;
           fails when one is above its limit
  --pacing whether paced ports keep to their rates, in real time: about 3 minutes
  --work WORK TIMES
           keeps a core alone at a work, as for a profiler
  --stdio END
           what the program starts by itself, to have an end on pipes
  --help   this text";

/// What the program is called for.
#[derive(Clone, Copy, Default)]
pub(crate) enum Task {
    #[default]
    Measure,
    Count,
    Pacing,
    Work(Work, usize),
    Stdio(StdioEnd),
    Help,
}

#[derive(Default)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) only: Option<&'static Figure>,
    pub(crate) task: Task,
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

impl Extent {
    pub(crate) fn wants(&self, figure: &Figure) -> bool {
        self.only.is_none_or(|only| only.key == figure.key)
    }
}

impl Options {
    /// Reads the arguments; an error says what is wrong with them.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--counts" => options.task = Task::Count,
                "--pacing" => options.task = Task::Pacing,
                "--work" => options.task = work(&mut arguments)?,
                "--stdio" => options.task = stdio(arguments.next())?,
                "--help" | "-h" => options.task = Task::Help,
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
                dialogues: 100,
                trips: 51,
                limit: Duration::from_secs(60),
                only: self.only,
            },
            false => Extent {
                rounds: 12,
                duration: Duration::from_secs(40),
                stream: 4 << 20,
                dialogues: 600,
                trips: 201,
                limit: Duration::from_secs(180),
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

fn work(arguments: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    let work = arguments.next().and_then(|name| Work::named(&name));
    let times = arguments.next().and_then(|times| times.parse().ok());
    work.zip(times)
        .map(|(work, times)| Task::Work(work, times))
        .ok_or_else(|| {
            let names = Work::ALL.map(Work::name).join(", ");
            format!("--work takes one of {names}, and how often it is done")
        })
}

fn stdio(end: Option<String>) -> Result<Task, String> {
    let end = end.and_then(|end| StdioEnd::named(&end));
    end.map(Task::Stdio)
        .ok_or_else(|| "--stdio takes 'module', or the address a relay leads to".into())
}
