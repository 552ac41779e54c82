//! The command line.
#![allow(
    rustdoc::broken_intra_doc_links,
    reason = "the texts are the program's help"
)]

mod given;
mod host;
mod scenario;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, CommandFactory, Parser, Subcommand, ValueEnum};
use simless_module::Profile;
use simless_runtime::Endpoint;
use simless_scenario::{Configuration, nearest};

pub(crate) use given::GivenArgs;
pub(crate) use scenario::ScenarioVerb;

pub(crate) use host::{AtArgs, HostArgs, NcArgs};

/// What was asked for.
pub(crate) struct Args {
    pub(crate) verb: Verb,
    pub(crate) talk: TalkArgs,
}

impl Args {
    /// Reads the command line and the environment. A mistake ends the program with code 2, a
    /// request for help with 0.
    pub(crate) fn read() -> Self {
        let words: Vec<OsString> = std::env::args_os().collect();
        let mut line = Line::try_parse_from(&words)
            .or_else(|error| read_as_run(&words, error))
            .unwrap_or_else(|error| suggest(error).exit());
        if line.verb.is_none() {
            line = Line::parse_from(words.into_iter().chain(["run".into()]));
        }
        let verb = line.verb.unwrap_or_else(|| usage("no verb was given"));
        if let Verb::Nc(NcArgs { host, .. }) | Verb::At(AtArgs { host, .. }) = &verb {
            host.check();
        }
        Self {
            verb,
            talk: line.talk,
        }
    }
}

/// A GPRS module of the G series in software: AT commands in, real TCP and UDP out.
///
/// Without a verb it is `run`, which takes all its flags here too: without any it is one module on
/// a pseudo-terminal.
#[derive(Parser)]
#[command(name = "simless", version, max_term_width = 90)]
struct Line {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    talk: TalkArgs,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Be a module, on every port that is named.
    Run(RunArgs),
    /// Connect standard input and output to a server, through a module.
    Nc(NcArgs),
    /// Send commands to a module, and print what it answers.
    At(AtArgs),
    /// Play a recorded session again on virtual time, and show where it comes out otherwise.
    Replay(ReplayArgs),
    /// Configurations and presets: check a file, print a preset to copy.
    #[command(subcommand)]
    Scenario(ScenarioVerb),
}

/// How much is said on stderr, and how.
#[derive(clap::Args)]
pub(crate) struct TalkArgs {
    /// Say more: DTEs that come and go (-v), state changes (-vv).
    #[arg(short, long, global = true, env = "SIMLESS_VERBOSE", hide_env_values = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Say nothing but errors.
    #[arg(
        short,
        long,
        global = true,
        env = "SIMLESS_QUIET", hide_env_values = true,
        action = ArgAction::SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) quiet: bool,

    /// Use colors; auto: on a terminal, and unless NO_COLOR is set.
    #[arg(
        long,
        global = true,
        env = "SIMLESS_COLOR",
        hide_env_values = true,
        value_name = "WHEN",
        default_value = "auto"
    )]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(clap::Args)]
pub(crate) struct RunArgs {
    /// Where the DTE finds the module: pty[:LINK], tcp:HOST:PORT (port 0 = any that is free),
    /// unix:PATH,
    /// serial:DEV[,BAUD] or stdio. Each one named is a module of its own; none = one on a PTY.
    #[arg(
        long = "port",
        env = "SIMLESS_PORT",
        hide_env_values = true,
        value_name = "ENDPOINT"
    )]
    ports: Vec<Endpoint>,

    #[command(flatten)]
    pub(crate) given: GivenArgs,

    /// How many modules there are for each --port, each with an IMEI of its own. TCP ports count
    /// on (from 0: any that are free); links and socket files get a number behind their names:
    /// pty:/tmp/modem is /tmp/modem0, /tmp/modem1 and so on. [default: 1]
    #[arg(
        long,
        env = "SIMLESS_COUNT",
        hide_env_values = true,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    count: Option<u16>,

    /// The device to be. [default: kingcom-g3524]
    #[arg(
        long,
        env = "SIMLESS_PROFILE", hide_env_values = true,
        value_name = "NAME",
        value_parser = PossibleValuesParser::new(Profile::ALL.iter().map(|profile| profile.name))
    )]
    profile: Option<String>,

    /// Hold every port to the rate of a serial line, each direction on its own, in bits per second
    /// (8N1: a byte takes ten). A serial device has a rate of its own: serial:DEV,BAUD.
    #[arg(
        long,
        env = "SIMLESS_BAUD",
        hide_env_values = true,
        value_name = "N",
        value_parser = clap::value_parser!(u32).range(300..=4_000_000)
    )]
    baud: Option<u32>,

    /// Write every session to this file: both directions of the port, what happens at the
    /// sockets and inside, with times. As JSON Lines, which `simless replay` plays, when the
    /// name ends in .jsonl, else as text for people. Can be given several times.
    #[arg(
        long = "trace",
        env = "SIMLESS_TRACE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub(crate) traces: Vec<PathBuf>,

    /// Print one JSON object on stdout when ready: where the ports are. With a stdio port it is
    /// the line before the module's first byte.
    #[arg(
        long,
        env = "SIMLESS_JSON", hide_env_values = true,
        action = ArgAction::SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ReplayArgs {
    /// What `simless run --trace FILE.jsonl` wrote.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Print the verdict as one JSON object.
    #[arg(
        long,
        env = "SIMLESS_JSON", hide_env_values = true,
        action = ArgAction::SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) json: bool,
}

