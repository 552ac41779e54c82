//! Every state of the two machines (bearer and link) with everything that can happen to it:
//! `docs/states.md` holds what comes of it, as a drawing and as a table. A move that is not listed
//! there fails this test.
//!
//! covers: P11 P12 G4.6 G4.4 G9.1

mod events;
#[path = "../page/mod.rs"]
mod page;
mod walk;

use std::collections::BTreeSet;
use std::fmt::Write;

use walk::Move;

#[test]
fn only_the_listed_moves_happen() {
    page::must_be("states.md", &drawn(&walk::all_moves()));
}

fn drawn(moves: &[Move]) -> String {
    let mut page = String::from(HEAD);
    page.push_str("```mermaid\nstateDiagram-v2\n");
    for name in names(moves) {
        let _ = writeln!(page, "    {} : {name}", identifier(name));
    }
    for edge in edges(moves) {
        let _ = writeln!(page, "    {edge}");
    }
    page.push_str("```\n\n");
    page.push_str(TABLE);
    for step in moves.iter().filter(|step| !step.is_nothing()) {
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            step.from, step.event, step.to, step.said
        );
    }
    page
}

fn names(moves: &[Move]) -> BTreeSet<&'static str> {
    moves.iter().map(|step| step.from.ip_state.name()).collect()
}

/// The moves between the guide's states, those with the same ends in one arrow.
fn edges(moves: &[Move]) -> Vec<String> {
    let ends: BTreeSet<_> = moves
        .iter()
        .map(|step| (step.from.ip_state.name(), step.to.ip_state.name()))
        .filter(|(from, to)| from != to)
        .collect();
    let label = |from: &str, to: &str| {
        let events: BTreeSet<_> = moves
            .iter()
            .filter(|step| step.from.ip_state.name() == from && step.to.ip_state.name() == to)
            .map(|step| step.event.label())
            .collect();
        events.into_iter().collect::<Vec<_>>().join(", ")
    };
    ends.into_iter()
        .map(|(from, to)| {
            let label = label(from, to);
            format!("{} --> {} : {label}", identifier(from), identifier(to))
        })
        .collect()
}

fn identifier(name: &str) -> String {
    name.replace([' ', '/'], "_")
}

const HEAD: &str = "\
# The states of the TCP/UDP service

Made by the test `states` of the module, which walks through everything that can happen in every state it can reach
(`SIMLESS_BLESS=1 cargo test -p simless-module --test states` rewrites this page).

The guide's ten names are a function of two machines: the bearer (attach, PDP context, how far the service has come) and the link.

";

const TABLE: &str = "\
A state below is the guide's name and what the name does not tell: `R` registered, `A` attached, `C` the context is active, `-` not;
what was asked of the outside, and the command that waits. What does nothing and says nothing is left out. `·` separates lines of output.

| state | event | state after | says |
|---|---|---|---|
";
