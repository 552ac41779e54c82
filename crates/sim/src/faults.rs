//! What goes wrong, and when: each seed draws which classes of faults are on, and each class draws
//! from a stream of its own, so that one that is switched on moves none of the others (P40).

mod at_byte;
mod ghost;
mod menu;
mod module;
mod network;

use std::time::Duration;

use simless_at::{Instant, Registration};
use simless_module::{Answer, Chance, Control, Fault, FaultKind, NetworkChange, SimState};

use crate::oracle::Effect;
use crate::world::{Happens, World};

pub(crate) use at_byte::AtByte;
pub(crate) use ghost::Ghost;
pub use menu::{CLASSES, Class, Group};
pub(crate) use module::URCS;

/// The faults of a seed.
pub(crate) struct Faults {
    on: Vec<Active>,
    /// Bytes on the serial line may be lost or changed until then.
    garbles_until: Instant,
    ghost: Ghost,
    is_over: bool,
}

/// A class that is on.
pub(crate) struct Active {
    class: &'static Class,
    chance: Chance,
    /// About how long it is between two strikes.
    every: u64,
    /// The module's fault that was set last.
    name: String,
    count: u32,
}

impl Faults {
    pub(crate) fn new(plan: &crate::Plan) -> Self {
        let seed = plan.seed;
        let mut swarm = Chance::of(seed, "swarm");
        let part = swarm.within(1..=4);
        let mut on = Vec::new();
        for class in CLASSES {
            // Every class draws, whether it may be on or not.
            let is_drawn = swarm.below(8) < part;
            if is_drawn && !plan.is_calm && (plan.garbles || !class.garbles) {
                let mut chance = Chance::of(seed, class.name);
                on.push(Active {
                    every: chance.within(2..=30) * 60_000,
                    class,
                    chance,
                    name: String::new(),
                    count: 0,
                });
            }
        }
        Self {
            on,
            garbles_until: Instant::ZERO,
            ghost: Ghost::default(),
            is_over: false,
        }
    }

    /// Whether bytes on the serial line may be lost or changed.
    pub(crate) fn garbles(&self, now: Instant) -> bool {
        now < self.garbles_until
    }
}

impl Active {
    fn pause(&mut self) -> Duration {
        Duration::from_millis(self.chance.within(1000..=2 * self.every))
    }
}

impl World {
    pub(crate) fn plan_faults(&mut self) {
        for index in 0..self.faults.on.len() {
            let pause = self.faults.on[index].pause();
            self.agenda.plan(self.now + pause, Happens::Strikes(index));
        }
    }

    /// A class of faults strikes.
    pub(crate) fn strikes(&mut self, index: usize) {
        if self.faults.is_over {
            return;
        }
        let active = &mut self.faults.on[index];
        let pause = active.pause();
        let (class, mut chance) = (active.class, active.chance.clone());
        *self.tally.drawn.entry(class.name).or_default() += 1;
        (class.strike)(self, index, &mut chance);
        self.faults.on[index].chance = chance;
        self.agenda.plan(self.now + pause, Happens::Strikes(index));
    }

    /// Sets a fault in the module, under a name of its own: its draws are no others'. The one the
    /// class set before is taken away.
    pub(crate) fn set_fault(&mut self, index: usize, mut fault: Fault) {
        let active = &mut self.faults.on[index];
        active.count += 1;
        let name = format!("{} {}", active.class.name, active.count);
        let old = std::mem::replace(&mut active.name, name.clone());
        fault.name = name;
        if !old.is_empty() {
            self.control(Control::Clear(old));
        }
        self.control(Control::Fault(fault.into()));
    }

    pub(crate) fn control(&mut self, control: Control) {
        self.module.handle_control(control, self.now);
    }

    /// Bytes on the serial line may be lost or changed for a while.
    pub(crate) fn garbles(&mut self, lasts: Duration) {
        // What is under way then arrives later, and a line that was stopped goes on.
        let until = self.now + lasts + Duration::from_secs(15);
        self.faults.garbles_until = self.faults.garbles_until.max(until);
        self.distrust();
    }

    /// Something is about to happen to the service.
    pub(crate) fn hits(&mut self, effect: Effect) {
        let is_at_rest = self.module.is_at_rest();
        self.listener.states.strikes(effect, is_at_rest);
    }

    /// A fault of the module's struck.
    pub(crate) fn struck(&mut self, kind: FaultKind) {
        match kind {
            FaultKind::Reset => {
                self.commands.restarts();
                self.net.break_all(self.now);
                self.restarts_in_a_payload();
            }
            FaultKind::NoFinal => {
                self.commands.lost();
                self.listener.states.lost();
            }
            FaultKind::Timeout
            | FaultKind::ResetPeer
            | FaultKind::LimitData
            | FaultKind::PdpDeact
            | FaultKind::SimAbsent
            | FaultKind::CregDenied
            | FaultKind::Searching => self.net.break_all(self.now),
            _ => {}
        }
    }

    /// The rest of a payload comes as commands, and what comes back is their echo: it may say
    /// anything.
    pub(crate) fn restarts_in_a_payload(&mut self) {
        if self.app.is_sending() {
            self.distrust();
        }
    }

    /// What a class did to the network ends.
    pub(crate) fn mends(&mut self, _: usize) {
        self.control(Control::Set(NetworkChange {
            sim: Some(SimState::Ready),
            registration: Some(Registration::HOME),
            attach: Some(Answer::Accept),
            activation: Some(Answer::Accept),
            resolve: Some(Duration::ZERO),
            ..NetworkChange::default()
        }));
        self.app.chunk = usize::MAX;
        self.app.pause = Duration::ZERO;
    }

    /// There are no faults any more.
    pub(crate) fn end_faults(&mut self) {
        self.faults.is_over = true;
        for index in 0..self.faults.on.len() {
            let name = std::mem::take(&mut self.faults.on[index].name);
            if !name.is_empty() {
                self.control(Control::Clear(name));
            }
        }
        self.faults.garbles_until = self.now;
        self.faults.ghost = Ghost::default();
        self.serial.at_byte = None;
        self.mends(0);
        self.net.mend();
    }
}
