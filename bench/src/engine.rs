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

    /// Nanoseconds from `AT` to its OK.
    pub(crate) fn command(&mut self, commands: usize) -> io::Result<f64> {
        let start = Clock::now();
        for _ in 0..commands {
            self.say(b"AT\r", OK.len())?;
        }
        Ok(nanoseconds(start, commands))
    }

    /// Nanoseconds per byte of received data.
    pub(crate) fn receive(&mut self, bytes: usize, headed: bool) -> io::Result<f64> {
        let mode: &[u8] = match headed {
            true => b"AT+CIPHEAD=1\r",
            false => b"AT+CIPHEAD=0\r",
        };
        self.say(mode, OK.len())?;
        let start = Clock::now();
        let (mut filled, mut drained) = (0, 0);
        while filled < bytes {
            let space = black_box(self.module.socket_space(self.socket));
            let n = space.len().min(bytes - filled);
            if n > 0 {
                self.module.socket_filled(self.socket, n, NOW);
            }
            filled += n;
            drained += self.drain(WRITE);
        }
        drained += self.drain(usize::MAX);
        let time = nanoseconds(start, bytes);
        match headed {
            false if drained != bytes => Err(io::Error::other("the module lost data")),
            true if drained <= bytes => Err(io::Error::other("the module lost data or headers")),
            _ => Ok(time),
        }
    }

    /// Nanoseconds per `AT+CIPSEND=1460` with its payload.
    pub(crate) fn send(&mut self, dialogues: usize) -> io::Result<f64> {
        let payload = [0x55; PAYLOAD];
        let start = Clock::now();
        for _ in 0..dialogues {
            self.say(CIPSEND, PROMPT.len())?;
            self.say(&payload, OK.len())?;
            let sent = black_box(self.module.socket_output(self.socket)).len();
            if sent != PAYLOAD {
                return Err(io::Error::other("the module lost a payload"));
            }
            self.module.socket_written(self.socket, sent, NOW);
        }
        Ok(nanoseconds(start, dialogues))
    }

    fn say(&mut self, bytes: &[u8], answer: usize) -> io::Result<()> {
        let taken = self.module.handle_uart(black_box(bytes), NOW);
        self.module.handle_timeout(NOW);
        match taken == bytes.len() && self.drain(usize::MAX) == answer {
            true => Ok(()),
            false => Err(io::Error::other("the module answers something else")),
        }
    }

    /// The DTE reads, so many bytes at once; gives how many there were.
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

fn nanoseconds(start: Clock, times: usize) -> f64 {
    start.elapsed().as_nanos() as f64 / times as f64
}
