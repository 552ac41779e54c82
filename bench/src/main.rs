//! How fast simless is: bytes per second through the module and its answering time, each beside
//! something that does less, in interleaved rounds of one run. `docs/performance.md` explains it.

mod dte;
mod engine;
mod far;
mod figures;
mod options;
mod pattern;
mod pty;
mod report;
mod rounds;
mod server;

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use options::{Extent, Options, USAGE};
use report::Results;
use rounds::Bench;

/// Wrong usage.
const USAGE_ERROR: u8 = 2;

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(argument) => {
            eprintln!("simless-bench: there is no option '{argument}'\n\n{USAGE}");
            return USAGE_ERROR.into();
        }
    };
    if options.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match run(options.extent()) {
        Ok(results) if options.json => println!("{:#}", results.json()),
        Ok(results) => println!("{}", results.text()),
        Err(error) => {
            eprintln!("simless-bench: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn run(extent: Extent) -> io::Result<Results> {
    end_after(extent.limit)?;
    let start = Instant::now();
    let load = load();
    let (rounds, alone, extent) = measure(extent)?;
    Ok(Results {
        rounds,
        alone,
        extent,
        cores: thread::available_parallelism()?.get(),
        load,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// All rounds, without the one that warms up.
fn measure(extent: Extent) -> io::Result<(Vec<rounds::Round>, Vec<rounds::Alone>, Extent)> {
    let count = extent.rounds;
    let mut bench = Bench::start(extent)?;
    bench.round(0)?;
    bench.alone()?;
    let mut rounds = Vec::with_capacity(count);
    let mut alone = Vec::with_capacity(count);
    for number in 0..count {
        rounds.push(bench.round(number)?);
        alone.push(bench.alone()?);
    }
    Ok((rounds, alone, bench.end()))
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

/// How many programs wanted to run in the last minute.
fn load() -> Option<f64> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    load.split(' ').next()?.parse().ok()
}
