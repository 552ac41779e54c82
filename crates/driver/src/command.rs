//! The commands a host says, and which of them wait for an answer. Nothing else writes AT text.

use core::fmt::{self, Write};

use heapless::Vec;

use crate::{Host, Settings, Target};

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Wake,
    /// ESC before it: the module may be in the data entry of an earlier life of the host. And with
    /// results again, in words: a line that changed bytes may have made it answer otherwise.
    WakeFromEntry,
    EchoOff,
    ErrorCodes,
    Identify,
    Sim,
    Pin,
    Registration,
    Headers,
    Attach,
    Detach,
    Define,
    Activate,
    Deactivate,
    Connect,
    Close,
    Shut,
    Status,
    /// Asks something else that is always answered, to know whose answers come next.
    Fence(Fence),
    Send,
    SendLength(u16),
    Resolve,
}

/// Which of the questions whose answers begin like no other command's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fence(u8);

impl Fence {
    /// What is asked, and how the answer begins. Nothing changes by asking. Each is asked when the
    /// one before it was given up, 10 s later, so that an answer that might be an older one's would
    /// be 40 s late.
    const ALL: [(&str, &str); 4] = [
        // The guide has this one (G6.2); the others are only what most modules have.
        ("AT+CIPHEAD?", "+CIPHEAD:"),
        ("AT+CSQ", "+CSQ:"),
        ("AT+CGACT?", "+CGACT:"),
        ("AT+CMEE?", "+CMEE:"),
    ];

    fn asks(self) -> &'static str {
        Self::ALL[usize::from(self.0) % Self::ALL.len()].0
    }

    /// Whether a line is its answer.
    pub(crate) fn is_answered_by(self, line: &str) -> bool {
        line.starts_with(Self::ALL[usize::from(self.0) % Self::ALL.len()].1)
    }

    fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// What stands in commands.
pub(crate) struct Words<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) target: Option<&'a Target>,
    /// The name to look up.
    pub(crate) name: Option<&'a Host>,
}

impl Command {
    /// Writes the command, without its CR.
    fn write(self, words: &Words<'_>, out: &mut impl Write) -> fmt::Result {
        match self {
            Self::Wake => out.write_str("AT"),
            Self::WakeFromEntry => out.write_str("\x1bATQ0V1"),
            Self::EchoOff => out.write_str("ATE0"),
            Self::ErrorCodes => out.write_str("AT+CMEE=1"),
            Self::Identify => out.write_str("ATI"),
            Self::Sim => out.write_str("AT+CPIN?"),
            Self::Pin => {
                let pin = words.settings.pin.as_ref().and_then(|pin| pin.quoted());
                write!(out, "AT+CPIN={}", pin.ok_or(fmt::Error)?)
            }
            Self::Registration => out.write_str("AT+CREG?"),
            Self::Headers => out.write_str("AT+CIPHEAD=1"),
            Self::Attach => out.write_str("AT+CGATT=1"),
            Self::Detach => out.write_str("AT+CGATT=0"),
            Self::Define => {
                let apn = words.settings.apn.quoted().ok_or(fmt::Error)?;
                write!(out, "AT+CGDCONT=1,\"IP\",{apn}")
            }
            Self::Activate => out.write_str("AT+CGACT=1,1"),
            Self::Deactivate => out.write_str("AT+CGACT=0,1"),
            Self::Connect => {
                let target = words.target.ok_or(fmt::Error)?;
                let host = target.host.quoted().ok_or(fmt::Error)?;
                let transport = target.transport.name();
                write!(out, "AT+CIPSTART=\"{transport}\",{host},{}", target.port)
            }
            Self::Close => out.write_str("AT+CIPCLOSE"),
            Self::Shut => out.write_str("AT+CIPSHUT"),
            Self::Status => out.write_str("AT+CIPSTATUS"),
            Self::Fence(fence) => out.write_str(fence.asks()),
            Self::Send => out.write_str("AT+CIPSEND"),
            Self::SendLength(length) => write!(out, "AT+CIPSEND={length}"),
            Self::Resolve => {
                let name = words.name.and_then(|name| name.quoted());
                write!(out, "AT+CDNSGIP={}", name.ok_or(fmt::Error)?)
            }
        }
    }
}

/// The command line under way to the module. It stays here until the next one, to know its echo.
pub(crate) struct Output {
    text: Vec<u8, 144, u8>,
    written: u8,
    /// A line was given up in its middle, and the module waits for its end.
    is_cut: bool,
}

impl Output {
    pub(crate) const fn new() -> Self {
        Self {
            text: Vec::new(),
            written: 0,
            is_cut: false,
        }
    }

