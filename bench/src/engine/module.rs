//! The module alone.

use std::hint::black_box;
use std::io;
use std::sync::Arc;

use simless_module::{
    Config, KINGCOM_G3524, Module, Network, Request, Scenario, SocketEvent, SocketId, Timing,
};

use super::NOW;
use crate::dte::{OK, PAYLOAD, PROMPT};

pub(super) struct ModuleAlone {
    module: Module,
    socket: SocketId,
}

impl ModuleAlone {
    /// A module without echo and with a connection.
    pub(super) fn start() -> io::Result<Self> {
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
        let mut alone = Self { module, socket };
        alone.drain(usize::MAX);
        Ok(alone)
    }

    /// `AT` until its OK is taken, so often.
    pub(super) fn answer(&mut self, times: usize) -> io::Result<()> {
        (0..times).try_for_each(|_| self.say(b"AT\r", OK.len()))
    }

    /// So many blocks arrive, in pieces of at most `piece` bytes, and leave by writes of at most
    /// `write` bytes.
    pub(super) fn receive(
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

    /// So many dialogues by this command, with payloads of that length.
    pub(super) fn send(
        &mut self,
        dialogues: usize,
        command: &[u8],
        length: usize,
    ) -> io::Result<()> {
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
