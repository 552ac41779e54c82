//! The network's answers to the module's procedures, faults included: the gate between the module
//! and the cellular network.

use simless_at::Instant;

use crate::equipment::Equipment;
use crate::fault::Faults;
use crate::{Answer, Cause, Event, FaultKind, Network};

/// What the module asks the network for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Procedure {
    Attach,
    Activate,
}

/// What came of it, when the network answers at all.
pub(crate) type Outcome = Option<Result<(), Cause>>;

impl Equipment {
    /// Takes what the network has answered by now; gives whether anything changed.
    pub(crate) fn advance_bearer(&mut self, now: Instant) -> bool {
        let Self {
            bearer,
            faults,
            network,
            config,
            number,
            ..
        } = self;
        let mut struck = None;
        let changed = bearer.advance(now, &config.timing, network, *number, |procedure| {
            let (outcome, kind) = answer(procedure, network, faults);
            struck = struck.or(kind);
            outcome
        });
        if let Some(kind) = struck {
            self.event(Event::Struck(kind));
        }
        changed
    }
}

/// The answer to a procedure, and the fault that gave it.
fn answer(
    procedure: Procedure,
    network: &Network,
    faults: &mut Faults,
) -> (Outcome, Option<FaultKind>) {
    let (answer, refused) = match procedure {
        Procedure::Attach => (network.attach, Cause::AttachRefused),
        Procedure::Activate => (network.activation, Cause::ActivationRefused),
    };
    let outcome = match answer {
        Answer::Silence => return (None, None),
        Answer::Accept => Ok(()),
        Answer::Refuse => Err(refused),
        Answer::NoCredit => Err(Cause::NoCredit),
    };
    if procedure == Procedure::Attach {
        for (kind, cause) in [
            (FaultKind::NoCredit, Cause::NoCredit),
            (FaultKind::AttachFail, Cause::AttachRefused),
        ] {
            if faults.strikes(kind, |_| true).is_some() {
                return (Some(Err(cause)), Some(kind));
            }
        }
    }
    (Some(outcome), None)
}
