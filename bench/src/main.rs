//! How fast simless is: bytes per second through the module and the driver, and the module's
//! answering time, each beside something that does less, in interleaved rounds of one run. `docs/performance.md` explains it.

mod cores;
mod counts;
mod dte;
mod engine;
mod far;
mod figures;
mod fleet;
mod host;
mod machine;
mod options;
mod pacing;
mod pattern;
mod pty;
mod report;
mod rounds;
mod server;

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use counts::Counts;
use engine::Engine;
use machine::Machine;
use options::{Extent, Options, Task, USAGE};
use report::Results;
use rounds::Bench;

/// Wrong usage.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|word| word == "fleet") {
        return fleet::main(std::env::args().skip(2));
    }
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("simless-bench: {wrong}\n\n{USAGE}");
            return USAGE_ERROR.into();
        }
    };
    match act(&options) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("simless-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn act(options: &Options) -> io::Result<ExitCode> {
    match options.task {
        Task::Help => println!("{USAGE}"),
        Task::Work(work, times) => Engine::start()?.work(work, times)?,
        Task::Stdio(end) => far::serve_stdio(end)?,
        Task::Count => return count(options.json),
        Task::Pacing => return pacing(),
        Task::Measure => {
            let results = run(options.extent())?;
            match options.json {
                true => println!("{:#}", results.json()),
                false => println!("{}", results.text()),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Counts alone; their limits hold on any machine.
fn count(json: bool) -> io::Result<ExitCode> {
    let counts = Counts::take()?;
    match json {
        true => println!("{:#}", counts.json()),
        false => println!("{}", counts.text()),
    }
    Ok(match counts.are_met() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn pacing() -> io::Result<ExitCode> {
    end_after(pacing::LIMIT)?;
    Ok(match pacing::run()? {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn run(extent: Extent) -> io::Result<Results> {
    end_after(extent.limit)?;
    let cores = cores::count()?;
    let machine = Machine::look();
    let start = Instant::now();
    let mut bench = Bench::start(&extent)?;
    bench.round(0)?;
    bench.alone()?;
    let (mut rounds, mut alone) = (Vec::new(), Vec::new());
    while rounds.len() < extent.rounds || start.elapsed() < extent.duration {
        rounds.push(bench.round(rounds.len())?);
        alone.push(bench.alone()?);
    }
    drop(bench);
    Ok(Results {
        // A single figure is for a profiler, or for comparing.
        counts: extent.only.is_none().then(Counts::take).transpose()?,
        rounds,
        alone,
        seconds: start.elapsed().as_secs_f64(),
        cores,
        load: machine.load,
        stolen: machine.stolen_since(),
        extent,
    })
}

/// Ends the program when a run takes too long, as when bytes were lost and everybody waits.
fn end_after(limit: Duration) -> io::Result<()> {
    thread::Builder::new()
        .name("watchdog".into())
        .spawn(move || {
            thread::sleep(limit);
            eprintln!(
                "simless-bench: not done after {} s: bytes were lost, or the machine is too busy",
                limit.as_secs()
            );
            std::process::exit(1);
        })?;
    Ok(())
}
