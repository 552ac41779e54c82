//! Verbs that are a host: they have a module at the other end.

use std::time::Duration;

use clap::ArgAction;
use clap::builder::FalseyValueParser;
use simless_driver::{Apn, Host, Pin};
use simless_runtime::{Endpoint, Policy, Rule};
use simless_scenario::Configuration;

use super::{GivenArgs, TimingArg, usage};

/// Which module it is.
#[derive(clap::Args)]
pub(crate) struct HostArgs {
    /// Where the module is: tcp:HOST:PORT and unix:PATH are connected to, serial:DEV[,BAUD] and
    /// the terminal of pty:PATH are opened. Without it a module of its own is started, which lives
    /// as long as the command.
    #[arg(
        long = "port",
        id = "endpoint",
        env = "SIMLESS_PORT",
        hide_env_values = true,
        value_name = "ENDPOINT"
    )]
    pub(crate) endpoint: Option<Endpoint>,

    #[command(flatten)]
    pub(crate) own: OwnArgs,
}

/// What the module of its own is like. All that a run can be given about a module belongs here.
#[derive(clap::Args)]
pub(crate) struct OwnArgs {
    /// How long things take in the module of its own: no time at all, or as long as on a real
    /// network.
    #[arg(
        long,
        env = "SIMLESS_TIMING",
        hide_env_values = true,
        conflicts_with = "endpoint"
    )]
    timing: Option<TimingArg>,

    #[command(flatten)]
    pub(crate) given: GivenArgs,

    /// Let the module of its own connect to these addresses and no others, as in `run`.
    #[arg(
        long,
        env = "SIMLESS_ALLOW",
        hide_env_values = true,
        value_name = "RULE",
        value_delimiter = ',',
        conflicts_with = "endpoint"
    )]
    allow: Vec<Rule>,

    /// Never let it connect to these, as in `run`.
    #[arg(
        long,
        env = "SIMLESS_DENY",
        hide_env_values = true,
        value_name = "RULE",
        value_delimiter = ',',
        conflicts_with = "endpoint"
    )]
    deny: Vec<Rule>,
}

#[derive(clap::Args)]
pub(crate) struct NcArgs {
    /// The server's name or address. The module looks a name up.
    #[arg(value_name = "HOST", value_parser = Host::new)]
    pub(crate) server: Host,

    /// The server's port.
    #[arg(value_name = "PORT")]
    pub(crate) server_port: u16,

    /// Send datagrams: each read of standard input is one, of at most 1460 bytes, and each one
    /// that comes is one write.
    #[arg(
        short,
        long,
        env = "SIMLESS_UDP", hide_env_values = true,
        action = ArgAction::SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) udp: bool,

    #[command(flatten)]
    pub(crate) host: HostArgs,

    /// How long nothing must have come after the end of input until the connection is closed.
    /// These modules can't close one direction alone.
    #[arg(
        long,
        env = "SIMLESS_LINGER",
        hide_env_values = true,
        value_name = "TIME",
        default_value = "2s",
        value_parser = time
    )]
    pub(crate) linger: Duration,

    /// The access point of the network.
    #[arg(
        long,
        env = "SIMLESS_APN",
        hide_env_values = true,
        value_name = "NAME",
        default_value = "CMNET",
        value_parser = Apn::new
    )]
    pub(crate) apn: Apn,

    /// The PIN of the SIM. It is tried once.
    #[arg(
        long,
        env = "SIMLESS_PIN",
        hide_env_values = true,
        value_name = "PIN",
        value_parser = Pin::new
    )]
    pub(crate) pin: Option<Pin>,

    /// How often something may fail on the way before it is given up.
    #[arg(
        long,
        env = "SIMLESS_ATTEMPTS",
        hide_env_values = true,
        value_name = "N",
        default_value_t = 3,
        value_parser = clap::value_parser!(u8).range(1..)
    )]
    pub(crate) attempts: u8,
}

#[derive(clap::Args)]
pub(crate) struct AtArgs {
    /// The commands, each a line of its own. The first one that fails ends it.
    #[arg(value_name = "COMMAND", required = true, value_parser = command)]
    pub(crate) commands: Vec<String>,

    #[command(flatten)]
    pub(crate) host: HostArgs,

    /// How long to listen for unsolicited codes after each answer.
    #[arg(
        long,
        env = "SIMLESS_WAIT",
        hide_env_values = true,
        value_name = "TIME",
        default_value = "200ms",
        value_parser = time
    )]
    pub(crate) wait: Duration,

    /// How long an answer may take.
    #[arg(
        long,
        env = "SIMLESS_TIMEOUT",
        hide_env_values = true,
        value_name = "TIME",
        default_value = "60s",
        value_parser = time
    )]
    pub(crate) timeout: Duration,

    /// Print one JSON object per command, on a line.
    #[arg(
        long,
        env = "SIMLESS_JSON", hide_env_values = true,
        action = ArgAction::SetTrue,
        value_parser = FalseyValueParser::new()
    )]
    pub(crate) json: bool,
}

impl HostArgs {
    pub(super) fn check(&self) {
        if let Some(endpoint @ (Endpoint::Stdio | Endpoint::Pty { link: None })) = &self.endpoint {
            usage(&format!(
                "'{endpoint}' names no module to talk to; write --port pty:PATH, \
                 serial:DEV[,BAUD], tcp:HOST:PORT or unix:PATH, or leave --port out"
            ));
        }
    }
}

impl OwnArgs {
    /// What flags say wins over what a configuration says.
    pub(crate) fn win_over(&self, configuration: &mut Configuration) {
        if let Some(timing) = self.timing {
            configuration.module.timing = Some(timing.name());
        }
        self.given.win_over(configuration);
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy {
            allow: self.allow.clone(),
            deny: self.deny.clone(),
        }
    }
}

fn time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|_| "a time is written 500ms, 2s or 1m".into())
}

/// A command is one line of printable ASCII: what ends a line would make two of it.
fn command(text: &str) -> Result<String, String> {
    let is_printable = |c: char| c == ' ' || c.is_ascii_graphic();
    match text.chars().find(|c| !is_printable(*c)) {
        Some(c) => Err(format!("{c:?} can't stand in a command")),
        None if !text
            .get(..2)
            .is_some_and(|at| at.eq_ignore_ascii_case("AT")) =>
        {
            Err("a command begins with AT".into())
        }
        None => Ok(text.into()),
    }
}
