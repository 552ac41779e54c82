//! `simless scenario`: configurations and presets.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use simless_scenario::Preset;

use crate::args::ScenarioVerb;
use crate::configuration;
use crate::exit::UNUSABLE;

/// Does what is asked for; the code to exit with.
pub(crate) fn scenario(verb: &ScenarioVerb) -> Result<ExitCode> {
    match verb {
        ScenarioVerb::Check { files } => check(files),
        ScenarioVerb::Show { preset } => {
            io::stdout().lock().write_all(preset.text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        ScenarioVerb::List { json } => list(*json),
    }
}

fn check(files: &[PathBuf]) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        match configuration::read(file) {
            Ok(configuration) => {
                let summary = configuration.summary();
                writeln!(io::stdout().lock(), "{}: {summary}", file.display())?;
            }
            Err(unusable) => {
                // As they are, so that an editor finds the place.
                writeln!(io::stderr().lock(), "{unusable}")?;
                code = UNUSABLE.into();
            }
        }
    }
    Ok(code)
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    about: &'a str,
}

fn list(json: bool) -> Result<ExitCode> {
    let presets: Vec<Preset> = Preset::all().collect();
    let mut out = io::stdout().lock();
    if json {
        let listed = presets.iter().map(|preset| Listed {
            name: &preset.name,
            about: preset.about(),
        });
        serde_json::to_writer(&mut out, &listed.collect::<Vec<_>>())?;
        writeln!(out)?;
    } else {
        let longest = presets.iter().map(|preset| preset.name.len()).max();
        for preset in &presets {
            let width = longest.unwrap_or_default();
            writeln!(out, "{:<width$}  {}", preset.name, preset.about())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
