//! Who may import whom (ARCHITECTURE.md): the cores know nothing of ports and sockets, and nobody
//! reaches around its neighbour.

use std::process::Command;

use serde_json::Value;

/// A package, and all of ours that it may depend on.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("simless-at", &[]),
    ("simless-module", &["simless-at"]),
    ("simless-driver", &["simless-at"]),
    ("simless-scenario", &["simless-at", "simless-module"]),
    (
        "simless-trace",
        &["simless-at", "simless-module", "simless-scenario"],
    ),
    (
        "simless-sim",
        &[
            "simless-at",
            "simless-driver",
            "simless-module",
            "simless-scenario",
            "simless-trace",
        ],
    ),
    (
        "simless-runtime",
        &[
            "simless-at",
            "simless-module",
            "simless-scenario",
            "simless-trace",
        ],
    ),
    (
        "simless",
        &[
            "simless-at",
            "simless-driver",
            "simless-module",
            "simless-runtime",
            "simless-scenario",
            "simless-trace",
        ],
    ),
];

/// What the cores may use of others.
const CORES: &[(&str, &[&str])] = &[
    ("simless-at", &["memchr", "serde"]),
    (
        "simless-module",
        &["memchr", "rand_pcg", "serde", "simless-at"],
    ),
    (
        "simless-driver",
        &[
            // The traits and the time of its adapters, each behind a feature.
            "embassy-time",
            "embedded-io",
            "embedded-io-async",
            "embedded-nal-async",
            "heapless",
            "memchr",
            "simless-at",
        ],
    ),
];

#[test]
fn packages_import_only_what_they_may() {
    let packages = packages();
    for (name, allowed) in MAY_IMPORT {
        for import in imports(&packages, name) {
            let is_ours = import == "simless" || import.starts_with("simless-");
            let is_allowed = allowed.contains(&import.as_str());
            assert!(!is_ours || is_allowed, "{name} must not import {import}");
        }
    }
    for (name, allowed) in CORES {
        for import in imports(&packages, name) {
            assert!(
                allowed.contains(&import.as_str()),
                "{name} is a core and must not import {import}"
            );
        }
    }
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// The normal dependencies of a package. What its tests use does not count, and neither does what
/// an adapter brings, which is optional.
fn imports(packages: &[Value], name: &str) -> Vec<String> {
    let package = packages.iter().find(|package| package["name"] == name);
    let package = package.unwrap_or_else(|| panic!("no package {name}"));
    package["dependencies"]
        .as_array()
        .expect("dependencies")
        .iter()
        .filter(|dependency| dependency["kind"].is_null() && dependency["optional"] != true)
        .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
        .collect()
}
