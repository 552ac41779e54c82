//! What the driver is in the middle of, and what it knows.

use core::time::Duration;

use heapless::String;
use simless_at::{Final, Instant, Registration};

use crate::send::Sending;
use crate::{ConnectError, Failure, Step, Target};

/// What the driver is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Nothing: a connection stands, or none is wanted.
    Nothing,
    /// A step: its command is under way, or will be said again.
    Step(Step),
    /// `AT+CIPSTART` was answered; what becomes of it is waited for.
    Outcome,
    /// `CONNECT OK` may be a cancelled attempt's: the state is asked for.
    Verify,
    /// A step failed; its undo is under way.
    Undo(Step),
    /// The state is asked for, to know where to go on.
    Check(Step),
    /// This step is tried after a pause.
    Pause(Step),
    Send(Sending),
    /// The state is asked for, to know whether a connection still stands.
    Doubt,
    Resolve,
    Close,
    /// The connection is lost to us, and nothing can be said until the line is quiet, and until no
    /// payload can be waited for.
    Quiet,
}

/// What an attempt is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    Connection,
    /// The address of the target's host: the flow is left before its last step.
    Address,
}

/// The way to a connection.
pub(crate) struct Attempt {
    pub(crate) goal: Goal,
    pub(crate) target: Option<Target>,
    /// When `connect` fails at the latest; `None` while no connection is being made.
    pub(crate) until: Option<Instant>,
    pub(crate) failures: u8,
    /// How many `AT` the step that wakes the module has said.
    pub(crate) probes: u8,
    pub(crate) step: Step,
    /// When the step began.
    pub(crate) began: Instant,
    /// How the last step that failed did.
    pub(crate) failed: ConnectError,
    /// The last final result of the step.
    pub(crate) said: Option<Final>,
    /// The registration that was told last.
    pub(crate) registration: Option<Registration>,
    /// `CONNECT OK` came before the result of `AT+CIPSTART`.
    pub(crate) is_early: bool,
    /// It shall be closed as soon as that can be.
    pub(crate) closes: bool,
}

/// The connection.
pub(crate) struct Link {
    pub(crate) stands: bool,
    /// Bytes under `OK`.
    pub(crate) accepted: u64,
    /// An earlier attempt was given up without an outcome, so that it may still come (H14).
    pub(crate) has_ghost: bool,
    /// It is over for us, and the module may still have it and deliver what comes.
    pub(crate) lingers: bool,
}

/// What is known of the module.
pub(crate) struct Known {
    /// The prelude was passed.
    pub(crate) is_ready: bool,
    /// It echoes no more; if it does, it started again.
    pub(crate) echo_is_off: bool,
    /// The service is in a state that allows no connection.
    pub(crate) needs_shut: bool,
    pub(crate) pin: PinTried,
    pub(crate) firmware: String<48, u8>,
}

/// A PIN is tried once: three wrong ones block a SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinTried {
    No,
    Yes,
    Worked,
}

impl Attempt {
    pub(crate) const NONE: Self = Self {
        goal: Goal::Connection,
        target: None,
        until: None,
        failures: 0,
        probes: 0,
        step: Step::Wake,
        began: Instant::ZERO,
        failed: ConnectError {
            step: Step::Wake,
            kind: Failure::Silent,
            took: Duration::ZERO,
            said: None,
        },
        said: None,
        registration: None,
        is_early: false,
        closes: false,
    };
}

impl Link {
    pub(crate) const NONE: Self = Self {
        stands: false,
        accepted: 0,
        has_ghost: false,
        lingers: false,
    };
}

impl Known {
    pub(crate) const NOTHING: Self = Self {
        is_ready: false,
        echo_is_off: false,
        needs_shut: false,
        pin: PinTried::No,
        firmware: String::new(),
    };
}
