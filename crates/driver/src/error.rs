//! What can go wrong, typed.

use core::fmt;
use core::time::Duration;

use simless_at::{Cme, Final, IpState, Registration};

use crate::{Ended, Step};

/// Why a connection was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectError {
    /// The step that failed last.
    pub step: Step,
    /// How it failed.
    pub kind: Failure,
    /// How long that step took.
    pub took: Duration,
    /// The last final result the module gave in it.
    pub said: Option<Final>,
}

/// How a step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The module said so; `said` has the words.
    Refused,
    /// It said nothing in time.
    Silent,
    /// `COMMAND NO RESPONSE!`: the network is so poor that the module gave up (guide G9.3).
    NoResponse,
    /// There is no SIM.
    NoSim,
    /// The SIM waits for a PIN, and none was given or the one given is wrong.
    Pin,
    /// The SIM waits for its PUK, or for something else that only a person can give.
    SimBlocked,
    /// The module is not registered with a network.
    NotRegistered(Registration),
    /// The service is in this state, where it should not be.
    State(IpState),
    /// The module started again.
    Rebooted,
    /// The total time was over.
    OutOfTime,
}

/// One of the five causes of `+CME ERROR: 50` (guide G9.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PossibleCause {
    /// G9.2.1: the SIM has no credit.
    NoCredit,
    /// G9.2.2: the server does not listen.
    NotListening,
    /// G9.2.3: other network trouble.
    Network,
    /// G9.2.4: the name does not resolve.
    NotResolved,
    /// G9.2.5: the state did not allow it.
    State,
}

impl ConnectError {
    /// What may be behind it. `+CME ERROR: 50` does not say which of them it is, and neither does
    /// the driver (H13).
    pub fn possible_causes(&self) -> &'static [PossibleCause] {
        use PossibleCause::{Network, NoCredit, NotListening, NotResolved, State};
        match (self.step, self.said) {
            (Step::Connect, Some(Final::Cme(Cme::FAILED))) => {
                &[NoCredit, NotListening, Network, NotResolved, State]
            }
            (Step::Attach | Step::Activate, Some(Final::Cme(Cme::FAILED))) => &[NoCredit, Network],
            (_, Some(Final::NoResponse)) => &[Network],
            _ => &[],
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            step, kind, took, ..
        } = self;
        write!(f, "{step} failed after {} ms: ", took.as_millis())?;
        match kind {
            Failure::Refused => f.write_str("the module refused")?,
            Failure::Silent => f.write_str("the module did not answer in time")?,
            Failure::NoResponse => f.write_str("the network did not answer the module")?,
            Failure::NoSim => f.write_str("there is no SIM")?,
            Failure::Pin => f.write_str("the SIM wants a PIN, or another one")?,
            Failure::SimBlocked => f.write_str("the SIM is blocked")?,
            Failure::NotRegistered(stat) => {
                write!(f, "not registered with a network (stat {})", stat.0)?;
            }
            Failure::State(state) => write!(f, "the service is in state {state}")?,
            Failure::Rebooted => f.write_str("the module started again")?,
            Failure::OutOfTime => f.write_str("the total time was over")?,
        }
        match self.said {
            Some(said) if !said.is_success() => write!(f, "; it said {}", Words(said)),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for ConnectError {}

/// A final result for people.
struct Words(Final);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Final::Cme(code) => {
                write!(f, "+CME ERROR: {}", code.0)?;
                match code.text() {
                    Some(text) => write!(f, " ({text})"),
                    None => Ok(()),
                }
            }
            Final::NoResponse => f.write_str("COMMAND NO RESPONSE!"),
            Final::Error => f.write_str("ERROR"),
            _ => f.write_str("OK"),
        }
    }
}

/// Why `connect` or `resolve` was not even begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyError {
    /// Something else is under way.
    Busy,
    /// A connection stands already.
    Connected,
}

/// Why a payload was refused before a byte of it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Something else is under way.
    Busy,
    /// No connection stands.
    NotConnected,
    /// There is nothing in it (guide G5.4).
    Empty,
    /// It has more than this many bytes (guide G5.6).
    TooLong(u16),
    /// The byte at this place can't travel in the Ctrl+Z form (L6).
    Unsendable(usize),
}

/// A send that failed on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendFailed {
    /// How it failed.
    pub kind: SendFailure,
    /// Bytes of this connection that the module is known to have accepted: those under `OK`.
    pub accepted: u64,
    /// Bytes it may have accepted without saying so, or may take something else for, because it
    /// does not give their entry up. They are never sent again by themselves.
    pub in_doubt: u16,
}

/// How a send failed on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// The module said so.
    Refused(Final),
    /// The connection ended.
    Closed,
    /// The prompt did not come.
    NoPrompt,
    /// The final result did not come.
    Silent,
    /// The module started again.
    Rebooted,
    /// It was given up: [`Driver::abandon_send`](crate::Driver::abandon_send).
    Abandoned,
    /// The received bytes were out of step.
    Garbled,
}

/// Why a connection can't be read from or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It ended like this.
    Ended(Ended),
    /// A send failed. A stream can't be written to after that: bytes of it are missing.
    Send(SendFailed),
    /// The payload can't be sent. Nothing of it was.
    Refused(SendError),
    /// Received data fill the buffer, and what is waited for may stand behind them. Nothing is lost:
    /// read, and ask again.
    Unread,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(how) => write!(f, "the connection ended: {how}"),
            Self::Send(failed) => write!(f, "a send failed: {failed}"),
            Self::Refused(refused) => refused.fmt(f),
            Self::Unread => f.write_str("received data fill the buffer: they must be read first"),
        }
    }
}

impl core::error::Error for LinkError {}

impl fmt::Display for BusyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "something else is under way",
            Self::Connected => "a connection stands already",
        })
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("something else is under way"),
            Self::NotConnected => f.write_str("no connection stands"),
            Self::Empty => f.write_str("the payload is empty"),
            Self::TooLong(limit) => write!(f, "the payload has more than {limit} bytes"),
            Self::Unsendable(at) => {
                write!(f, "byte {at} of the payload would end or change it")
            }
        }
    }
}

impl fmt::Display for SendFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            SendFailure::Refused(said) => write!(f, "the module refused: {}", Words(said))?,
            SendFailure::Closed => f.write_str("the connection ended")?,
            SendFailure::NoPrompt => f.write_str("the module gave no prompt")?,
            SendFailure::Silent => f.write_str("the module gave no result")?,
            SendFailure::Rebooted => f.write_str("the module started again")?,
            SendFailure::Abandoned => f.write_str("it was given up")?,
            SendFailure::Garbled => f.write_str("what the module said was out of step")?,
        }
        let Self {
            accepted, in_doubt, ..
        } = self;
        write!(f, "; {accepted} bytes are accepted, {in_doubt} in doubt")
    }
}

impl core::error::Error for BusyError {}
impl core::error::Error for SendError {}
impl core::error::Error for SendFailed {}
