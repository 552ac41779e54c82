//! The format of golden dialogues (`dialogues/README.md`).

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use simless_module::{Control, Transport};

use crate::bytes::{self, NotBytes};
use crate::setup::Setup;
use crate::words::Words;

/// One dialogue.
pub struct Dialogue {
    /// Where its header stands.
    pub place: Place,
    /// What it shows, the requirements' ids in front.
    pub title: String,
    /// The world at power-up.
    pub setup: Setup,
    /// What happens, in order.
    pub steps: Vec<(Place, Step)>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dialogues/{}:{}", self.file, self.line)
    }
}

/// One thing that happens or must happen.
#[derive(Clone)]
pub enum Step {
    /// `->`
    Dte(Vec<u8>),
    /// `<-`
    Module(Vec<u8>),
    /// `asks`
    Asks(Ask),
    /// `socket N`
    Socket(usize, SocketStep),
    /// `time`
    Time(Duration),
    /// `control`
    Control(Control),
    /// `dte`: how many more bytes it reads.
    DteReads(usize),
}

/// What the module asks of its adapter; attempts are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Look a name up.
    Resolve(usize, String),
    /// Open a socket.
    Connect(usize, Transport, SocketAddr),
    /// Count what can be read.
    Count(usize),
    /// Send FIN.
    Shutdown(usize),
    /// Forget it.
    Abort(usize),
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resolve(n, name) => write!(f, "asks resolve {n} {name}"),
            Self::Connect(n, transport, address) => {
                write!(f, "asks connect {n} {} {address}", transport.name())
            }
            Self::Count(n) => write!(f, "asks count {n}"),
            Self::Shutdown(n) => write!(f, "asks shutdown {n}"),
            Self::Abort(n) => write!(f, "asks abort {n}"),
        }
    }
}

/// What happens to a socket, or must happen.
#[derive(Clone)]
pub enum SocketStep {
    /// The look-up's answer.
    Resolved(Option<IpAddr>),
    /// The socket stands.
    Connected,
    /// Nothing listens.
    Refused,
    /// Not reached.
    Unreachable,
    /// So many bytes can be read.
    Unread(usize),
    /// The peer's FIN.
    Ended,
    /// It broke.
    Reset,
    /// The peer's bytes.
    Receives(Vec<u8>),
    /// The peer's datagram.
    ReceivesDatagram(Vec<u8>),
    /// So many of the peer's bytes were not read yet.
    Keeps(usize),
    /// What the peer gets.
    Sends(Vec<u8>),
    /// The datagram the peer gets.
    SendsDatagram(Vec<u8>),
    /// It takes nothing.
    Stalls,
    /// It takes all again.
    Drains,
}

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
                setup: self.setup,
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

/// Why the dialogues could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// A file could not be read.
    Io(std::io::Error),
    /// A line could not.
    Format(FormatError),
}

impl From<std::io::Error> for ReadError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<FormatError> for ReadError {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Format(FormatError { place, problem }) => write!(f, "{place}: {problem}"),
        }
    }
}

/// A line that is no step.
#[derive(Debug, PartialEq, Eq)]
pub struct FormatError {
    /// Where it stands.
    pub place: Place,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    /// A word that means nothing here.
    Unknown(String),
    /// The line ends too early.
    Incomplete,
    /// Something that should be a number, an address, a time.
    Malformed(String),
    /// Bytes that are none.
    Bytes(NotBytes),
    /// A step before any header.
    BeforeHeader,
    /// A `given` behind a step or in an opening.
    GivenTooLate,
    /// An opening nobody wrote.
    NoSuchOpening,
    /// An opening's name that is taken.
    Twice,
}

impl From<NotBytes> for Problem {
    fn from(problem: NotBytes) -> Self {
        Self::Bytes(problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word) => write!(f, "{word:?} means nothing here"),
            Self::Incomplete => f.write_str("the line ends too early"),
            Self::Malformed(word) => write!(f, "{word:?} is not what should stand here"),
            Self::Bytes(problem) => problem.fmt(f),
            Self::BeforeHeader => f.write_str("a step needs a header (== IDS TITLE) before it"),
            Self::GivenTooLate => f.write_str("`given` stands before the first step"),
            Self::NoSuchOpening => f.write_str("there is no opening of this name"),
            Self::Twice => f.write_str("there is an opening of this name already"),
        }
    }
}

#[test]
fn a_wrong_line_is_named() {
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
