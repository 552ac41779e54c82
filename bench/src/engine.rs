//! The module alone, on virtual time: what it costs without ports and sockets.

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::time::Instant as Clock;

use simless_at::Instant;
use simless_module::{
    Config, KINGCOM_G3524, Module, Network, Request, Scenario, SocketEvent, SocketId, Timing,
};

use crate::dte::{CIPSEND, OK, PAYLOAD, PROMPT};

/// What a PTY takes at once.
const WRITE: usize = 4096;

/// Nothing happens at any other time.
const NOW: Instant = Instant::ZERO;

/// What the module can be kept at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// `AT`, and its OK is taken.
    Command,
    /// A peer sends as much as there is room for, and the DTE takes it as a PTY does.
    Stream { headed: bool },
    /// A peer sends a block, and the DTE takes it whole before the next one comes.
    Block { headed: bool },
    /// `AT+CIPSEND=1460`, its payload, and the socket takes it.
    Dialogue,
    /// The same with a single byte: what it costs without the data.
    ShortDialogue,
}

impl Work {
    pub(crate) const ALL: [Self; 7] = [
        Self::Command,
        Self::Stream { headed: false },
        Self::Stream { headed: true },
        Self::Block { headed: false },
        Self::Block { headed: true },
        Self::Dialogue,
        Self::ShortDialogue,
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
        }
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
    module: Module,
    socket: SocketId,
}

impl Engine {
    /// A module without echo and with a connection.
    pub(crate) fn start() -> io::Result<Self> {
        let mut module = Module::new(Arc::new(Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        }));
        module.handle_uart(b"ATE0\rAT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r", NOW);
        module.handle_timeout(NOW);
        let Some(Request::Connect { id: socket, .. }) = module.poll_request() else {
            return Err(io::Error::other("the module does not connect"));
        };
        module.handle_socket(socket, SocketEvent::Connected, NOW);
        let mut engine = Self { module, socket };
        engine.drain(usize::MAX);
        Ok(engine)
    }

    /// Nanoseconds that each of so many takes: commands, blocks of 1460 bytes, dialogues.
    pub(crate) fn time(&mut self, work: Work, times: usize) -> io::Result<f64> {
        let start = Clock::now();
        self.work(work, times)?;
        Ok(start.elapsed().as_nanos() as f64 / times as f64)
    }

    /// Does it so often; an error when the module does something else.
    pub(crate) fn work(&mut self, work: Work, times: usize) -> io::Result<()> {
        match work {
            Work::Command => (0..times).try_for_each(|_| self.say(b"AT\r", OK.len())),
            Work::Stream { headed } => self.receive(times, headed, usize::MAX, WRITE),
            Work::Block { headed } => self.receive(times, headed, PAYLOAD, usize::MAX),
            Work::Dialogue => self.send(times, CIPSEND, PAYLOAD),
            Work::ShortDialogue => self.send(times, b"AT+CIPSEND=0001\r", 1),
        }
    }

    /// So many blocks arrive, in pieces of at most `piece` bytes, and leave by writes of at most
    /// `write` bytes.
    fn receive(
        &mut self,
        blocks: usize,
        headed: bool,
        piece: usize,
        write: usize,
    ) -> io::Result<()> {
        let mode: &[u8] = match headed {
            true => b"AT+CIPHEAD=1\r",
            false => b"AT+CIPHEAD=0\r",
        };
        self.say(mode, OK.len())?;
        let bytes = blocks * PAYLOAD;
        let (mut filled, mut drained) = (0, 0);
        while filled < bytes {
            let space = black_box(self.module.socket_space(self.socket));
            let n = space.len().min(piece).min(bytes - filled);
            if n > 0 {
                self.module.socket_filled(self.socket, n, NOW);
            }
            filled += n;
            drained += self.drain(write);
        }
        match headed {
            false if drained != bytes => Err(io::Error::other("the module lost data")),
            true if drained <= bytes => Err(io::Error::other("the module lost data or headers")),
            _ => Ok(()),
        }
    }

    fn send(&mut self, dialogues: usize, command: &[u8], length: usize) -> io::Result<()> {
        let payload = [0x55; PAYLOAD];
        for _ in 0..dialogues {
            self.say(command, PROMPT.len())?;
            self.say(&payload[..length], OK.len())?;
            let sent = black_box(self.module.socket_output(self.socket)).len();
            if sent != length {
                return Err(io::Error::other("the module lost a payload"));
            }
            self.module.socket_written(self.socket, sent, NOW);
        }
        Ok(())
    }

    fn say(&mut self, bytes: &[u8], answer: usize) -> io::Result<()> {
        let taken = self.module.handle_uart(black_box(bytes), NOW);
        self.module.handle_timeout(NOW);
        match taken == bytes.len() && self.drain(usize::MAX) == answer {
            true => Ok(()),
            false => Err(io::Error::other("the module answers something else")),
        }
    }

    /// The DTE reads until nothing is left, so many bytes at once; gives how many there were.
    fn drain(&mut self, at_once: usize) -> usize {
        let mut drained = 0;
        loop {
            let mut slices = [&[][..]; 16];
            let count = self.module.uart_output(&mut slices);
            let there: usize = black_box(&slices)[..count].iter().map(|s| s.len()).sum();
            let n = there.min(at_once);
            if n == 0 {
                return drained;
            }
            self.module.uart_written(n, NOW);
            drained += n;
        }
    }
}
