//! What somebody outside can do to the module and to the network behind it.

use alloc::boxed::Box;
use alloc::string::String;

use simless_at::Registration;

use crate::{Answer, Cid, Fault, FaultKind, Happening, NetworkChange, SimState};

/// A change from outside: the DTE's plug, the SIM, the network, a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Control {
    /// The DTE hung up: what it was in the middle of ends (guide G5.9). Bytes of it that the module
    /// has not taken yet are offered before, or never.
    DteLeft,
    /// The network and the SIM are otherwise from now on, for what is waiting, too.
    Set(NetworkChange),
    /// A fault is set. One of the same name makes room.
    Fault(Box<Fault>),
    /// The fault of this name is taken away.
    Clear(String),
    /// The module says this URC.
    Urc(String),
    /// The network deactivates a context.
    LoseContext(Cid),
    /// Something happens. When the power goes, bytes that the module has not taken yet are lost
    /// with it: the adapter drops them.
    Happens(Happening),
}

impl Control {
    /// The SIM is in this state from now on.
    pub fn sim(sim: SimState) -> Self {
        Self::Set(NetworkChange {
            sim: Some(sim),
            ..NetworkChange::default()
        })
    }

    /// The network registers the module like this from now on.
    pub fn registration(registration: Registration) -> Self {
        Self::Set(NetworkChange {
            registration: Some(registration),
            ..NetworkChange::default()
        })
    }

    /// The network answers an attach like this from now on.
    pub fn attach(answer: Answer) -> Self {
        Self::Set(NetworkChange {
            attach: Some(answer),
            ..NetworkChange::default()
        })
    }

    /// Whether connections stand only after `COMMAND NO RESPONSE!`, from now on (guide G9.3).
    pub fn late_connect_ok(on: bool) -> Self {
        match on {
            true => Self::fault(FaultKind::LateConnectOk),
            false => Self::clear(FaultKind::LateConnectOk),
        }
    }

    /// A fault of this kind strikes always, from now on.
    pub fn fault(kind: FaultKind) -> Self {
        Fault::new(kind).into()
    }

    /// The fault that has this kind's name is taken away.
    pub fn clear(kind: FaultKind) -> Self {
        Self::Clear(kind.about().name.into())
    }

    /// The network answers an activation like this from now on.
    pub fn activation(answer: Answer) -> Self {
        Self::Set(NetworkChange {
            activation: Some(answer),
            ..NetworkChange::default()
        })
    }
}

impl From<Fault> for Control {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}
