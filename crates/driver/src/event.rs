//! What happened, for the application and for whoever watches.

use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use heapless::Deque;
use simless_at::Registration;

use crate::{ConnectError, Failure, SendFailed};

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step began.
    StepBegan(Step),
    /// A step ended, well or not, after this time.
    StepEnded(Step, Result<(), Failure>, Duration),
    /// It is tried again after this pause.
    Pausing(Duration),
    /// The module is registered like this; it was asked because the flow needs it.
    Registration(Registration),
    /// The connection stands.
    Connected,
    /// The connection was not made.
    Failed(ConnectError),
    /// The module accepted so many bytes: the payload of the send under way.
    Sent(u16),
    /// The send under way failed.
    SendFailed(SendFailed),
    /// The connection ended.
    Closed(Closed),
    /// The module started again. A connection that was wanted is made anew.
    Rebooted,
    /// The answer to [`Driver::resolve`](crate::Driver::resolve); `None`: the name has no address.
    Resolved(Option<IpAddr>),
}

/// A connection that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// How.
    pub how: Ended,
    /// Bytes the module accepted on it.
    pub accepted: u64,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// [`Driver::close`](crate::Driver::close) was called.
    ByUs,
    /// The module said `CLOSED`, or its state shows it: the peer, or the network.
    ByPeer,
    /// The module started again.
    Rebooted,
    /// A block's header lied about its length, or its bytes stopped coming: received data is lost.
    Garbled,
    /// The module answers no more.
    Silent,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByUs => "it was closed",
            Self::ByPeer => "the peer or the network closed it",
            Self::Rebooted => "the module started again",
            Self::Garbled => "received data is lost",
            Self::Silent => "the module answers no more",
        })
    }
}

/// A step on the way to a connection: first the prelude, then the guide's flow (G9.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `AT` until the module answers.
    Wake,
    /// `ATE0`
    EchoOff,
    /// `AT+CIPSTATUS`: from its answer on, question and answer are in step.
    Synchronise,
    /// `AT+CMEE=1`
    ErrorCodes,
    /// `ATI`
    Identify,
    /// `AT+CPIN?`, and the PIN.
    Sim,
    /// `AT+CREG?` until registered.
    Register,
    /// `AT+CIPHEAD=1`
    Headers,
    /// `AT+CIPSHUT`, when the service is in a state that allows no connection.
    Shut,
    /// `AT+CGATT=1` (G9.4.1)
    Attach,
    /// `AT+CGDCONT=1,"IP",…` (G9.4.2)
    Define,
    /// `AT+CGACT=1,1` (G9.4.3)
    Activate,
    /// `AT+CIPSTART=…` (G9.4.4)
    Connect,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wake => "waking the module",
            Self::EchoOff => "switching the echo off",
            Self::Synchronise => "coming into step",
            Self::ErrorCodes => "switching error codes on",
            Self::Identify => "asking for the firmware",
            Self::Sim => "unlocking the SIM",
            Self::Register => "registering",
            Self::Headers => "switching headers on",
            Self::Shut => "shutting the service down",
            Self::Attach => "attaching",
            Self::Define => "defining the context",
            Self::Activate => "activating the context",
            Self::Connect => "connecting",
        })
    }
}

/// Events that wait. An application that does not ask for them loses those that only watch.
pub(crate) struct Events(Deque<Event, 8>);

impl Events {
    pub(crate) const fn new() -> Self {
        Self(Deque::new())
    }

    pub(crate) fn push(&mut self, event: Event) {
        if self.0.is_full() {
            let watches = |event: &Event| {
                matches!(
                    event,
                    Event::StepBegan(_)
                        | Event::StepEnded(..)
                        | Event::Pausing(_)
                        | Event::Registration(_)
                )
            };
            // One goes round: the rest keep their order.
            let mut dropped = false;
            for _ in 0..self.0.len() {
                if let Some(event) = self.0.pop_front() {
                    match !dropped && watches(&event) {
                        true => dropped = true,
                        false => {
                            let _ = self.0.push_back(event);
                        }
                    }
                }
            }
            if !dropped {
                self.0.pop_front();
            }
        }
        // There is room now.
        let _ = self.0.push_back(event);
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.0.pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
