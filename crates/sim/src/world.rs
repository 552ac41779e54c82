//! Everything on one virtual clock: driver, serial line, module, network, application and faults.

use simless_at::Instant;
use simless_driver::Driver;
use simless_module::{Module, SocketId};
use simless_trace::Line;

use crate::agenda::Agenda;
use crate::app::App;
use crate::faults::Faults;
use crate::modem::{Around, Modem};
use crate::net::Net;
use crate::oracle::{Commands, Finding, Listener, Violation};
use crate::plan::Plan;
use crate::serial::Serial;
use crate::tally::Tally;

/// Everything on one virtual clock.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) now: Instant,
    pub(crate) agenda: Agenda<Happens>,
    pub(crate) driver: Driver,
    pub(crate) serial: Serial,
    pub(crate) module: Modem,
    pub(crate) net: Net,
    pub(crate) app: App,
    pub(crate) faults: Faults,
    pub(crate) listener: Listener,
    pub(crate) commands: Commands,
    /// Whether the serial line was whole since the connection began: otherwise no more can be asked
    /// of streams and lines than that everything ends.
    pub(crate) is_trusted: bool,
    pub(crate) tally: Tally,
    pub(crate) violation: Option<Violation>,
    pub(crate) is_over: bool,
}

/// What is planned.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happens {
    /// The application acts.
    App,
    /// The application takes what it has in its hands.
    Read,
    /// An attempt comes to its end.
    Connects(SocketId),
    Resolved(SocketId, bool),
    /// A server answers a FIN.
    Ends(SocketId),
    /// A server goes on reading, or something of the module's is due.
    Look,
    /// A class of faults strikes.
    Strikes(usize),
    /// What it did to the network ends.
    Mends(usize),
    /// The outcome of an attempt that was given up comes.
    Ghost,
    /// From now on there are no faults.
    Last,
}

/// Turns of a round.
const TURNS: u32 = 5;

/// Rounds that one moment may take: more never come to rest (P3). A reader that had stopped, on a
/// network that hands out a byte at a time, took more than a hundred thousand once (seed 13762).
const MOST_ROUNDS: u32 = 1_000_000;

/// Rounds that an hour may take (P3).
const MOST_ROUNDS_PER_HOUR: u64 = 4_000_000;

impl World {
    pub(crate) fn new(plan: Plan, traces: bool, around: Option<Around>) -> Self {
        let config = plan.config();
        let trace = traces.then(|| vec![Line::Header(plan.header())]);
        let mut world = Self {
            now: Instant::ZERO,
            agenda: Agenda::new(),
            driver: Driver::new(plan.settings()),
            serial: Serial::new(),
            module: Modem::new(Module::new(config.into()), trace, around),
            net: Net::new(plan.seed, plan.tape()),
            app: App::new(plan.seed),
            faults: Faults::new(&plan),
            listener: Listener::new(),
            commands: Commands::default(),
            is_trusted: true,
            tally: Tally::default(),
            violation: None,
            is_over: false,
            plan,
        };
        world.agenda.plan(Instant::ZERO, Happens::App);
        world.agenda.plan(world.plan.quiet_at(), Happens::Last);
        world.plan_faults();
        world
    }

    /// Until everything is done, or something does not hold.
    pub(crate) fn run(&mut self) {
        let mut hour = (0, 0);
        while !self.is_over && self.violation.is_none() {
            self.settle();
            let next = Instant::first_of([
                self.agenda.next_at(),
                self.driver.poll_timeout(),
                self.module.poll_timeout(),
            ]);
            let Some(next) = next else {
                return self.find(("P3", "nothing more happens".into()));
            };
            self.now = self.now.max(next);
            let (began, rounds) = hour;
            let this = self.now.as_micros() / 3_600_000_000;
            if this != began {
                hour = (this, self.tally.rounds);
            } else if self.tally.rounds - rounds > MOST_ROUNDS_PER_HOUR {
                return self.find(("P3", "too much work for an hour".into()));
            }
            if let Some(event) = self.agenda.pop(self.now) {
                self.happens(event);
            }
        }
    }

    fn happens(&mut self, event: Happens) {
        match event {
            Happens::App => self.act(),
            Happens::Read => self.app.lets_go(),
            Happens::Connects(id) => self.connects(id),
            Happens::Resolved(id, is_known) => self.resolved(id, is_known),
            Happens::Ends(id) => self.ends(id),
            Happens::Look => {}
            Happens::Strikes(class) => self.strikes(class),
            Happens::Mends(class) => self.mends(class),
            Happens::Ghost => self.ghost_comes(),
            Happens::Last => self.last_phase(),
        }
    }

    /// Does all that is due at this moment: everybody in turn, until nobody does anything.
    fn settle(&mut self) {
        let mut idle = 0;
        for turn in 0..MOST_ROUNDS * TURNS {
            let moved = match turn % TURNS {
                0 => self.serve_driver(),
                1 => self.offer_to_module(),
                2 => self.module.handle_timeout(self.now),
                3 => self.serve_network(),
                _ => self.offer_to_driver(),
            };
            self.tally.rounds += u64::from(turn % TURNS == 0);
            idle = if moved { 0 } else { idle + 1 };
            if idle == TURNS || self.violation.is_some() {
                self.look();
                return;
            }
        }
        self.find(("P3", "a moment that never comes to rest".into()));
    }

    /// What happened in the module.
    fn look(&mut self) {
        let watch = self.module.watch();
        let has_lost = std::mem::take(&mut watch.has_lost);
        let mut struck = std::mem::take(&mut watch.struck);
        for kind in struck.drain(..) {
            self.tally.strikes(kind.about().name);
            self.struck(kind);
        }
        self.module.watch().struck = struck;
        if has_lost {
            self.net.break_all(self.now);
        }
        self.tidy();
    }

    pub(crate) fn find(&mut self, (property, seen): Finding) {
        self.module
            .remark(self.now, || format!("violation: {property}: {seen}"));
        self.violation.get_or_insert(Violation {
            at: self.now,
            property,
            seen,
        });
    }

    /// Bytes were lost or changed on the serial line.
    pub(crate) fn distrust(&mut self) {
        self.is_trusted = false;
        for peer in &mut self.net.peers {
            peer.is_trusted = false;
        }
    }

    /// Something that need not hold on a line that loses bytes.
    pub(crate) fn find_if_trusted(&mut self, finding: Finding) {
        if self.is_trusted {
            self.find(finding);
        }
    }
}
