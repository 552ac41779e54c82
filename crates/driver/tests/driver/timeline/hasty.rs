//! A host that takes each result for the answer to what it said last.

use simless_module::Config;

use super::{Moment, ends_a_command, moments, text};
use crate::pair::{Did, Pair, seconds, settings};

/// The guide's steps and their undos (G9.4), with nothing between them.
const STEPS: [(&str, &str); 4] = [
    ("AT+CGATT=1", "AT+CGATT=0"),
    ("AT+CGDCONT=1,\"IP\",\"CMNET\"", ""),
    ("AT+CGACT=1,1", "AT+CGACT=0,1"),
    ("AT+CIPSTART=\"TCP\",\"198.51.100.7\",80", "AT+CIPCLOSE"),
];

/// Its way to a connection.
pub(super) fn hasty(config: Config) -> Vec<Moment> {
    let mut pair = Pair::of(settings(), config);
    pair.say("ATE0\r");
    pair.pass(seconds(1));
    pair.forget();
    for (command, undo) in STEPS {
        while !asks(&mut pair, command) {
            asks(&mut pair, undo);
        }
    }
    until(&mut pair, |answer| answer == "CONNECT OK");
    moments(&pair.log, true)
}

/// Gives whether something that looks like success came within 30 s.
fn asks(pair: &mut Pair, command: &str) -> bool {
    pair.say(&format!("{command}\r"));
    until(pair, ends_a_command) == Some("OK".into())
}

/// The first such answer that comes within 30 s.
fn until(pair: &mut Pair, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let limit = pair.now + seconds(30);
    let mut seen = pair.log.len();
    loop {
        let answers = pair.log[seen..].iter().filter_map(|(_, did)| match did {
            Did::Answered(said) => Some(text(said)),
            _ => None,
        });
        if let Some(answer) = answers.into_iter().find(|answer| is_it(answer)) {
            return Some(answer);
        }
        seen = pair.log.len();
        match pair.next().filter(|at| *at <= limit) {
            Some(at) => pair.go_to(at),
            None => {
                pair.pass(limit.since(pair.now));
                return None;
            }
        }
    }
}
