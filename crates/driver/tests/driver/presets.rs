//! The driver under every preset: it gets through those that a host can get through, and says what
//! is wrong about the others. `docs/presets.md` is made of what is seen here.
//!
//! covers: H3 H5 H6 H7 H14 H15 H16 H18 H21 G9.2 G9.3 G9.4 G9.5 L1 L2

mod table;

use std::collections::BTreeSet;

use simless_at::{Final, Registration};
use simless_driver::{Ended, Failure, Pin, SendFailure, SendForm, Settings, Step};
use simless_module::{Config, KINGCOM_G3524, Network, Scenario, Timing, Transport};
use simless_scenario::Preset;

use crate::page;
use crate::pair::{seconds, settings};
use crate::session::{Connect, Session, Story, TOTAL};

/// What must come of a preset.
struct Row {
    preset: &'static str,
    /// How the driver is set, where that is not the default.
    given: Option<Given>,
    over: Transport,
    outcome: Outcome,
}

type Given = (&'static str, fn(&mut Settings));

#[derive(Clone, Copy)]
enum Outcome {
    /// Each connect stands within so many seconds, and all bytes go through both ways.
    Survives(u64),
    /// Each connect stands within so many seconds, and these losses are told. What did go through is
    /// right.
    Loses(u64, &'static [Loss]),
    /// Each connect fails like this, within so many seconds.
    Fails(Step, Failure, u64),
    /// The line changes bytes, payload among them, which nobody can tell: everything ends in time,
    /// and all is well again when the line is.
    Garbles,
}

/// Something that the application is told, or misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    Send(SendFailure),
    Link(Ended),
    /// Bytes that were under way when a connection broke; or datagrams, in number or order.
    Bytes,
}

use Ended::{ByPeer, Rebooted};
use Loss::{Bytes, Link, Send};
use Outcome::{Fails, Garbles, Loses, Survives};

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("stuck-attach",      Survives(60)),
    row("late-ok",           Survives(60)),
    row("no-response",       Survives(60)),
    row("cme-error",         Survives(15)),
    row("urc-in-the-middle", Survives(15)),
    row("urc-collision",     Survives(15)),
    row("slow-boot",         Survives(30)),
    row("slicer",            Survives(15)),
    row("stall",             Survives(60)),
    row("latency",           Survives(15)),
    row("bandwidth",         Survives(15)),
    row("slow-close",        Survives(15)),

    row("context-dies",      Loses(15, &[Link(ByPeer)])),
    row("pdp-deact",         Loses(15, &[Link(ByPeer)])),
    row("server-resets",     Loses(15, &[Link(ByPeer)])),
    row("reset-peer",        Loses(15, &[Link(ByPeer)])),
    row("limit-data",        Loses(15, &[Link(ByPeer)])),
    row("timeout",           Loses(15, &[Link(ByPeer), Bytes])),
    row("reset",             Loses(15, &[Send(SendFailure::Rebooted), Link(Rebooted), Bytes])),
    row("brownout",          Loses(25, &[Send(SendFailure::Rebooted), Link(Rebooted)])),
    row("no-prompt",         Loses(15, &[Send(SendFailure::Refused(Final::Error))])),
    row("no-prompt",         Loses(15, &[Send(SendFailure::NoPrompt)]))
        .given("`SendForm::CtrlZ`", |settings| {
            settings.send_form = SendForm::CtrlZ { refuses_nul: false, refuses_backspace: false };
        }),
    row("no-final",          Loses(15, &[Send(SendFailure::Silent)])),
    row("loss",              Loses(15, &[Bytes])).over_udp(),
    row("duplicate",         Loses(15, &[Bytes])).over_udp(),
    row("reorder",           Loses(15, &[Bytes])).over_udp(),

    row("no-credit",         Fails(Step::Attach, Failure::Refused, 60)),
    row("attach-fail",       Fails(Step::Attach, Failure::Refused, 60)),
    row("dns-fail",          Fails(Step::Connect, Failure::Refused, 90)),
    row("down",              Fails(Step::Connect, Failure::Silent, 240)),
    row("poor-network",      Fails(Step::Connect, Failure::Silent, 240)),
    row("poor-network",      Survives(60)).given("`patience.step` 60 s", patient),
    row("late-connect-ok",   Fails(Step::Connect, Failure::Silent, 240)),
    row("late-connect-ok",   Survives(60)).given("`patience.step` 60 s", patient),
    row("creg-denied",       Fails(Step::Register, Failure::NotRegistered(Registration::DENIED), 420)),
    row("searching",         Fails(Step::Register, Failure::NotRegistered(Registration::SEARCHING), 420)),
    row("sim-absent",        Fails(Step::Sim, Failure::NoSim, 1)),
    row("pin-locked",        Fails(Step::Sim, Failure::Pin, 1)),
    row("pin-locked",        Survives(15)).given("the PIN", |settings| settings.pin = Pin::new("1234").ok()),

    row("flaky-line",        Garbles),
    row("drop",              Garbles),
    row("corrupt",           Garbles),
    row("repeat",            Garbles),
    row("noise",             Garbles),
];

