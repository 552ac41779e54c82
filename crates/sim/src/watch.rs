//! Who watches the module: what struck and what was dropped; and, when asked for, every step.

use simless_at::{Instant, IpState};
use simless_module::{Dropped, Event, FaultKind, Snapshot};
use simless_trace::{Line, Observed, Observer, Record, Step};

/// The module, watched.
pub(crate) type Watched = Observed<Watch>;

/// What happened in the module since it was looked at.
#[derive(Default)]
pub(crate) struct Watch {
    pub(crate) struck: Vec<FaultKind>,
    pub(crate) has_lost_unsent: bool,
    pub(crate) has_lost_context: bool,
    /// The session, when it is wanted.
    pub(crate) trace: Option<Vec<Line>>,
}

impl Observer for Watch {
    fn event(&mut self, event: &Event, _: &Snapshot<'_>) {
        match event {
            Event::Struck(kind) => self.struck.push(*kind),
            Event::Dropped(Dropped::Unsent) => self.has_lost_unsent = true,
            Event::State(IpState::PdpDeact) => self.has_lost_context = true,
            _ => {}
        }
    }

    fn wants_steps(&self) -> bool {
        self.trace.is_some()
    }

    fn step(&mut self, at: Instant, step: Step) {
        if let Some(trace) = &mut self.trace {
            trace.push(Line::Record(Record {
                t: at.as_micros(),
                modem: 0,
                step,
            }));
        }
    }
}
