//! The codes the program ends with.

use std::fmt;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use simless_driver::tokio::{LinkError, LinkFailure, ModemError};
use simless_driver::{ConnectError, Ended, Failure, SendFailure};
use simless_runtime::{DialError, OpenError};
use simless_scenario::Contradiction;
use simless_trace::{NotALine, UnknownProfile};

use crate::configuration::Unusable;
use crate::files::TooFew;

/// What was given cannot be used.
pub(crate) const UNUSABLE: u8 = 2;

/// A port cannot be opened, or has failed.
const PORT: u8 = 3;

/// Something did not come in time.
const LATE: u8 = 4;

/// The modem said an error.
pub(crate) const REFUSED: u8 = 5;

/// Ctrl-C: 128 and the number of SIGINT, as a shell says it.
pub(crate) const INTERRUPTED: u8 = 130;

/// A command was not answered in time.
#[derive(Debug)]
pub(crate) struct Late(pub(crate) String, pub(crate) Duration);

/// The port to the module failed in the middle.
#[derive(Debug)]
pub(crate) struct PortFailed(pub(crate) io::Error);

/// The code for an error.
pub(crate) fn code(error: &anyhow::Error) -> ExitCode {
    let is_of_port = error.is::<OpenError>() || error.is::<DialError>() || error.is::<PortFailed>();
    if is_of_port || error.is::<TooFew>() {
        PORT.into()
    } else if error.is::<NotALine>()
        || error.is::<UnknownProfile>()
        || error.is::<Unusable>()
        || error.is::<Contradiction>()
    {
        UNUSABLE.into()
    } else if error.is::<Late>() {
        LATE.into()
    } else if let Some(error) = error.downcast_ref::<ModemError>() {
        modem(error)
    } else if let Some(error) = link_error(error) {
        link(error)
    } else {
        ExitCode::FAILURE
    }
}

fn modem(error: &ModemError) -> ExitCode {
    match error {
        ModemError::Port(_) => PORT.into(),
        ModemError::Busy(_) => ExitCode::FAILURE,
        ModemError::Failed(ConnectError { kind, .. }) => match kind {
            Failure::Silent | Failure::OutOfTime | Failure::NotRegistered(_) => LATE.into(),
            Failure::Refused
            | Failure::NoResponse
            | Failure::NoSim
            | Failure::Pin
            | Failure::SimBlocked
            | Failure::State(_)
            | Failure::Rebooted => REFUSED.into(),
        },
    }
}

fn link_error(error: &anyhow::Error) -> Option<&LinkError> {
    error.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}

fn link(error: &LinkError) -> ExitCode {
    match error.kind {
        LinkFailure::Send(SendFailure::Refused(_)) => REFUSED.into(),
        LinkFailure::Send(SendFailure::NoPrompt | SendFailure::Silent)
        | LinkFailure::Ended(Ended::Silent) => LATE.into(),
        LinkFailure::Port(_) => PORT.into(),
        LinkFailure::Send(_) | LinkFailure::Ended(_) | LinkFailure::Unread(_) => ExitCode::FAILURE,
    }
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(command, timeout) = self;
        let timeout = humantime::format_duration(*timeout);
        write!(
            f,
            "{command} was not answered within {timeout}; --timeout allows more"
        )
    }
}

impl fmt::Display for PortFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the port to the module failed")
    }
}

impl std::error::Error for Late {}

impl std::error::Error for PortFailed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
