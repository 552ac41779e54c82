//! The last phase: no faults. The flow must get through, and a payload both ways (H5).

use std::time::Duration;

use simless_at::Instant;

use crate::world::World;

use super::Phase;

/// How far the last phase has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// It has not begun.
    No,
    /// What goes on comes to its end.
    Ends(Instant),
    /// The connection that must stand is made.
    Connects,
    /// The payload was sent, and so many bytes must come back.
    Echo(u64, Instant),
}

const PAYLOAD: usize = 1000;

/// What went on when the faults ended may take that long.
const LONGEST_END: Duration = Duration::from_secs(1500);

const LONGEST_ECHO: Duration = Duration::from_secs(300);

const SOON: Duration = Duration::from_secs(1);

impl World {
    /// From now on there are no faults.
    pub(crate) fn last_phase(&mut self) {
        self.end_faults();
        self.app.last = Last::Ends(self.now);
    }

    /// Gives how long the application then does nothing.
    pub(super) fn act_last(&mut self) -> Duration {
        match (self.app.last, self.app.phase) {
            (Last::Ends(since), _) if self.now.since(since) > LONGEST_END => {
                self.find(("H5", "without faults, and nothing comes to an end".into()));
            }
            (Last::Ends(_), Phase::Connected) => self.close(),
            (Last::Ends(_), Phase::Idle(_)) => {
                self.connect(false, true);
                if let Phase::Connecting(..) = self.app.phase {
                    self.app.last = Last::Connects;
                }
            }
            (Last::Connects, Phase::Idle(_)) => {
                self.find(("H5", "without faults, and no connection is made".into()));
            }
            (Last::Connects, Phase::Connected) => self.send_last(),
            (Last::Echo(wanted, _), _) if self.app.read >= wanted => self.is_over = true,
            (Last::Echo(wanted, since), _) if self.now.since(since) > LONGEST_ECHO => {
                let read = self.app.read;
                let seen = format!("without faults, and {read} of {wanted} bytes came back");
                self.find(("H5", seen));
            }
            (Last::Echo(..), Phase::Idle(_)) => {
                self.find(("H5", "without faults, and the connection ended".into()));
            }
            _ => {}
        }
        SOON
    }

    fn send_last(&mut self) {
        if !self.is_trusted {
            return self.find(("H5", "a connection that can't be trusted".into()));
        }
        let Some(peer) = self.app.bound.and_then(|id| self.net.peer(id)) else {
            return;
        };
        peer.echoes = true;
        let wanted = peer.wants + PAYLOAD as u64;
        self.send(PAYLOAD);
        self.app.last = Last::Echo(wanted, self.now);
    }
}
