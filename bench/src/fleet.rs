//! Thousands of modules in one process: what an idle one costs, and what many of them do at once.
//! `docs/fleet.md` explains it.

mod busy;
mod dialogue;
mod dte;
mod echo;
mod idle;
mod options;
mod plot;
mod program;
mod results;
mod stop;

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::cores::{self, Side};
use crate::machine::Machine;
use options::{Options, USAGE};
use results::Results;

/// A run takes no longer.
const LIMIT: Duration = Duration::from_secs(400);

/// `simless-bench fleet`, with the words behind it.
pub(crate) fn main(words: impl Iterator<Item = String>) -> ExitCode {
    let options = match Options::read(words) {
        Ok(options) => options,
        Err(wrong) => {
            eprintln!("simless-bench: {wrong}\n\n{USAGE}");
            return crate::USAGE_ERROR.into();
        }
    };
    if options.help {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match measure(&options).and_then(|results| tell(&options, &results)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simless-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> io::Result<Results> {
    crate::end_after(LIMIT)?;
    raise_open_files()?;
    let cores = cores::count()?;
    cores::bind(Side::Around)?;
    let program = program::find(options.program.as_deref())?;
    let machine = Machine::look();
    let start = Instant::now();
    let extent = options.extent();
    let mut idle = Vec::new();
    for (kind, modules) in &extent.idle {
        idle.push(idle::measure(&program, *kind, *modules, extent.rest)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut busy = vec![Vec::new(); extent.busy.len()];
    for _ in 0..extent.passes {
        for (modules, passes) in extent.busy.iter().zip(&mut busy) {
            passes.push(runtime.block_on(busy::measure(&program, *modules, extent.window))?);
        }
    }
    let mut stop = Vec::new();
    for (modules, links) in &extent.stop {
        for peers in [stop::Peers::Close, stop::Peers::Hold] {
            stop.push(runtime.block_on(stop::measure(&program, *modules, *links, peers))?);
        }
    }
    Ok(Results {
        idle,
        busy: extent.busy.into_iter().zip(busy).collect(),
        stop,
        seconds: start.elapsed().as_secs_f64(),
        cores,
        load: machine.load,
        stolen: machine.stolen_since(),
    })
}

fn tell(options: &Options, results: &Results) -> io::Result<()> {
    match options.json {
        true => println!("{:#}", results.json()),
        false => println!("{}", results.text()),
    }
    if let Some(folder) = &options.into {
        std::fs::write(folder.join("fleet.json"), format!("{:#}\n", results.json()))?;
        std::fs::write(folder.join("fleet.svg"), results.picture())?;
    }
    Ok(())
}

/// A module takes two files here: the DTE's and the server's.
fn raise_open_files() -> io::Result<()> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    Ok(setrlimit(Resource::Nofile, raised)?)
}
