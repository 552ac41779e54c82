//! The far end of a socket, and the adapter's own.

use simless_module::Transport;

/// An attempt that the module asked for.
pub(crate) struct Socket {
    pub(crate) stage: Stage,
    pub(crate) transport: Transport,
    /// Bytes the peer sent and the module did not read yet.
    pub(crate) waiting: usize,
    /// The peer's FIN comes after them.
    pub(crate) ends: bool,
    pub(crate) reads: bool,
    /// Where in all that the DTE said the peer's last byte was found.
    pub(crate) found: usize,
}

/// How far an attempt has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Resolving,
    Connecting,
    Open,
    /// Our FIN was sent.
    Ending,
}

impl Socket {
    pub(crate) fn new(stage: Stage, transport: Transport) -> Self {
        Self {
            stage,
            transport,
            waiting: 0,
            ends: false,
            reads: true,
            found: 0,
        }
    }

    /// Whether data goes through it.
    pub(crate) fn stands(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Ending)
    }
}
