//! What the application does: it connects, sends, resolves and closes, and asks for what must be
//! refused, too.

use std::time::Duration;

use simless_driver::{BusyError, Host, SendError, SendForm, Target};

use crate::net::SERVER;
use crate::oracle::HEADER;
use crate::world::{Happens, World};

use super::{App, Last, Phase};

impl World {
    /// The application's turn.
    pub(crate) fn act(&mut self) {
        self.watch_deadlines();
        self.watch_buffers();
        let next = match self.app.last {
            Last::No => self.act_as_it_likes(),
            _ => self.act_last(),
        };
        self.agenda.plan(self.now + next, Happens::App);
    }

    /// Gives how long it then does nothing.
    fn act_as_it_likes(&mut self) -> Duration {
        let now = self.now;
        match self.app.phase {
            Phase::Idle(_) => {
                let is_udp = self.app.chance.below(4) == 0;
                let by_name = self.app.chance.below(2) == 0;
                self.connect(is_udp, by_name);
                self.app.seconds(1..=30)
            }
            Phase::Connecting(..) => {
                if self.app.chance.below(60) == 0 {
                    self.close();
                }
                self.app.seconds(1..=15)
            }
            Phase::Closing(_) => self.app.seconds(1..=15),
            Phase::Connected => {
                match self.app.chance.below(100) {
                    _ if self.app.holds || !self.driver.is_idle() => {
                        if self.app.chance.below(20) == 0 {
                            self.close();
                        }
                    }
                    0..3 => {
                        let name = host("server.example");
                        let _ = self.driver.resolve(&name, now);
                    }
                    3..5 => self.close(),
                    5..7 => self.send_what_is_refused(),
                    _ => {
                        let length = self.app.length();
                        self.send(length);
                    }
                }
                self.app.seconds(5..=15)
            }
        }
    }

    pub(crate) fn connect(&mut self, is_udp: bool, by_name: bool) {
        let now = self.now;
        self.app.port = self.app.port.wrapping_add(1).max(1000);
        let host = match by_name {
            true => host("server.example"),
            false => host(&SERVER.to_string()),
        };
        let target = match is_udp {
            true => Target::udp(host, self.app.port),
            false => Target::tcp(host, self.app.port),
        };
        match self.driver.connect(target, now) {
            Ok(()) => {
                self.app.is_udp = is_udp;
                self.app.phase = Phase::Connecting(now, self.app.held);
            }
            Err(BusyError::Busy) => {}
            Err(error) => self.find(("H3", format!("connect is refused: {error}"))),
        }
    }

    pub(crate) fn close(&mut self) {
        self.commands.fail();
        self.app.phase = match self.app.phase {
            Phase::Idle(since) => Phase::Idle(since),
            Phase::Closing(since) => Phase::Closing(since),
            _ => Phase::Closing(self.now),
        };
        self.driver.close(self.now);
    }

    pub(crate) fn send(&mut self, length: usize) {
        let Some(id) = self.app.bound else {
            return;
        };
        let is_udp = self.app.is_udp;
        let Some(peer) = self.net.peer(id) else {
            return;
        };
        self.app.payload.clear();
        match is_udp {
            true => self.app.payload = peer.up_datagrams.next(length),
            false => self.app.payload.extend(peer.up.payload(length)),
        }
        match self.driver.send(&self.app.payload, self.now) {
            Ok(()) => self.app.sending = Some(self.now),
            Err(error) => self.find(("H17", format!("a payload is refused: {error}"))),
        }
    }

    /// Gives the send under way up, whose payload is gone then.
    pub(crate) fn abandon(&mut self) {
        if self.app.is_sending() {
            self.app.has_abandoned = true;
            self.commands.fail();
            self.driver.abandon_send(self.now);
        }
    }

    /// What can't be sent is refused before a byte of it is (H17).
    fn send_what_is_refused(&mut self) {
        let now = self.now;
        let mut tries: Vec<(&[u8], SendError)> = vec![
            (&[], SendError::Empty),
            (&[0; 1461], SendError::TooLong(1460)),
        ];
        if let SendForm::CtrlZ { .. } = self.plan.send_form {
            tries.push((b"a\x1ab", SendError::Unsendable(1)));
            tries.push((b"\x1b", SendError::Unsendable(0)));
        }
        for (payload, error) in tries {
            let found = self.driver.send(payload, now);
            if found != Err(error) || !self.driver.uart_output(&[]).is_empty() {
                self.find(("H17", format!("not refused with {error}: {found:?}")));
            }
        }
    }

    pub(crate) fn plan_reading(&mut self) {
        self.app.held += self.app.pause;
        self.agenda.plan(self.now + self.app.pause, Happens::Read);
    }
}

impl App {
    fn seconds(&mut self, range: std::ops::RangeInclusive<u64>) -> Duration {
        let millis = range.start() * 1000..=range.end() * 1000;
        Duration::from_millis(self.chance.within(millis))
    }

    /// Few are long.
    fn length(&mut self) -> usize {
        let most = [32, 64, 64, 256, 256, 512, 1024, 1460][self.chance.below(8) as usize];
        self.chance.within(HEADER as u64..=most) as usize
    }
}

/// A host whose name is well-formed.
fn host(name: &str) -> Host {
    Host::new(name).unwrap_or_else(|_| unreachable!("{name}"))
}
