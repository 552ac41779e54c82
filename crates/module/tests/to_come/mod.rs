//! Gates whose faults do nothing yet. Tests of them are written, and wait.

#![allow(dead_code, reason = "every test file uses a part of it")]

use simless_module::{Gate, KINDS, Scenario};

/// Empty when every gate is built: then this file can go, and what asks for it.
pub const GATES_TO_COME: &[Gate] = &[];

/// Whether a fault of such a gate is in it.
pub fn is_in(scenario: &Scenario) -> bool {
    let steps = scenario.steps.iter().filter_map(|step| step.fault.as_ref());
    let mut faults = scenario.faults.iter().chain(steps);
    faults.any(|fault| GATES_TO_COME.contains(&fault.kind.about().gate))
}

/// Whether this kind of fault belongs to such a gate.
pub fn is_kind(name: &str) -> bool {
    let kind = KINDS.iter().find(|kind| kind.name == name);
    kind.is_some_and(|kind| GATES_TO_COME.contains(&kind.gate))
}
