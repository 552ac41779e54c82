//! `simless`: a GPRS module of the G series in software.
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod args;
mod at;
mod configuration;
mod exit;
mod files;
mod given;
mod nc;
mod one_thread;
mod own;
mod ready;
mod replay;
mod run;
mod say;
mod scenario;
mod shortage;
mod signals;
mod watch;

use std::process::ExitCode;

use args::{Args, Verb};
use say::Talk;

fn main() -> ExitCode {
    let args = Args::read();
    let talk = Talk::start(&args.talk);
    let ended = match &args.verb {
        Verb::Run(options) => run::run(options, &talk),
        Verb::Nc(options) => nc::nc(options, &talk),
        Verb::At(options) => at::at(options, &talk),
        Verb::Replay(options) => replay::replay(options),
        Verb::Scenario(verb) => scenario::scenario(verb),
    };
    let code = match ended {
        Ok(code) => code,
        Err(error) => {
            talk.error(format_args!("{error:#}"));
            exit::code(&error)
        }
    };
    talk.finish();
    code
}
