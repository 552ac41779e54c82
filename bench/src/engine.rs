//! The cores alone, on virtual time: what module and driver cost without ports and sockets.

mod adapter;
mod driver;
mod module;

use std::io;
use std::time::Instant as Clock;

use simless_at::Instant;

use crate::dte::{CIPSEND, PAYLOAD};
use adapter::AdapterAlone;
use driver::{DriverAlone, SessionAlone};
use module::ModuleAlone;

/// What a PTY takes and gives at once.
const WRITE: usize = 4096;

/// Nothing happens at any other time.
const NOW: Instant = Instant::ZERO;

/// What the cores can be kept at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// `AT`, and its OK is taken.
    Command,
    /// A peer sends as much as there is room for, and the DTE takes it as a PTY does.
    Stream {
        headed: bool,
    },
    /// A peer sends a block, and the DTE takes it whole before the next one comes.
    Block {
        headed: bool,
    },
    /// `AT+CIPSEND=1460`, its payload, and the socket takes it.
    Dialogue,
    /// The same with a single byte: what it costs without the data.
    ShortDialogue,
    /// The driver is given headed blocks as a PTY gives them, and gives their payload.
    DriverReceive,
    /// The driver sends a block: its command, the payload, and the answers to both.
    DriverSend,
    /// The driver with its buffers, as adapters drive it, is given blocks; an application reads them.
    SessionReceive,
    /// An application writes a block there and flushes it.
    SessionSend,
    /// The same two by the tokio adapter, at a port without a socket.
    AdapterReceive,
    AdapterSend,
}

impl Work {
    pub(crate) const ALL: [Self; 13] = [
        Self::Command,
        Self::Stream { headed: false },
        Self::Stream { headed: true },
        Self::Block { headed: false },
        Self::Block { headed: true },
        Self::Dialogue,
        Self::ShortDialogue,
        Self::DriverReceive,
        Self::DriverSend,
        Self::SessionReceive,
        Self::SessionSend,
        Self::AdapterReceive,
        Self::AdapterSend,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Stream { headed: false } => "stream",
            Self::Stream { headed: true } => "stream-headed",
            Self::Block { headed: false } => "block",
            Self::Block { headed: true } => "block-headed",
            Self::Dialogue => "dialogue",
            Self::ShortDialogue => "short-dialogue",
            Self::DriverReceive => "driver-receive",
            Self::DriverSend => "driver-send",
            Self::SessionReceive => "session-receive",
            Self::SessionSend => "session-send",
            Self::AdapterReceive => "adapter-receive",
            Self::AdapterSend => "adapter-send",
        }
    }

    /// Whether its times are blocks that come, of which more pass than there are answers.
    pub(crate) fn receives(self) -> bool {
        matches!(
            self,
            Self::Stream { .. }
                | Self::Block { .. }
                | Self::DriverReceive
                | Self::SessionReceive
                | Self::AdapterReceive
        )
    }

    /// Its place in [`Work::ALL`].
    pub(crate) fn index(self) -> usize {
        Self::ALL.iter().take_while(|work| **work != self).count()
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|work| work.name() == name)
    }
}

pub(crate) struct Engine {
    module: ModuleAlone,
    driver: DriverAlone,
    session: SessionAlone,
    adapter: AdapterAlone,
}

impl Engine {
    /// Each of them with a connection.
    pub(crate) fn start() -> io::Result<Self> {
        Ok(Self {
            module: ModuleAlone::start()?,
            driver: DriverAlone::start()?,
            session: SessionAlone::start()?,
            adapter: AdapterAlone::start()?,
        })
    }

    /// Nanoseconds that each of so many takes: commands, blocks of 1460 bytes, dialogues.
    pub(crate) fn time(&mut self, work: Work, times: usize) -> io::Result<f64> {
        let start = Clock::now();
        self.work(work, times)?;
        Ok(start.elapsed().as_nanos() as f64 / times as f64)
    }

    /// Does it so often; an error when a core does something else.
    pub(crate) fn work(&mut self, work: Work, times: usize) -> io::Result<()> {
        let module = &mut self.module;
        match work {
            Work::Command => module.answer(times),
            Work::Stream { headed } => module.receive(times, headed, usize::MAX, WRITE),
            Work::Block { headed } => module.receive(times, headed, PAYLOAD, usize::MAX),
            Work::Dialogue => module.send(times, CIPSEND, PAYLOAD),
            Work::ShortDialogue => module.send(times, b"AT+CIPSEND=0001\r", 1),
            Work::DriverReceive => self.driver.receive(times),
            Work::DriverSend => self.driver.send(times),
            Work::SessionReceive => self.session.receive(times),
            Work::SessionSend => self.session.send(times),
            Work::AdapterReceive => self.adapter.receive(times),
            Work::AdapterSend => self.adapter.send(times),
        }
    }
}
