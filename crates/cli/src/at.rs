//! `simless at`: commands to a module, and its answers.

mod answer;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use simless_at::{Dialect, Final};
use simless_runtime::Line;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::args::AtArgs;
use crate::exit::{Late, PortFailed, REFUSED};
use crate::one_thread;
use crate::own;
use crate::run::code;
use crate::say::Talk;
use crate::signals::Signals;

use answer::{Heard, Reader};

/// ESC leaves the data entry that a command opened (guide G5.2).
const ESC: u8 = 0x1B;

/// Sends the commands; the code to exit with.
pub(crate) fn at(options: &AtArgs, talk: &Talk) -> Result<ExitCode> {
    one_thread::run(run(options, talk))
}

async fn run(options: &AtArgs, talk: &Talk) -> Result<ExitCode> {
    let mut signals = Signals::catch().context("signals cannot be caught")?;
    let (line, own) = match signals.or(own::reach(&options.host, talk)).await {
        Ok(reached) => reached?,
        Err(wish) => return Ok(code(Some(wish))),
    };
    let ended = match signals.or(commands(options, line)).await {
        Ok(ended) => ended,
        Err(wish) => Ok(code(Some(wish))),
    };
    if let Some(own) = own {
        let _ = signals.or(own.end()).await;
    }
    ended
}

async fn commands(options: &AtArgs, line: Line) -> Result<ExitCode> {
    let mut dialogue = Dialogue {
        line,
        reader: Reader::new(),
        print: !options.json,
    };
    for command in &options.commands {
        let said = dialogue.say(command, options).await?;
        if options.json {
            let mut stdout = io::stdout().lock();
            serde_json::to_writer(&mut stdout, &said)?;
            writeln!(stdout)?;
        }
        match said.is_success {
            None => return Err(Late(command.clone(), options.timeout).into()),
            Some(false) => return Ok(REFUSED.into()),
            Some(true) => {}
        }
    }
    Ok(ExitCode::SUCCESS)
}

struct Dialogue {
    line: Line,
    reader: Reader,
    /// Whether lines are printed as they come.
    print: bool,
}

/// A command and what came of it.
#[derive(Serialize)]
struct Said<'a> {
    v: u32,
    command: &'a str,
    /// What came before the result: the answer's lines, and URCs that came in between.
    lines: Vec<String>,
    /// The final result; `null`: none came.
    result: Option<String>,
    /// What came after it, unasked.
    urcs: Vec<String>,
    /// From the command's last byte to its result, in milliseconds.
    ms: Option<f64>,
    #[serde(skip)]
    is_success: Option<bool>,
}

impl Dialogue {
    async fn say<'a>(&mut self, command: &'a str, options: &AtArgs) -> Result<Said<'a>> {
        let mut said = Said {
            v: 1,
            command,
            lines: Vec::new(),
            result: None,
            urcs: Vec::new(),
            ms: None,
            is_success: None,
        };
        let line = format!("{command}\r");
        let write = self.line.write_all(line.as_bytes());
        let mut until = Instant::now() + options.timeout;
        match timeout_at(until, write).await {
            Ok(written) => written.map_err(PortFailed)?,
            Err(_) => return Ok(said),
        }
        let began = Instant::now();
        self.reader.begin(command);
        while let Some(heard) = self.hear(until).await? {
            match heard {
                Heard::Prompt => {
                    self.line.write_all(&[ESC]).await.map_err(PortFailed)?;
                    bail!(
                        "{command} asks for data, which this verb does not send; write \
                         AT+CIPSEND=<length>,\"data\", or use simless nc"
                    );
                }
                Heard::Line(line) if said.result.is_some() => {
                    self.show(&line)?;
                    said.urcs.push(line);
                }
                Heard::Line(line) => {
                    self.show(&line)?;
                    match Final::parse(&Dialect::G_SERIES, &line) {
                        None => said.lines.push(line),
                        Some(result) => {
                            let now = Instant::now();
                            said.is_success = Some(result.is_success());
                            said.ms = Some((now - began).as_secs_f64() * 1e3);
                            said.result = Some(line);
                            until = now + options.wait;
                            self.reader.end();
                        }
                    }
                }
            }
        }
        Ok(said)
    }

    /// The next thing the module says; `None`: the time is over.
    async fn hear(&mut self, until: Instant) -> Result<Option<Heard>> {
        loop {
            if let Some(heard) = self.reader.next() {
                return Ok(Some(heard));
            }
            let mut space = [0; 4096];
            match timeout_at(until, self.line.read(&mut space)).await {
                Err(_) => return Ok(None),
                Ok(read) => match read.map_err(PortFailed)? {
                    0 => return Err(PortFailed(io::ErrorKind::UnexpectedEof.into()).into()),
                    n => self.reader.take(&space[..n]),
                },
            }
        }
    }

    fn show(&self, line: &str) -> io::Result<()> {
        match self.print {
            true => writeln!(io::stdout().lock(), "{line}"),
            false => Ok(()),
        }
    }
}
