//! Every state of the two machines (bearer and link) with everything that can happen to it:
//! `docs/states.md` holds what comes of it, as a drawing and as a table. A move that is not listed
//! there fails this test.
//!
//! covers: P11 P12 G4.6 G4.4 G9.1

mod events;
mod walk;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use walk::Move;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/states.md");

#[test]
fn only_the_listed_moves_happen() {
    let page = page(&walk::all_moves());
    if std::env::var_os("SIMLESS_BLESS").is_some() {
        std::fs::write(PAGE, &page).expect("docs/states.md can be written");
    }
    let listed = std::fs::read_to_string(Path::new(PAGE)).unwrap_or_default();
    let first = page
        .lines()
        .zip(listed.lines())
        .find(|(new, old)| new != old);
    assert!(
        page == listed,
        "docs/states.md lists other moves (SIMLESS_BLESS=1 rewrites it); first difference:\n{first:#?}"
    );
}

fn page(moves: &[Move]) -> String {
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
A state below is the guide's name and what the name does not tell: `A` attached, `C` the context is active, `-` not; what was asked
of the outside, and the command that waits. What does nothing and says nothing is left out. `·` separates lines of output.

| state | event | state after | says |
|---|---|---|---|
";
