//! The codes the program ends with.

use std::process::ExitCode;

use simless_runtime::OpenError;
use simless_scenario::Contradiction;
use simless_trace::{NotALine, UnknownProfile};

use crate::configuration::Unusable;
use crate::files::TooFew;

/// What was given cannot be used.
pub(crate) const UNUSABLE: u8 = 2;

/// A port cannot be opened.
const PORT: u8 = 3;

/// Ctrl-C: 128 and the number of SIGINT, as a shell says it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The code for an error.
pub(crate) fn code(error: &anyhow::Error) -> ExitCode {
    if error.is::<OpenError>() || error.is::<TooFew>() {
        PORT.into()
    } else if error.is::<NotALine>()
        || error.is::<UnknownProfile>()
        || error.is::<Unusable>()
        || error.is::<Contradiction>()
    {
        UNUSABLE.into()
    } else {
        ExitCode::FAILURE
    }
}
