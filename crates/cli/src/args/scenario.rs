//! `simless scenario`: the words of its verbs.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Subcommand};
use simless_scenario::Preset;

#[derive(Subcommand)]
pub(crate) enum ScenarioVerb {
    /// Read configurations, and say what is wrong with them: 0 when nothing is, else 2.
    Check {
        /// What `simless run --config FILE` would be given.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Print a preset's file, to copy and change.
    Show {
        /// As `simless scenario list` prints it.
        #[arg(value_name = "NAME", value_parser = Preset::named)]
        preset: Preset,
    },
    /// Print the names of all presets, and what they do.
    List {
        /// Print them as one JSON array.
        #[arg(
            long,
            env = "SIMLESS_JSON", hide_env_values = true,
            action = ArgAction::SetTrue,
            value_parser = FalseyValueParser::new()
        )]
        json: bool,
    },
}
