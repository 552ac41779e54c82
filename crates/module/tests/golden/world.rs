//! Plays one dialogue against a module, on virtual time.

mod socket;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use simless_at::Instant;
use simless_module::{Module, Request, SocketEvent, SocketId};

use crate::format::{Ask, Dialogue, SocketStep, Step};
use simless_at::Shown;
use socket::Socket;

/// How bytes reach the module and leave it: the output must not depend on it (P2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As they come.
    Whole,
    /// One by one.
    Bytes,
}

/// Plays `dialogue`; gives the first thing that went wrong, and where.
pub fn play(dialogue: &Dialogue, cut: Cut) -> Result<(), String> {
    let at = |place: &dyn std::fmt::Display, wrong: String| {
        format!("{place}: {}\n{wrong}", dialogue.title)
    };
    let mut world = World::new(dialogue, cut);
    world
        .start(dialogue.setup.echo, dialogue.setup.config.timing.command)
        .map_err(|wrong| at(&dialogue.place, wrong))?;
    let mut steps = dialogue.steps.iter().peekable();
    while let Some((place, step)) = steps.next() {
        // Bytes of the same instant arrive before any time passes.
        let more = matches!(
            (step, steps.peek()),
            (Step::Dte(_), Some((_, Step::Dte(_))))
        );
        world.step(step, more).map_err(|wrong| at(place, wrong))?;
    }
    let last = dialogue
        .steps
        .last()
        .map_or(&dialogue.place, |(place, _)| place);
    world.nothing_left().map_err(|wrong| at(last, wrong))?;
    match world.sending.is_empty() {
        true => Ok(()),
        false => Err(at(
            last,
            String::from("  the module did not take all the DTE sent"),
        )),
    }
}

struct World {
    module: Module,
    now: Instant,
    cut: Cut,
    /// What the DTE sent and the module did not take yet.
    sending: VecDeque<u8>,
    /// How many bytes the DTE will still read.
    reading: usize,
    /// What it read and no step named yet.
    said: Vec<u8>,
    /// What was asked and no step named yet.
    asked: VecDeque<Ask>,
    /// The attempts, in order: the first is number 1.
    sockets: Vec<Socket>,
}

impl World {
    fn new(dialogue: &Dialogue, cut: Cut) -> Self {
        Self {
            module: Module::new(Arc::new(dialogue.setup.config.clone()))
                .at_rate(dialogue.setup.rate),
            now: Instant::ZERO,
            cut,
            sending: VecDeque::new(),
            reading: usize::MAX,
            said: Vec::new(),
            asked: VecDeque::new(),
            sockets: Vec::new(),
        }
    }

    fn start(&mut self, echo: bool, command: Duration) -> Result<(), String> {
        self.settle()?;
        self.nothing_left()?;
        if !echo {
            self.sending.extend(b"ATE0\r");
            self.settle()?;
            // No more than the profile and the line take for it: times are counted from here.
            self.pass(command)?;
            const ANSWER: &[u8] = b"ATE0\r\r\nOK\r\n";
            while self.said.len() < ANSWER.len()
                && let Some(due) = self.module.poll_timeout()
            {
                self.pass(due.since(self.now))?;
            }
            self.expect(ANSWER)?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step, more: bool) -> Result<(), String> {
        match step {
            Step::Module(expected) => return self.expect(expected),
            Step::Asks(ask) => return self.expect_ask(ask),
            Step::Socket(number, SocketStep::Sends(expected)) => {
                return self.socket(*number)?.expect(expected);
            }
            Step::Socket(number, SocketStep::SendsDatagram(expected)) => {
                return self.socket(*number)?.expect_datagram(expected);
            }
            Step::Socket(number, SocketStep::Keeps(count)) => {
                return self.socket(*number)?.expect_kept(*count);
            }
            _ => self.nothing_left()?,
        }
        match step {
            Step::Dte(bytes) => {
                self.sending.extend(bytes);
                if more {
                    return Ok(());
                }
            }
            Step::Time(duration) => return self.pass(*duration),
            Step::Control(control) => self.module.handle_control(control.clone(), self.now),
            Step::DteReads(count) => self.reading = *count,
            Step::Socket(number, step) => self.act(*number, step)?,
            Step::Module(_) | Step::Asks(_) => {}
        }
        self.settle()
    }

    fn act(&mut self, number: usize, step: &SocketStep) -> Result<(), String> {
        let socket = self.socket(number)?;
        let id = socket.id;
        let event = match step {
            SocketStep::Receives(bytes) => {
                socket.arriving.extend(bytes);
                return Ok(());
            }
            SocketStep::Ended => {
                socket.ends = true;
                return Ok(());
            }
            SocketStep::Stalls => {
                socket.stalled = true;
                return Ok(());
            }
            SocketStep::Drains => {
                socket.stalled = false;
                return Ok(());
            }
            SocketStep::Reset => {
                // A reset takes with it what nobody has read.
                socket.arriving.clear();
                SocketEvent::Reset
            }
            SocketStep::Connected => {
                socket.stands = true;
                SocketEvent::Connected
            }
            SocketStep::Resolved(Some(address)) => SocketEvent::Resolved(*address),
            SocketStep::Resolved(None) => SocketEvent::Unresolved,
            SocketStep::Refused => SocketEvent::Refused,
            SocketStep::Unreachable => SocketEvent::Unreachable,
            SocketStep::Denied => SocketEvent::Denied,
            SocketStep::NoSocket => SocketEvent::NoSocket,
            SocketStep::Unread(count) => SocketEvent::Unread(*count),
            SocketStep::ReceivesDatagram(bytes) => SocketEvent::Datagram(bytes),
            SocketStep::Sends(_) | SocketStep::SendsDatagram(_) | SocketStep::Keeps(_) => {
                return Ok(());
            }
        };
        self.module.handle_socket(id, event, self.now);
        Ok(())
    }

    /// Time moves, and every deadline on the way is served at its moment.
    fn pass(&mut self, duration: Duration) -> Result<(), String> {
        let end = self.now + duration;
        while let Some(due) = self.module.poll_timeout().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.module.handle_timeout(self.now);
            self.settle()?;
        }
        self.now = end;
        self.settle()
    }

