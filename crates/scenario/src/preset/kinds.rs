//! A preset for each kind of fault, made from the table of kinds.

use std::borrow::Cow;
use std::fmt::Write;

use simless_module::{FaultKind, Gate, Kind};

use super::Preset;

pub(super) fn preset(kind: &Kind) -> Preset {
    let name = kind.name.replace('_', "-");
    let mut text = format!("# {}\n#\n", kind.about);
    let _ = writeln!(text, "# One fault, at the {}.", place(kind.gate));
    if kind.attributes.is_empty() {
        text += "# It has no attributes.\n";
    } else {
        text += "# Its attributes:\n";
    }
    for attribute in kind.attributes {
        let needed = if attribute.is_needed { " (needed)" } else { "" };
        let _ = writeln!(
            text,
            "#   {:<9} {}{needed}",
            attribute.name, attribute.about
        );
    }
    let _ = write!(
        text,
        "# When, how often and how long: toxicity, after, times and for (docs/scenarios.md).\n\
         \n[[fault]]\ntype = \"{}\"\n{}",
        kind.name,
        example(kind.kind)
    );
    Preset {
        name,
        text: Cow::Owned(text),
    }
}

fn place(gate: Gate) -> &'static str {
    match gate {
        Gate::Wire => "serial line between DTE and module",
        Gate::Command => "commands and their answers",
        Gate::Socket => "connections",
        Gate::Network => "network, the SIM and the power",
    }
}

/// The lines behind the type: what the kind needs, and what lets a host live on.
fn example(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Slicer => "attributes = { size = 1, delay = \"2 ms\" }\n",
        // One byte in a hundred.
        FaultKind::Drop | FaultKind::Corrupt | FaultKind::Repeat | FaultKind::Noise => {
            "toxicity = 0.01\n"
        }
        FaultKind::Stall => "toxicity = 0.01\nattributes = { delay = \"500 ms\" }\n",
        FaultKind::NoFinal => "attributes = { command = \"AT+CIPSEND\" }\n",
        FaultKind::CmeError => "times = 1\nattributes = { command = \"AT+CGACT\", code = 148 }\n",
        FaultKind::NoResponse => "times = 1\nattributes = { command = \"AT+CGACT\" }\n",
        FaultKind::LateOk => {
            "times = 1\nattributes = { command = \"AT+CGATT\", delay = \"40 s\" }\n"
        }
        FaultKind::LateConnectOk => "attributes = { delay = \"5 s\" }\n",
        FaultKind::UrcCollision => {
            "attributes = { urc = \"+CTZV:17/01/08,21:33:19,+02\", place = \"final\" }\n"
        }
        FaultKind::Latency => "attributes = { latency = \"600 ms\", jitter = \"200 ms\" }\n",
        // About what GPRS carries with one time slot.
        FaultKind::Bandwidth => "attributes = { rate = 1200 }\n",
        FaultKind::Timeout => "attributes = { timeout = \"30 s\" }\n",
        FaultKind::ResetPeer => "attributes = { timeout = \"5 s\" }\n",
        FaultKind::SlowClose => "attributes = { delay = \"5 s\" }\n",
        FaultKind::LimitData => "attributes = { bytes = 1000 }\n",
        FaultKind::Loss | FaultKind::Duplicate | FaultKind::Reorder => "toxicity = 0.2\n",
        FaultKind::DnsFail => "attributes = { delay = \"5 s\" }\n",
        FaultKind::PdpDeact | FaultKind::Reset => "after = \"30 s\"\n",
        FaultKind::NoPrompt
        | FaultKind::Down
        | FaultKind::SimAbsent
        | FaultKind::PinLocked
        | FaultKind::CregDenied
        | FaultKind::Searching
        | FaultKind::AttachFail
        | FaultKind::NoCredit => "",
    }
}
