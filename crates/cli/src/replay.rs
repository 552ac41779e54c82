//! `simless replay`: a recorded session, played again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use simless_trace::{Difference, Line, Player, Record, Step};

use crate::args::ReplayArgs;

/// Plays the file; the code to exit with.
pub(crate) fn replay(options: &ReplayArgs) -> Result<ExitCode> {
    let file = File::open(&options.file)
        .with_context(|| format!("{} cannot be read", options.file.display()))?;
    let mut session = Session::default();
    let ended = session.play(&options.file, &mut BufReader::new(file))?;
    let verdict = Verdict::new(&session, ended);
    let mut stdout = io::stdout().lock();
    if options.json {
        serde_json::to_writer(&mut stdout, &verdict)?;
        writeln!(stdout)?;
    } else {
        verdict.write(&mut stdout)?;
    }
    Ok(match verdict.same {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// What was played so far.
#[derive(Default)]
struct Session {
    players: BTreeMap<u32, Player>,
    steps: u64,
    /// The latest time of any module, in microseconds.
    until: u64,
    line: u64,
}

/// Why playing ended before the file did.
enum Ended {
    /// Steps were not recorded.
    Lost(u32, u64),
    /// It came out otherwise.
    Otherwise(u32, Box<Difference>),
}

impl Session {
    fn play(&mut self, path: &Path, file: &mut impl BufRead) -> Result<Option<Ended>> {
        let mut text = Vec::new();
        loop {
            text.clear();
            self.line += 1;
            let number = self.line;
            let place = || format!("line {number} of {}", path.display());
            let read = Read::take(&mut *file, Line::LIMIT as u64 + 1).read_until(b'\n', &mut text);
            if read.with_context(place)? == 0 {
                return Ok(None);
            }
            let line = match Line::parse_bytes(&text) {
                Ok(line) => line,
                // The program was killed while it wrote.
                Err(_) if !text.ends_with(b"\n") && self.steps > 0 => return Ok(None),
                Err(error) if number == 1 => {
                    let what = "only a trace with a name that ends in .jsonl can be played";
                    return Err(error).with_context(place).context(what);
                }
                Err(error) => return Err(error).with_context(place),
            };
            match line {
                Line::Header(header) => {
                    let player = Player::new(&header).with_context(place)?;
                    self.players.insert(header.modem, player);
                }
                Line::Record(record) => {
                    let Some(player) = self.players.get_mut(&record.modem) else {
                        bail!("{}: module {} has no header", place(), record.modem);
                    };
                    if let Some(ended) = step(player, &record) {
                        return Ok(Some(ended));
                    }
                    self.steps += 1;
                    self.until = self.until.max(record.t);
                }
            }
        }
    }
}

fn step(player: &mut Player, record: &Record) -> Option<Ended> {
    match record.step {
        Step::Lost { steps } => Some(Ended::Lost(record.modem, steps)),
        _ => {
            let played = player.play(record).err()?;
            Some(Ended::Otherwise(record.modem, played))
        }
    }
}

/// What came of it.
#[derive(Serialize)]
struct Verdict {
    v: u32,
    /// Whether all that was recorded came out again.
    same: bool,
    modules: usize,
    /// How many steps did.
    steps: u64,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Place>,
}

/// Where a session parts from the recorded one.
#[derive(Serialize)]
struct Place {
    line: u64,
    modem: u32,
    t: u64,
    recorded: String,
    played: String,
}

impl Verdict {
    fn new(session: &Session, ended: Option<Ended>) -> Self {
        let line = session.line;
        let difference = ended.map(|ended| match ended {
            Ended::Otherwise(modem, difference) => Place {
                line,
                modem,
                t: difference.at().as_micros(),
                recorded: difference.recorded().into(),
                played: difference.played().into(),
            },
            Ended::Lost(modem, steps) => Place {
                line,
                modem,
                t: session.until,
                recorded: format!("{steps} steps are missing here: they came too fast to record"),
                played: "nothing from here on".into(),
            },
        });
        Self {
            v: 1,
            same: difference.is_none(),
            modules: session.players.len(),
            steps: session.steps,
            seconds: seconds(session.until),
            difference,
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Self {
            steps,
            seconds,
            modules,
            ..
        } = self;
        let of = match modules {
            1 => String::new(),
            modules => format!(" of {modules} modules"),
        };
        writeln!(
            out,
            "{steps} steps{of} in {seconds:.6} s came out as recorded"
        )?;
        let Some(place) = &self.difference else {
            return Ok(());
        };
        let Place { line, modem, t, .. } = place;
        let who = match modules {
            1 => String::new(),
            _ => format!(", module {modem}"),
        };
        writeln!(out, "line {line}{who}, at {:.6} s:", self::seconds(*t))?;
        writeln!(out, "  recorded  {}", place.recorded)?;
        writeln!(out, "  played    {}", place.played)
    }
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}
