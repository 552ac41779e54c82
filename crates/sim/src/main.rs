//! `simless-sim`: simulates seeds, counts, and says what did not hold and how to see it again.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use simless_sim::{CLASSES, Outcome, Plan, Tally, run, run_traced};
use simless_trace::{Line, Transcript};

/// Driver, module, serial line and network on one virtual clock, with faults from a seed.
#[derive(Parser)]
#[command(version)]
enum Verb {
    /// Simulate seeds; ends with 1 when something did not hold.
    Run(Run),
}

#[derive(Parser)]
struct Run {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first one; the others count on from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Hours of a seed in which there are faults; a phase without any follows.
    #[arg(long, default_value_t = 1.0)]
    hours: f64,
    /// No faults at all.
    #[arg(long)]
    calm: bool,
    /// Begin no seed after so many seconds of CPU time.
    #[arg(long)]
    seconds: Option<f64>,
    /// End after so many violations.
    #[arg(long, default_value_t = 10)]
    violations: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Write the module's session of the last seed: JSON Lines when the name ends in .jsonl.
    #[arg(long)]
    trace: Option<PathBuf>,
}

/// What came of a run.
#[derive(Serialize)]
struct Report {
    seeds: u64,
    simulated_hours: f64,
    cpu_seconds: f64,
    hours_per_cpu_second: f64,
    connections: u64,
    sends: u64,
    bytes: u64,
    rounds: u64,
    /// How often each class of faults was tried, by groups.
    faults: BTreeMap<String, BTreeMap<&'static str, u64>>,
    /// How often the module's own faults struck.
    struck: BTreeMap<&'static str, u64>,
    violations: Vec<Found>,
    hash: String,
}

/// Something that did not hold.
#[derive(Serialize)]
struct Found {
    seed: u64,
    property: &'static str,
    what: String,
    replay: String,
}

fn main() -> anyhow::Result<ExitCode> {
    let Verb::Run(options) = Verb::parse();
    let began = cpu_seconds();
    let mut tally = Tally::default();
    let mut simulated = Duration::ZERO;
    let mut found = Vec::new();
    let mut seeds = 0;
    let faulty = Duration::try_from_secs_f64(options.hours * 3600.0)
        .context("--hours takes a number of hours")?;
    for seed in (options.seed..).take(usize::try_from(options.seeds)?) {
        let is_over = options
            .seconds
            .is_some_and(|most| cpu_seconds() - began > most);
        if is_over || found.len() >= options.violations {
            break;
        }
        let plan = Plan::new(seed, faulty);
        let plan = if options.calm { plan.calm() } else { plan };
        let outcome = match options.trace {
            Some(_) => run_traced(plan),
            None => run(plan),
        };
        seeds += 1;
        simulated += outcome.simulated;
        tally.add(&outcome.tally);
        found.extend(violation(&options, seed, &outcome));
        if let Some(path) = &options.trace {
            let text = transcript(
                &outcome.trace,
                path.extension().is_some_and(|e| e == "jsonl"),
            );
            fs::write(path, text).with_context(|| format!("can't write {}", path.display()))?;
        }
    }
    let cpu_seconds = cpu_seconds() - began;
    let simulated_hours = simulated.as_secs_f64() / 3600.0;
    let is_well = found.is_empty();
    let report = Report {
        seeds,
        simulated_hours,
        cpu_seconds,
        hours_per_cpu_second: simulated_hours / cpu_seconds,
        connections: tally.connections,
        sends: tally.sends,
        bytes: tally.bytes,
        rounds: tally.rounds,
        faults: by_groups(&tally),
        struck: tally.faults,
        violations: found,
        hash: format!("{:016x}", tally.hash),
    };
    match options.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => println!("{}", serde_json::to_string_pretty(&report)?),
    }
    Ok(ExitCode::from(u8::from(!is_well)))
}

fn by_groups(tally: &Tally) -> BTreeMap<String, BTreeMap<&'static str, u64>> {
    let mut groups = BTreeMap::<_, BTreeMap<_, _>>::new();
    for class in CLASSES {
        if let Some(times) = tally.drawn.get(class.name) {
            let group = groups.entry(class.group.to_string()).or_default();
            group.insert(class.name, *times);
        }
    }
    groups
}

/// The violation, and the one command that replays it.
fn violation(options: &Run, seed: u64, outcome: &Outcome) -> Option<Found> {
    let violation = outcome.violation.as_ref()?;
    let replay = format!(
        "cargo run --release -p simless-sim -- run --seeds 1 --seed {seed} --hours {}",
        options.hours
    );
    eprintln!("seed {seed}: {violation}\n  {replay}");
    Some(Found {
        seed,
        property: violation.property,
        what: violation.to_string(),
        replay,
    })
}

fn transcript(trace: &[Line], is_json: bool) -> String {
    let mut text = String::new();
    let mut transcript = Transcript::new();
    for line in trace {
        match is_json {
            true => text += &format!("{line}\n"),
            false => transcript.print(line, &mut text),
        }
    }
    text
}

/// CPU time of this process.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
