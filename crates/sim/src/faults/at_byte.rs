//! What happens when the module has taken a certain byte: in the middle of a command, of a payload,
//! or between the two.

use simless_module::{Control, Happening};

use crate::oracle::Effect;
use crate::world::World;

/// What happens at a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtByte {
    Urc(&'static str),
    Reset,
    PowerCycle,
    ContextLoss,
    ServerResets,
    HalfClose,
    /// The application gives the send under way up.
    Abandon,
    /// The application closes.
    Close,
}

impl World {
    pub(crate) fn byte_came(&mut self, what: AtByte) {
        match what {
            AtByte::Urc(text) => self.control(Control::Urc(text.into())),
            AtByte::Reset => {
                self.net.break_all(self.now);
                self.commands.restarts();
                self.control(Control::Happens(Happening::Reset));
                self.hits(Effect::Restart);
                self.restarts_in_a_payload();
            }
            AtByte::PowerCycle => {
                self.net.break_all(self.now);
                self.commands.restarts();
                self.serial.lose();
                self.control(Control::Happens(Happening::PowerCycle));
                // It may have been cut in the middle of a block.
                self.distrust();
            }
            AtByte::ContextLoss => {
                self.net.break_all(self.now);
                self.hits(Effect::Lose);
                self.control(Control::LoseContext(1));
            }
            AtByte::ServerResets => {
                if let Some(id) = self.net.standing().map(|peer| peer.id) {
                    self.reset(id);
                }
            }
            AtByte::Abandon => self.abandon(),
            AtByte::Close => self.close(),
            AtByte::HalfClose => {
                if let Some(peer) = self.net.standing() {
                    peer.ends = true;
                }
            }
        }
    }
}
