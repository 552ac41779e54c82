//! What somebody outside can do to the module and to the network behind it.

use simless_at::Registration;

use crate::{Answer, Cid, SimState};

/// A change from outside: the DTE's plug, the SIM, the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
pub enum Control {
    /// The DTE hung up: what it was in the middle of ends (guide G5.9). Bytes of it that the module
    /// has not taken yet are offered before, or never.
    DteLeft,
    /// The SIM is in this state from now on.
    Sim(SimState),
    /// The network registers the module like this from now on.
    Registration(Registration),
    /// The network answers an attach like this from now on, one that is waiting included.
    Attach(Answer),
    /// The network answers an activation like this from now on, one that is waiting included.
    Activation(Answer),
    /// The network deactivates a context.
    LoseContext(Cid),
    /// The network detaches the module.
    Detach,
    /// After `COMMAND NO RESPONSE!` a connection attempt lives on (guide G9.3).
    LateConnectOk(bool),
    /// The power goes and comes back. Bytes that the module has not taken yet are lost with it: the
    /// adapter drops them.
    PowerCycle,
}
