//! What a module does while its host's 30 s run out: `docs/flow.md` has it from these runs.
//!
//! covers: F6 G9.3 G9.4 G9.5 H7 H9 H14

mod drawing;
mod hasty;

use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;

use simless_at::Instant;
use simless_driver::{Event, Step};
use simless_module::{Config, FaultKind, KINGCOM_G3524, Network, Scenario};
use simless_scenario::Preset;

use crate::page;
use crate::pair::{Did, Pair, fault, seconds, settings, target};

/// Something at a moment, counted from the first command.
struct Moment {
    at: Duration,
    what: What,
}

enum What {
    /// The host says a command; what the module is still busy with.
    Says {
        command: String,
        busy_with: Option<String>,
    },
    /// The module takes a command up that has waited for so long.
    Takes { command: String, waited: Duration },
    /// The module says something; the command that it answers, if it does; and the one that the
    /// host waits for, if it does.
    Answers {
        text: String,
        to: Option<String>,
        awaited: Option<String>,
    },
    /// The host gives a step up after so long.
    GivesUp(Duration),
}

/// A driver's way from a step's first command to its end.
fn driver(preset: &str, step: Step, patience: Duration) -> Vec<Moment> {
    let mut settings = settings();
    settings.patience.step = patience;
    let mut pair = Pair::of(settings, config(preset));
    pair.driver.connect(target(), pair.now).unwrap();
    assert!(pair.finish(), "{:?}", pair.events);
    let begins = Did::Met(Event::StepBegan(step));
    let start = pair.log.iter().position(|(_, did)| *did == begins).unwrap();
    let is_end =
        |did: &Did| matches!(did, Did::Met(Event::StepEnded(ended, Ok(()), _)) if *ended == step);
    let log = &pair.log[start + 1..];
    let end = log.iter().position(|(_, did)| is_end(did)).unwrap();
    moments(&log[..end], false)
}

/// A module with the times of real logs, under a preset.
fn config(preset: &str) -> Config {
    let mut config = Config {
        profile: KINGCOM_G3524,
        timing: KINGCOM_G3524.timing,
        network: Network::default(),
        scenario: Scenario::default(),
    };
    let preset = Preset::named(preset).unwrap();
    preset.configuration().apply(&mut config).unwrap();
    config
}

/// `is_hasty`: the host takes any result for the answer to what it said last.
fn moments(log: &[(Instant, Did)], is_hasty: bool) -> Vec<Moment> {
    let began = log.first().expect("something was said").0;
    let mut moments = Vec::new();
    // Said and not taken; taken and not answered.
    let mut waiting: VecDeque<(Duration, String)> = VecDeque::new();
    let mut running: Option<String> = None;
    // What the host said last, until it has its answer, or what it takes for it.
    let mut awaited: Option<(Duration, String)> = None;
    for (at, did) in log {
        let at = at.since(began);
        let what = match did {
            Did::Said(said) => {
                let command = text(said);
                if let Some((said, _)) = awaited.replace((at, command.clone())) {
                    let what = What::GivesUp(at - said);
                    moments.push(Moment { at, what });
                }
                waiting.push_back((at, command.clone()));
                let busy_with = running.clone();
                What::Says { command, busy_with }
            }
            Did::Took(_) => {
                let (said, command) = waiting.pop_front().expect("it was said");
                running = Some(command.clone());
                let waited = at - said;
                if waited.is_zero() {
                    continue;
                }
                What::Takes { command, waited }
            }
            Did::Answered(said) => {
                let text = text(said);
                let to = running.take_if(|_| ends_a_command(&text));
                let newest = awaited.clone().map(|(_, command)| command);
                if to.is_some() && (is_hasty || to == newest) {
                    awaited = None;
                }
                let awaited = newest;
                What::Answers { text, to, awaited }
            }
            Did::Met(Event::StepEnded(_, Err(_), after)) => {
                awaited = None;
                What::GivesUp(*after)
            }
            Did::Met(_) => continue,
        };
        moments.push(Moment { at, what });
    }
    moments
}

/// The lines of what was said, without what is around them.
fn text(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(", ")
}

fn ends_a_command(text: &str) -> bool {
    let last = text.rsplit(", ").next().unwrap_or_default();
    let begins = ["OK", "ERROR", "COMMAND NO RESPONSE!", "+CME ERROR:"];
    begins.iter().any(|result| last.starts_with(result))
}