const fn row(preset: &'static str, outcome: Outcome) -> Row {
    Row {
        preset,
        given: None,
        over: Transport::Tcp,
        outcome,
    }
}

fn patient(settings: &mut Settings) {
    settings.patience.step = seconds(60);
}

/// A session that was played.
struct Played {
    story: Story,
    /// The same again, when nothing is wrong any more.
    mended: Option<Story>,
    /// Whether it came to what must come of it.
    comes: Result<(), String>,
}

impl Row {
    const fn given(mut self, words: &'static str, set: fn(&mut Settings)) -> Self {
        self.given = Some((words, set));
        self
    }

    const fn over_udp(mut self) -> Self {
        self.over = Transport::Udp;
        self
    }

    /// What is drawn by chance shows in many sessions.
    fn seeds(&self) -> u64 {
        match self.outcome {
            Garbles => 40,
            _ => 8,
        }
    }

    fn session(&self, timing: Timing, seed: u64) -> Session {
        let mut config = Config {
            profile: KINGCOM_G3524,
            timing,
            network: Network::default(),
            scenario: Scenario {
                seed,
                ..Scenario::default()
            },
        };
        let preset = Preset::named(self.preset).unwrap();
        preset.configuration().apply(&mut config).unwrap();
        let mut settings = settings();
        settings.seed = seed;
        if let Some((_, set)) = self.given {
            set(&mut settings);
        }
        Session::new(settings, config, self.over)
    }

    /// A session.
    fn play(&self, timing: Timing, seed: u64) -> Played {
        let mut session = self.session(timing, seed);
        let story = session.run();
        let comes = match self.outcome {
            Survives(within) => stands(&story, within, &[]),
            Loses(within, losses) => stands(&story, within, losses),
            Fails(step, failure, within) => fails(&story, (step, failure), within),
            Garbles => Ok(()),
        };
        let mended = match self.outcome {
            Fails(..) | Garbles => Some(session.mended()),
            _ => None,
        };
        let comes = comes.and_then(|()| match &mended {
            Some(mended) => stands(mended, 60, &[]),
            None => Ok(()),
        });
        Played {
            story,
            mended,
            comes,
        }
    }
}

fn stands(story: &Story, within: u64, losses: &[Loss]) -> Result<(), String> {
    if let Some(wrong) = story.wrong.first() {
        return Err(wrong.clone());
    }
    for connect in &story.connects {
        match connect.result {
            Err(error) => return Err(error.to_string()),
            Ok(()) if connect.took > seconds(within) => {
                return Err(format!("connected after {:?}", connect.took));
            }
            Ok(()) => {}
        }
    }
    match losses_of(story).iter().find(|loss| !losses.contains(loss)) {
        Some(loss) => Err(format!("{loss:?}")),
        None if story.sends.len() < 13 => Err("sends are missing".into()),
        None => Ok(()),
    }
}

fn fails(story: &Story, how: (Step, Failure), within: u64) -> Result<(), String> {
    let is_as_told = |connect: &Connect| {
        let is_in_time = connect.took <= seconds(within).min(TOTAL);
        is_in_time
            && connect
                .result
                .is_err_and(|error| (error.step, error.kind) == how)
    };
    match story.connects.iter().find(|connect| !is_as_told(connect)) {
        Some(connect) => Err(format!("{connect:?}")),
        None if story.connects.len() == 2 => Ok(()),
        None => Err("it was not tried twice".into()),
    }
}

fn losses_of(story: &Story) -> Vec<Loss> {
    let sends = story.sends.iter().filter_map(|(_, send)| send.err());
    let ends = story.ends.iter().map(|closed| Link(closed.how));
    let bytes = (story.missing > 0).then_some(Bytes);
    sends
        .map(|failed| Send(failed.kind))
        .chain(ends)
        .chain(bytes)
        .collect()
}

/// The sessions of a row; what is not as it stands there.
fn play_all(row: &Row, timing: Timing, wrong: &mut Vec<String>) -> Vec<Played> {
    let sessions = (0..row.seeds()).map(|seed| row.play(timing, seed));
    let sessions: Vec<Played> = sessions.collect();
    for (seed, session) in sessions.iter().enumerate() {
        if let Err(what) = &session.comes {
            wrong.push(format!("{}, seed {seed}: {what}", row.preset));
        }
    }
    if let Loses(_, losses) = row.outcome {
        let seen: Vec<Loss> = sessions.iter().flat_map(|s| losses_of(&s.story)).collect();
        let never = losses.iter().filter(|loss| !seen.contains(loss));
        wrong.extend(never.map(|loss| format!("{}: never {loss:?}", row.preset)));
    }
    sessions
}

#[test]
fn the_driver_gets_through_or_says_why_not() {
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for row in ROWS {
        play_all(row, Timing::IMMEDIATE, &mut wrong);
        rows.push((row, play_all(row, KINGCOM_G3524.timing, &mut wrong)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    page::must_be("presets.md", &table::page(&rows));
}

#[test]
fn every_preset_has_a_row() {
    let presets: BTreeSet<String> = Preset::all().map(|preset| preset.name).collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.preset.into()).collect();
    assert_eq!(rows, presets);
}