    /// Calls the module until nothing moves any more.
    fn settle(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_AT_AN_INSTANT {
            let mut moved = self.offer();
            if self
                .module
                .poll_timeout()
                .is_some_and(|due| due <= self.now)
            {
                self.module.handle_timeout(self.now);
                moved = true;
            }
            moved |= self.offer() | self.take_requests();
            moved |= self.offer() | self.exchange_with_sockets();
            moved |= self.offer() | self.read_uart();
            while self.module.poll_event().is_some() {}
            if !moved {
                return Ok(());
            }
        }
        Err(String::from(
            "  the module never comes to rest at this moment",
        ))
    }

    fn offer(&mut self) -> bool {
        let mut moved = false;
        loop {
            let (bytes, _) = self.sending.as_slices();
            let bytes = match self.cut {
                Cut::Whole => bytes,
                Cut::Bytes => &bytes[..bytes.len().min(1)],
            };
            let taken = self.module.handle_uart(bytes, self.now);
            if taken == 0 {
                return moved;
            }
            self.sending.drain(..taken);
            moved = true;
        }
    }

    fn read_uart(&mut self) -> bool {
        let mut slices = [&[][..]; 8];
        let filled = self.module.uart_output(&mut slices);
        let mut bytes = slices[..filled].concat();
        bytes.truncate(self.reading);
        if self.cut == Cut::Bytes {
            bytes.truncate(1);
        }
        if bytes.is_empty() {
            return false;
        }
        if self.reading != usize::MAX {
            self.reading -= bytes.len();
        }
        self.module.uart_written(bytes.len(), self.now);
        self.said.extend(bytes);
        true
    }

    fn take_requests(&mut self) -> bool {
        let mut moved = false;
        while let Some(request) = self.module.poll_request() {
            moved = true;
            let sockets = &mut self.sockets;
            self.asked.push_back(match request {
                Request::Resolve { id, name } => {
                    Ask::Resolve(number(sockets, id), String::from(name))
                }
                Request::Connect {
                    id,
                    transport,
                    address,
                } => {
                    let number = number(sockets, id);
                    sockets[number - 1].transport = transport;
                    Ask::Connect(number, transport, address)
                }
                Request::CountUnread { id } => Ask::Count(number(sockets, id)),
                Request::Shutdown { id } => {
                    let number = number(sockets, id);
                    sockets[number - 1].over();
                    Ask::Shutdown(number)
                }
                Request::Abort { id } => {
                    let number = number(sockets, id);
                    sockets[number - 1].over();
                    Ask::Abort(number)
                }
            });
        }
        moved
    }

    fn exchange_with_sockets(&mut self) -> bool {
        let (module, now) = (&mut self.module, self.now);
        let mut moved = false;
        for socket in &mut self.sockets {
            moved |= socket.give(module, now) | socket.take(module, now);
        }
        moved
    }

    fn socket(&mut self, number: usize) -> Result<&mut Socket, String> {
        let index = number.wrapping_sub(1);
        self.sockets
            .get_mut(index)
            .ok_or_else(|| format!("  there was no attempt {number}"))
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), String> {
        match self.said.strip_prefix(expected) {
            Some(rest) => {
                self.said = rest.to_vec();
                Ok(())
            }
            None => Err(mismatch("<-", expected, &self.said)),
        }
    }

    fn expect_ask(&mut self, expected: &Ask) -> Result<(), String> {
        match self.asked.pop_front() {
            Some(asked) if asked == *expected => Ok(()),
            Some(asked) => Err(format!("  expected {expected}\n       got {asked}")),
            None => Err(format!("  expected {expected}\n       got nothing asked")),
        }
    }

    fn nothing_left(&mut self) -> Result<(), String> {
        if !self.said.is_empty() {
            return Err(format!("  also said <- {}", Shown(&self.said)));
        }
        if let Some(asked) = self.asked.front() {
            return Err(format!("  also {asked}"));
        }
        for (number, socket) in (1..).zip(&self.sockets) {
            if let Some(sent) = socket.sent.front() {
                return Err(format!("  also socket {number} sends {}", Shown(sent)));
            }
        }
        Ok(())
    }
}

/// More than any honest dialogue needs at one moment: thousands of bytes one by one.
const STEPS_AT_AN_INSTANT: usize = 100_000;

fn number(sockets: &mut Vec<Socket>, id: SocketId) -> usize {
    let index = sockets.iter().position(|socket| socket.id == id);
    let index = index.unwrap_or_else(|| {
        sockets.push(Socket::new(id));
        sockets.len() - 1
    });
    index + 1
}

/// The two sides of a comparison, in the dialogues' notation.
fn mismatch(arrow: &str, expected: &[u8], got: &[u8]) -> String {
    format!(
        "  expected {arrow} {}\n       got {arrow} {}",
        Shown(expected),
        Shown(got)
    )
}