/// As a table of the page.
fn table(moments: &[Moment], is_hasty: bool) -> String {
    let mut table = String::from("| time | host | module |\n|---|---|---|\n");
    for Moment { at, what } in moments {
        let (host, module) = match what {
            What::Says { command, busy_with } => {
                let module = match busy_with {
                    Some(busy_with) => format!("is busy with `{busy_with}`; the line waits"),
                    None => "begins".into(),
                };
                (format!("says `{command}`"), module)
            }
            What::Takes { command, waited } => {
                let waited = time(*waited);
                (
                    String::new(),
                    format!("begins `{command}`, which waited for {waited}"),
                )
            }
            What::Answers { text, to, awaited } => {
                let (host, module) = answer(to.as_deref(), awaited.as_deref(), is_hasty);
                (host, format!("`{text}`: {module}"))
            }
            What::GivesUp(after) => (
                format!("gives up after {} s", after.as_secs()),
                String::new(),
            ),
        };
        let _ = writeln!(table, "| {} | {host} | {module} |", time(*at));
    }
    table
}

/// What the host makes of it, and whose answer it is.
fn answer(to: Option<&str>, awaited: Option<&str>, is_hasty: bool) -> (String, String) {
    let module = match to {
        Some(to) => format!("the answer to `{to}`"),
        None => "a URC".into(),
    };
    let host = match (to, awaited) {
        (Some(to), Some(awaited)) if to != awaited => match is_hasty {
            true => format!("**takes it for the answer to `{awaited}`**"),
            false => format!("knows that it is not the answer to `{awaited}`"),
        },
        (Some(_), None) => "waits for none".into(),
        (Some(_), Some(_)) => "has its answer".into(),
        (None, _) => String::new(),
    };
    (host, module)
}

fn time(time: Duration) -> String {
    let hundredths = (time.as_millis() + 5) / 10;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

#[test]
fn the_page_shows_real_runs() {
    let hasty = hasty::hasty(config("stuck-attach"));
    let patient = driver("stuck-attach", Step::Attach, seconds(30));
    let late = driver("late-ok", Step::Attach, seconds(30));
    let poor = driver("poor-network", Step::Connect, seconds(60));
    page::part_must_be("flow.md", "a host that is hasty", &table(&hasty, true));
    page::part_must_be("flow.md", "a host that counts", &table(&patient, false));
    page::part_must_be("flow.md", "a late OK", &table(&late, false));
    page::part_must_be("flow.md", "a poor network", &table(&poor, false));
    let panels = [
        (
            "A host that takes each result for its last command's",
            &hasty[..],
            true,
        ),
        (
            "A host that counts what is not answered",
            &patient[..],
            false,
        ),
    ];
    page::must_be("flow.svg", &drawing::of(panels));
}

/// What the page says of them.
#[test]
fn a_hasty_host_is_one_answer_ahead_for_good() {
    let hasty = hasty::hasty(config("stuck-attach"));
    let shifted = hasty.iter().filter(|moment| {
        matches!(&moment.what, What::Answers { to: Some(to), awaited: Some(awaited), .. } if to != awaited)
    });
    assert_eq!(shifted.count(), 5);
    let driver = driver("stuck-attach", Step::Attach, seconds(30));
    let says = driver.iter().filter_map(|moment| match &moment.what {
        What::Says { command, .. } => Some(command.as_str()),
        _ => None,
    });
    let says: Vec<&str> = says.collect();
    assert_eq!(
        says,
        ["AT+CGATT=1", "AT+CGATT=0", "AT+CIPSTATUS", "AT+CGATT=1"]
    );
}

/// What the page says of a refusal on that way.
#[test]
fn a_hasty_host_undoes_what_was_not_refused() {
    let mut config = config("stuck-attach");
    let mut refused = fault(FaultKind::CmeError);
    refused.times = Some(1);
    refused.attributes.command = Some("+CGACT".into());
    refused.attributes.code = Some(50);
    config.scenario.faults.push(refused);
    let hasty = hasty::hasty(config);
    let is_refusal = |moment: &Moment| matches!(&moment.what, What::Answers { text, .. } if text.starts_with("+CME"));
    let at = hasty.iter().position(is_refusal).unwrap();
    let What::Answers { to, awaited, .. } = &hasty[at].what else {
        unreachable!();
    };
    assert_eq!(to.as_deref(), Some("AT+CGACT=1,1"));
    assert!(awaited.as_ref().unwrap().starts_with("AT+CIPSTART"));
    let next = hasty[at..].iter().find_map(|moment| match &moment.what {
        What::Says { command, busy_with } => Some((command, busy_with)),
        _ => None,
    });
    let (command, busy_with) = next.unwrap();
    assert_eq!(command, "AT+CIPCLOSE");
    assert!(busy_with.as_ref().unwrap().starts_with("AT+CIPSTART"));
}
