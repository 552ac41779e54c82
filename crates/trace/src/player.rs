//! Plays a recorded session to a module of its own, on the recorded time.

use std::fmt;

use simless_at::Instant;
use simless_module::{Module, SocketId};

use crate::{Direction, Header, Record, SLICES, Step, UnknownProfile};

/// A module to which a session is played. What went into the recorded one goes into it, and what
/// came out is compared.
pub struct Player {
    module: Module,
}

impl Player {
    /// A module as the header describes it.
    pub fn new(header: &Header) -> Result<Self, UnknownProfile> {
        Ok(Self {
            module: header.module()?,
        })
    }

    /// Plays a step. After a difference nothing more can be said: the sessions have parted.
    pub fn play(&mut self, record: &Record) -> Result<(), Box<Difference>> {
        let now = record.at();
        if ends_what_came_out(&record.step) {
            self.nothing_else(record)?;
        }
        match &record.step {
            Step::Uart {
                dir: Direction::Up,
                data,
            } => {
                let taken = self.module.handle_uart(data, now);
                if taken < data.len() {
                    let found = format!("{taken} bytes taken");
                    return Err(Difference::new(record, found));
                }
            }
            Step::Uart {
                dir: Direction::Down,
                data,
            } => self.said(record, data)?,
            Step::Data {
                socket,
                dir: Direction::Down,
                data,
                datagram: false,
            } => self.filled(record, *socket, data)?,
            Step::Data {
                socket,
                dir: Direction::Down,
                data,
                datagram: true,
            } => {
                let event = simless_module::SocketEvent::Datagram(data);
                self.module.handle_socket(*socket, event, now);
            }
            Step::Data {
                socket,
                dir: Direction::Up,
                data,
                ..
            } => self.sent(record, *socket, data)?,
            Step::Ask(_) => {
                let asked = self.module.poll_request();
                let asked = asked.map(|request| Step::ask(&request));
                compare(record, asked)?;
            }
            Step::Event { .. } => {
                let event = self.module.poll_event();
                let event = event.map(|event| Step::event(&event));
                compare(record, event)?;
            }
            Step::Socket { socket, news } => {
                self.module.handle_socket(*socket, news.event(), now);
            }
            Step::Time => self.module.handle_timeout(now),
            Step::Control { control } => {
                self.module.handle_control(control.clone(), now);
            }
            Step::Port { .. } => {}
            Step::Lost { .. } => return Err(Difference::new(record, "every step of it".into())),
            Step::End { unread } => {
                let waiting = crate::unread(&self.module);
                if waiting != *unread {
                    let found = Step::End { unread: waiting };
                    return Err(Difference::new(record, found.to_string()));
                }
            }
        }
        Ok(())
    }

    /// Nothing came out that was not recorded.
    fn nothing_else(&mut self, record: &Record) -> Result<(), Box<Difference>> {
        let asked = self
            .module
            .poll_request()
            .map(|request| Step::ask(&request));
        let more = asked.or_else(|| self.module.poll_event().map(|event| Step::event(&event)));
        match more {
            Some(step) => Err(Difference::new(record, step.to_string())),
            None => Ok(()),
        }
    }

    fn said(&mut self, record: &Record, data: &[u8]) -> Result<(), Box<Difference>> {
        let mut output = self.output();
        output.truncate(data.len());
        let dir = Direction::Down;
        let found = (!output.is_empty()).then_some(Step::Uart { dir, data: output });
        compare(record, found)?;
        self.module.uart_written(data.len(), record.at());
        Ok(())
    }

    fn filled(
        &mut self,
        record: &Record,
        socket: SocketId,
        data: &[u8],
    ) -> Result<(), Box<Difference>> {
        let space = self.module.socket_space(socket);
        let Some(space) = space.get_mut(..data.len()) else {
            let found = format!("room for {} bytes", space.len());
            return Err(Difference::new(record, found));
        };
        space.copy_from_slice(data);
        self.module.socket_filled(socket, data.len(), record.at());
        Ok(())
    }

    fn sent(
        &mut self,
        record: &Record,
        socket: SocketId,
        data: &[u8],
    ) -> Result<(), Box<Difference>> {
        let output = self.module.socket_output(socket);
        let output = &output[..output.len().min(data.len())];
        if output != data {
            let found = Step::Data {
                socket,
                dir: Direction::Up,
                data: output.to_vec(),
                datagram: false,
            };
            return Err(Difference::new(record, found.to_string()));
        }
        self.module.socket_written(socket, data.len(), record.at());
        Ok(())
    }

    /// All that waits for the DTE.
    fn output(&self) -> Vec<u8> {
        let mut slices = [&[][..]; SLICES];
        let count = self.module.uart_output(&mut slices);
        slices[..count].concat()
    }
}

/// Whether all that came out before it was recorded. An adapter may answer a request before it
/// takes what came out besides.
fn ends_what_came_out(step: &Step) -> bool {
    !matches!(
        step,
        Step::Ask(_) | Step::Event { .. } | Step::Socket { .. } | Step::Port { .. }
    )
}

fn compare(record: &Record, found: Option<Step>) -> Result<(), Box<Difference>> {
    match found {
        Some(step) if step == record.step => Ok(()),
        Some(step) => Err(Difference::new(record, step.to_string())),
        None => Err(Difference::new(record, "nothing".into())),
    }
}

/// Where a session came out otherwise than it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    at: Instant,
    recorded: String,
    played: String,
}

impl Difference {
    /// When it was.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The step that was recorded.
    pub fn recorded(&self) -> &str {
        &self.recorded
    }

    /// What came out instead.
    pub fn played(&self) -> &str {
        &self.played
    }

    fn new(record: &Record, played: String) -> Box<Self> {
        Box::new(Self {
            at: record.at(),
            recorded: record.step.to_string(),
            played,
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            recorded,
            played,
        } = self;
        let micros = at.as_micros();
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        write!(
            f,
            "{seconds}.{fraction:06}: recorded {recorded}, played {played}"
        )
    }
}

impl std::error::Error for Difference {}
