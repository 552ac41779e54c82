//! Verbs that are a host: they have a module at the other end.

use std::time::Duration;

use clap::ArgAction;
use clap::builder::FalseyValueParser;
use simless_driver::{Apn, Host, Pin};
use simless_runtime::Endpoint;

use super::{GivenArgs, usage};

/// Which module it is.
#[derive(clap::Args)]
pub(crate) struct HostArgs {
    /// Where the module is: tcp:HOST:PORT and unix:PATH are connected to, serial:DEV[,BAUD] and
    /// the terminal of pty:PATH are opened. Without it a module of its own is started, which lives
    /// as long as the command.
    #[arg(
        long = "port",
        env = "SIMLESS_PORT",
        hide_env_values = true,
        value_name = "ENDPOINT"
    )]
    pub(crate) endpoint: Option<Endpoint>,

    /// What the module of its own is like.
    #[command(flatten)]
    pub(crate) given: GivenArgs,
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
        if let (Some(endpoint), Some(flag)) = (&self.endpoint, self.given.first_flag()) {
            usage(&format!(
                "{flag} is for a module of its own, but --port names one that is elsewhere; give \
                 {flag} to that one, say simless run --port {endpoint} {flag} …"
            ));
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