    /// A line that was cut is ended first: it would become one with this command, and the answer
    /// of one of the two would never come.
    ///
    /// A command that can't be written is not said; its answer then does not come. The texts in
    /// [`Words`] were checked when they were made, and the longest command fits.
    pub(crate) fn say(&mut self, command: Command, words: &Words<'_>) {
        self.clear();
        if self.is_cut {
            let _ = self.text.push(b'\r');
        }
        if command.write(words, &mut self.text).is_err() || self.text.push(b'\r').is_err() {
            self.clear();
        }
    }

    /// A single byte: ESC.
    pub(crate) fn byte(&mut self, byte: u8) {
        self.clear();
        let _ = self.text.push(byte);
    }

    pub(crate) fn clear(&mut self) {
        self.is_cut |= self.written > 0 && !self.left().is_empty();
        self.text.clear();
        self.written = 0;
    }

    /// What is still to be written.
    pub(crate) fn left(&self) -> &[u8] {
        &self.text[usize::from(self.written)..]
    }

    /// So many bytes of it were written; gives whether it was the last.
    pub(crate) fn written(&mut self, n: usize) -> bool {
        let left = self.left().len();
        let n = n.min(left);
        // No more than the text has.
        self.written += n as u8;
        self.is_cut &= n == 0;
        n > 0 && n == left
    }

    /// Whether a line is what was said, or its beginning, where a URC came in between: the
    /// module's echo.
    pub(crate) fn is_echoed_by(&self, line: &str) -> bool {
        let said = self.text.strip_prefix(b"\r").unwrap_or(&self.text);
        line.starts_with("AT") && said.starts_with(line.as_bytes())
    }
}

/// Which commands wait for their final results. A module answers in order (guide F6), so that is
/// a count, and the newest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    newest: Option<Command>,
    /// Given up and not answered yet, as far as anybody knows.
    older: u8,
    /// How many of them ask for the state: their answers look like that of another one that does.
    older_states: u8,
    /// The next one to be asked.
    fence: Fence,
    /// How many of them were asked without an answer.
    in_vain: u8,
}

impl Asked {
    pub(crate) const fn new() -> Self {
        Self {
            newest: None,
            older: 0,
            older_states: 0,
            fence: Fence(0),
            in_vain: 0,
        }
    }

    pub(crate) fn ask(&mut self, command: Command) {
        self.give_up();
        self.newest = Some(command);
    }

    /// What is to be said when this is: while an older question for the state may be answered, a
    /// fence before the next one.
    pub(crate) fn in_step(&mut self, command: Command) -> Command {
        let newest_is_status = self.newest == Some(Command::Status);
        if command != Command::Status || self.older_states == 0 && !newest_is_status {
            return command;
        }
        if usize::from(self.in_vain) == Fence::ALL.len() {
            // A module that has none of them. What is that late will not come.
            self.in_vain = 0;
            self.older_states = 0;
            return command;
        }
        self.in_vain += 1;
        let fence = self.fence;
        self.fence = fence.next();
        Command::Fence(fence)
    }

    /// The newest command's answer is no longer waited for. When it comes, it is its own (H7).
    pub(crate) fn give_up(&mut self) {
        if let Some(command) = self.newest.take() {
            self.older = self.older.saturating_add(1);
            let is_status = command == Command::Status;
            self.older_states = self.older_states.saturating_add(is_status.into());
        }
    }

    /// A final result came: gives the command it answers, if that is the newest.
    pub(crate) fn answered(&mut self) -> Option<Command> {
        if self.older > 0 {
            self.older -= 1;
            return None;
        }
        self.newest.take()
    }

    /// A state was told that answers no newest command: one question less whose answer may come.
    pub(crate) fn told_older_state(&mut self) {
        self.older_states = self.older_states.saturating_sub(1);
    }

    /// A final result came that can't be the newest command's.
    pub(crate) fn answered_older(&mut self) {
        self.older = self.older.saturating_sub(1);
    }

    /// Any result will do: gives the newest command.
    pub(crate) fn answered_by_any(&mut self) -> Option<Command> {
        self.newest.take()
    }

    /// The newest command was answered by something that only its answer can hold: all older ones
    /// are over, whether their results arrived or got lost.
    pub(crate) fn came_into_step(&mut self) -> Option<Command> {
        self.older = 0;
        self.older_states = 0;
        self.in_vain = 0;
        self.newest.take()
    }

    pub(crate) const fn newest(&self) -> Option<Command> {
        self.newest
    }

    /// Whether answers of commands that were given up may still come.
    pub(crate) const fn owes(&self) -> bool {
        self.older > 0
    }

    pub(crate) const fn is_waiting(&self) -> bool {
        self.newest.is_some() || self.older > 0
    }
}