impl RunArgs {
    /// What flags say wins over what a configuration says, and is said by it from now on. Denied
    /// destinations stay denied.
    pub(crate) fn win_over(&self, configuration: &mut Configuration) {
        let module = &mut configuration.module;
        if let Some(profile) = &self.profile {
            module.profile = Some(profile.clone());
        }
        if self.baud.is_some() {
            module.baud = self.baud;
        }
        self.given.win_over(configuration);
    }

    /// A port for every module, grouped as they were named.
    pub(crate) fn ports(&self, configuration: &Configuration) -> Vec<Vec<Endpoint>> {
        let mut named: Vec<(Endpoint, u16)> = match self.ports.as_slice() {
            [] => configuration
                .ports
                .iter()
                .filter_map(|port| Some((port.endpoint.parse().ok()?, port.count.unwrap_or(1))))
                .collect(),
            ports => ports.iter().map(|port| (port.clone(), 1)).collect(),
        };
        if named.is_empty() {
            named.push((Endpoint::Pty { link: None }, 1));
        }
        let stdio = named.iter().filter(|(port, _)| *port == Endpoint::Stdio);
        if stdio.count() > 1 {
            usage(
                "standard input and output can serve one module only, but --port stdio was given twice",
            );
        }
        let has_its_own = |(port, _): &(Endpoint, u16)| matches!(port, Endpoint::Serial { .. });
        if self.baud.is_some() && named.iter().all(has_its_own) {
            usage("a serial device has a rate of its own: say --port serial:DEV,BAUD, not --baud");
        }
        let several = named.iter().map(|(port, count)| {
            let count = self.count.unwrap_or(*count);
            port.several(count)
                .unwrap_or_else(|error| usage(&format!("{error} (--count {count})")))
        });
        several.collect()
    }
}

/// `simless --port pty` is `simless run --port pty`.
fn read_as_run(words: &[OsString], error: clap::Error) -> Result<Line, clap::Error> {
    let has_verb = |name: &str| words.iter().skip(1).any(|word| word == name);
    let verbs = Line::command();
    let names_none = !verbs
        .get_subcommands()
        .any(|verb| has_verb(verb.get_name()));
    match words {
        [program, rest @ ..] if error.kind() == ErrorKind::UnknownArgument && names_none => {
            let run = [program.clone(), "run".into()];
            Line::try_parse_from(run.iter().chain(rest))
        }
        _ => Err(error),
    }
}

/// The parser does not see `run` in `rnu`.
fn suggest(mut error: clap::Error) -> clap::Error {
    let verbs = Line::command();
    let verbs: Vec<&str> = verbs
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    if error.kind() == ErrorKind::InvalidSubcommand
        && error.get(ContextKind::SuggestedSubcommand).is_none()
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && let Some(right) = nearest(word, &verbs)
    {
        let right = ContextValue::Strings(vec![right.into()]);
        error.insert(ContextKind::SuggestedSubcommand, right);
    }
    error
}

fn usage(what: &str) -> ! {
    Line::command()
        .error(ErrorKind::ArgumentConflict, what)
        .exit()
}
