//! What users write today: a short script.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Line, connect_by_command, process};
use crate::dte::{Dte, OK};
use crate::server::Server;

const SCRIPT: &str = include_str!("naive.py");

/// None when there is no `python3`.
pub(super) fn start(server: &Server) -> io::Result<Option<Line>> {
    let mut command = Command::new("python3");
    let command = command.args(["-c", SCRIPT]).stdout(Stdio::piped());
    let Some(mut process) = process::start(command)? else {
        return Ok(None);
    };
    let mut path = String::new();
    if let Some(says) = process.0.stdout.take() {
        BufReader::new(says).read_line(&mut path)?;
    }
    let mut dte = Dte::open(Path::new(path.trim_end()))?;
    dte.converse(b"ATE0\r", OK)?;
    let peer = connect_by_command(&mut dte, server)?;
    Ok(Some(Line::new(dte, Some(peer), process)))
}
