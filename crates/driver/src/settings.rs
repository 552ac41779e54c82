//! What a driver is made from.

use simless_at::Dialect;

use crate::{Apn, Patience, Pin};

/// What a driver is made from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the module speaks.
    pub dialect: &'static Dialect,
    /// The access point of context 1.
    pub apn: Apn,
    /// The SIM's PIN. It is tried once in the life of a driver: three wrong ones block a SIM.
    pub pin: Option<Pin>,
    /// Whether the module takes several commands in one line (guide F5). Then headers are switched
    /// on in the very line that connects. Otherwise a module that starts again just before it
    /// connects without headers, and until the prelude has shut its service down, what its peer
    /// sends may be taken for answers.
    pub joins_commands: bool,
    /// How payload is handed over.
    pub send_form: SendForm,
    /// The most payload bytes of one send (guide G5.6).
    pub max_send: u16,
    /// The most bytes of a received block. A header that says more is a lie.
    pub max_block: u16,
    /// Lines that begin like this mean that the module started again.
    pub boot_urcs: &'static [&'static str],
    /// How long to wait, and how often to try.
    pub patience: Patience,
    /// What the jitter of pauses is drawn from. Devices that share one try again at the same time.
    pub seed: u64,
}

impl Settings {
    /// For a module of the guide.
    pub fn new(apn: Apn) -> Self {
        Self {
            dialect: &Dialect::G_SERIES,
            apn,
            pin: None,
            joins_commands: true,
            send_form: SendForm::Length,
            max_send: 1460,
            max_block: 2048,
            // Seen at the start of the family's modules; nothing else begins like this.
            boot_urcs: &["Init...", "^CINIT: 1,"],
            patience: Patience::default(),
            seed: 0,
        }
    }
}

/// How payload is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendForm {
    /// `AT+CIPSEND=<len>`: every byte can be sent (guide G5.5).
    Length,
    /// `AT+CIPSEND`, and Ctrl+Z behind the payload, which can hold neither 0x1A nor 0x1B.
    CtrlZ {
        /// Whether NUL can't be sent either (guide G5.4).
        refuses_nul: bool,
        /// Whether backspace can't be sent either: the module edits with it (guide F8).
        refuses_backspace: bool,
    },
}

impl SendForm {
    /// Where the first byte stands that this form can't carry.
    pub(crate) fn refused(self, payload: &[u8]) -> Option<usize> {
        let Self::CtrlZ {
            refuses_nul,
            refuses_backspace,
        } = self
        else {
            return None;
        };
        let ends = memchr::memchr2(CTRL_Z, ESC, payload);
        let nul = refuses_nul.then(|| memchr::memchr(0, payload)).flatten();
        let backspace = refuses_backspace
            .then(|| memchr::memchr2(BACKSPACE, DEL, payload))
            .flatten();
        [ends, nul, backspace].into_iter().flatten().min()
    }
}

pub(crate) const CTRL_Z: u8 = 0x1A;
pub(crate) const ESC: u8 = 0x1B;
const BACKSPACE: u8 = 0x08;
const DEL: u8 = 0x7F;
