//! What happens to a module by itself, as data: faults that are set from the start, and steps that
//! come at a time, with a command or with a state.
//!
//! A scenario lies inside the module, so that virtual and real time agree about it.

mod cast;
mod step;

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::Fault;

pub(crate) use cast::Cast;
pub use step::{Happening, Step, StepError, Trigger};

/// Everything that happens by itself. By default nothing does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// What chance is drawn from: the same seed and the same inputs give the same session (P37).
    pub seed: u64,
    /// Names with fixed addresses, in any case. The others are looked up.
    pub names: Vec<(String, IpAddr)>,
    /// Faults that are set at power-up.
    pub faults: Vec<Fault>,
    /// What happens later.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// The fixed address of a name.
    pub(crate) fn address_of(&self, name: &str) -> Option<IpAddr> {
        let mut names = self.names.iter();
        names
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, address)| *address)
    }
}
