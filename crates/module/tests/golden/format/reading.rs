//! From text to dialogues.

use std::collections::BTreeMap;
use std::path::Path;

use simless_module::Transport;

use super::problem::{FormatError, Problem, ReadError};
use super::{Ask, Dialogue, Place, SocketStep, Step};
use crate::bytes;
use crate::setup::Setup;
use crate::words::Words;

/// Reads every dialogue of a folder, the files in the order of their names.
pub fn read_folder(folder: &Path) -> Result<Vec<Dialogue>, ReadError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((name.into_owned(), std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(read_files(&files)?)
}

/// Reads dialogues from files: names and texts.
pub fn read_files(files: &[(String, String)]) -> Result<Vec<Dialogue>, FormatError> {
    let mut reader = Reader::default();
    // Openings first: a dialogue may begin with one that stands behind it.
    for openings_only in [true, false] {
        reader.openings_only = openings_only;
        for (file, text) in files {
            reader.read_file(file, text)?;
        }
    }
    Ok(reader.dialogues)
}

#[derive(Default)]
struct Reader {
    openings_only: bool,
    openings: BTreeMap<String, Vec<(Place, Step)>>,
    dialogues: Vec<Dialogue>,
    /// What holds for the file that is read.
    setup: Setup,
    part: Part,
}

/// What the line that is read belongs to.
#[derive(Default)]
enum Part {
    /// The whole file.
    #[default]
    File,
    /// The opening of this name.
    Opening(String),
    /// The last dialogue.
    Dialogue,
}

impl Reader {
    fn read_file(&mut self, file: &str, text: &str) -> Result<(), FormatError> {
        self.setup = Setup::default();
        self.part = Part::File;
        for (line, text) in (1..).zip(text.lines()) {
            let file = String::from(file);
            let place = Place { file, line };
            if !text.is_empty() && !text.starts_with('#') {
                self.read_line(text, &place)
                    .map_err(|problem| FormatError { place, problem })?;
            }
        }
        Ok(())
    }

    fn read_line(&mut self, line: &str, place: &Place) -> Result<(), Problem> {
        if let Some(title) = line.strip_prefix("== ") {
            self.begin(title, place)
        } else if let Some(given) = line.strip_prefix("given ") {
            self.read_given(given)
        } else if let Some(name) = line.strip_prefix("opening ") {
            let Some(steps) = self.openings.get(name).cloned() else {
                return Err(Problem::NoSuchOpening);
            };
            self.add(steps)
        } else {
            self.add(vec![(place.clone(), read_step(line)?)])
        }
    }

    fn begin(&mut self, title: &str, place: &Place) -> Result<(), Problem> {
        if let Some(name) = title.strip_prefix("opening ") {
            self.part = Part::Opening(String::from(name));
            if !self.openings_only {
                return Ok(());
            }
            return match self.openings.insert(String::from(name), Vec::new()) {
                Some(_) => Err(Problem::Twice),
                None => Ok(()),
            };
        }
        self.part = Part::Dialogue;
        if !self.openings_only {
            self.dialogues.push(Dialogue {
                place: place.clone(),
                title: String::from(title),
                setup: self.setup.clone(),
                steps: Vec::new(),
            });
        }
        Ok(())
    }

    fn read_given(&mut self, given: &str) -> Result<(), Problem> {
        match (&self.part, self.dialogues.last_mut()) {
            (Part::File, _) => self.setup.apply(given),
            (Part::Dialogue, _) if self.openings_only => Ok(()),
            (Part::Dialogue, Some(dialogue)) if dialogue.steps.is_empty() => {
                dialogue.setup.apply(given)
            }
            _ => Err(Problem::GivenTooLate),
        }
    }

    fn add(&mut self, steps: Vec<(Place, Step)>) -> Result<(), Problem> {
        match (&self.part, self.dialogues.last_mut()) {
            (Part::File, _) => return Err(Problem::BeforeHeader),
            (Part::Opening(name), _) if self.openings_only => {
                self.openings.entry(name.clone()).or_default().extend(steps);
            }
            (Part::Dialogue, Some(dialogue)) if !self.openings_only => {
                dialogue.steps.extend(steps);
            }
            _ => {}
        }
        Ok(())
    }
}

fn read_step(line: &str) -> Result<Step, Problem> {
    if let Some(text) = line.strip_prefix("-> ") {
        return Ok(Step::Dte(bytes::read(text)?));
    }
    if let Some(text) = line.strip_prefix("<- ") {
        return Ok(Step::Module(bytes::read(text)?));
    }
    let mut words = Words::new(line);
    let step = match words.next_word()? {
        "asks" => Step::Asks(read_ask(&mut words)?),
        "socket" => Step::Socket(words.number()?, read_socket(&mut words)?),
        "time" => Step::Time(words.duration()?),
        "control" => Step::Control(words.control()?),
        "dte" => match words.next_word()? {
            "stops" if words.next_word()? == "reading" => Step::DteReads(0),
            "reads" if words.is_at_end() => Step::DteReads(usize::MAX),
            "reads" => Step::DteReads(words.number()?),
            word => return Err(Problem::Unknown(String::from(word))),
        },
        word => return Err(Problem::Unknown(String::from(word))),
    };
    words.end()?;
    Ok(step)
}

fn read_ask(words: &mut Words<'_>) -> Result<Ask, Problem> {
    let what = words.next_word()?;
    let number = words.number()?;
    Ok(match what {
        "resolve" => Ask::Resolve(number, String::from(words.next_word()?)),
        "connect" => {
            let transport = match words.next_word()? {
                "TCP" => Transport::Tcp,
                "UDP" => Transport::Udp,
                word => return Err(Problem::Unknown(String::from(word))),
            };
            Ask::Connect(number, transport, words.parse()?)
        }
        "count" => Ask::Count(number),
        "shutdown" => Ask::Shutdown(number),
        "abort" => Ask::Abort(number),
        word => return Err(Problem::Unknown(String::from(word))),
    })
}

fn read_socket(words: &mut Words<'_>) -> Result<SocketStep, Problem> {
    Ok(match words.next_word()? {
        "resolved" => SocketStep::Resolved(Some(words.parse()?)),
        "unresolved" => SocketStep::Resolved(None),
        "connected" => SocketStep::Connected,
        "refused" => SocketStep::Refused,
        "unreachable" => SocketStep::Unreachable,
        "denied" => SocketStep::Denied,
        "no-socket" => SocketStep::NoSocket,
        "unread" => SocketStep::Unread(words.number()?),
        "ended" => SocketStep::Ended,
        "reset" => SocketStep::Reset,
        "keeps" => SocketStep::Keeps(words.number()?),
        "stalls" => SocketStep::Stalls,
        "drains" => SocketStep::Drains,
        "receives" => match words.datagram() {
            Some(text) => SocketStep::ReceivesDatagram(bytes::read(text)?),
            None => SocketStep::Receives(bytes::read(words.rest())?),
        },
        "sends" => match words.datagram() {
            Some(text) => SocketStep::SendsDatagram(bytes::read(text)?),
            None => SocketStep::Sends(bytes::read(words.rest())?),
        },
        word => return Err(Problem::Unknown(String::from(word))),
    })
}

#[test]
fn a_wrong_line_is_named() {
    use crate::bytes::NotBytes;

    let cases = [
        ("-> AT", 1, Problem::BeforeHeader),
        ("== F1\n-> AT ", 2, Problem::Bytes(NotBytes::BlankAtEnd)),
        ("== F1\n\ntime 3 h", 3, Problem::Unknown(String::from("h"))),
        ("== F1\ntime 3", 2, Problem::Incomplete),
        ("== F1\ntime 3 s s", 2, Problem::Unknown(String::from("s"))),
        (
            "== F1\nasks abort one",
            2,
            Problem::Malformed(String::from("one")),
        ),
        ("== F1\n-> AT\ngiven echo off", 3, Problem::GivenTooLate),
        ("== F1\nopening sesame", 2, Problem::NoSuchOpening),
        ("== opening a\n== opening a", 2, Problem::Twice),
        ("given eco off", 1, Problem::Unknown(String::from("eco"))),
    ];
    for (text, line, problem) in cases {
        let file = String::from("x.txt");
        let read = read_files(&[(file.clone(), String::from(text))]);
        let place = Place { file, line };
        assert_eq!(read.err(), Some(FormatError { place, problem }), "{text}");
    }
}
