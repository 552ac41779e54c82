//! The DTE's bytes on their way to the module, to the last one of a DTE that leaves.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use simless_at::Instant;
use simless_module::Control;
use simless_trace::{Observed, Observer};
use tokio::io::{AsyncRead, ReadBuf};

use super::Drive;
use crate::observe::PortObserver;

/// How many bytes wait for the module. When they are this many, the DTE is not read: what it
/// sends stays with the system and at last with itself.
const PENDING: usize = 4096;

/// How long a DTE that left has its commands carried out, and its answers printed if it listens.
const PATIENCE: Duration = Duration::from_secs(60);

/// The queue of commands: what the module has not taken yet (guide F6).
#[derive(Default)]
pub(super) struct Input {
    pending: Vec<u8>,
    phase: Phase,
}

/// How far a DTE's stay has come.
#[derive(Clone, Copy, Default)]
enum Phase {
    /// It may say more. So it is when there is none: nobody's last word is on its way.
    #[default]
    Open,
    /// It has said its last byte, and the module has not taken all of them. `listens`: it is still
    /// there, for the answers.
    Ending { deadline: Instant, listens: bool },
    /// The module has taken them all, and the DTE waits for the answers.
    Answering { deadline: Instant },
}

impl Input {
    /// Whether nobody's last word is on its way.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// Whether the DTE that is there has said its last byte: another one may take its place.
    pub(super) fn is_of_the_one_who_left(&self) -> bool {
        matches!(
            self.phase,
            Phase::Ending { listens: true, .. } | Phase::Answering { .. }
        )
    }

    /// Another DTE is there. It is heard when the module has taken the last one's bytes.
    pub(super) fn has_a_successor(&mut self) {
        match &mut self.phase {
            Phase::Open => {}
            Phase::Ending { listens, .. } => *listens = false,
            Phase::Answering { .. } => self.phase = Phase::Open,
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Open => None,
            Phase::Ending { deadline, .. } | Phase::Answering { deadline } => Some(deadline),
        }
    }

    /// Offers the module what waits; whether it took any of it.
    fn offer(&mut self, module: &mut Observed<impl Observer>, now: Instant) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        let taken = module.handle_uart(&self.pending, now);
        self.pending.drain(..taken);
        taken > 0
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Whether it holds memory for nothing: a module at rest shall have none.
    fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.pending.capacity() > 0
    }
}

impl<O: PortObserver> Drive<O> {
    /// Hands the DTE's bytes to the module.
    pub(super) fn uart_input(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let moved = self.input.offer(&mut self.module, now);
        if moved {
            self.attend(now);
        }
        let Some(dte) = &mut self.dte else {
            return moved;
        };
        let room = PENDING.saturating_sub(self.input.pending.len());
        if room == 0 && self.next.is_some() {
            // It has left, as the one who waits behind it shows, and its end can't be read: the
            // queue before it is full.
            self.hang_up(now);
            return true;
        }
        if room == 0 || !self.input.is_open() {
            return moved;
        }
        let mut space = [0; PENDING];
        let mut buf = ReadBuf::new(&mut space[..room]);
        match Pin::new(dte).poll_read(cx, &mut buf) {
            Poll::Pending => return moved,
            Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                let read = buf.filled();
                let taken = match self.input.pending.is_empty() {
                    true => self.module.handle_uart(read, now),
                    false => 0,
                };
                self.input.keep(&read[taken..]);
                self.attend(now);
            }
            Poll::Ready(Ok(())) => {
                let listens = self.dte.as_ref().is_some_and(|dte| dte.listens_on());
                self.input.phase = Phase::Ending {
                    deadline: now + PATIENCE,
                    listens,
                };
                if !listens {
                    self.drop_dte(now);
                }
            }
            Poll::Ready(Err(_)) => self.hang_up(now),
        }
        true
    }

    /// The DTE is gone for good, in the middle of whatever it was.
    pub(super) fn hang_up(&mut self, now: Instant) {
        self.input.phase = match self.input.phase {
            Phase::Open => Phase::Ending {
                deadline: now + PATIENCE,
                listens: false,
            },
            Phase::Ending { deadline, .. } => Phase::Ending {
                deadline,
                listens: false,
            },
            Phase::Answering { .. } => Phase::Open,
        };
        self.drop_dte(now);
    }

    /// Brings a DTE's stay to its end. What it sent is carried out though it is gone, as on any
    /// serial line (`echo AT+CIPCLOSE > /dev/ttyS0`); a line or payload it left unfinished is not
    /// (guide G5.9).
    pub(super) fn settle(&mut self, now: Instant) -> bool {
        match self.input.phase {
            Phase::Open => {
                if self.input.is_idle() && self.module.snapshot().at_rest {
                    self.input.pending = Vec::new();
                }
                false
            }
            Phase::Ending { deadline, listens } => {
                let due = self.module.poll_timeout().is_some_and(|due| due <= now);
                if (!self.input.pending.is_empty() || due) && now < deadline {
                    return false;
                }
                self.input.pending.clear();
                self.module.handle_control(Control::DteLeft, now);
                self.attend(now);
                self.input.phase = match listens {
                    true => Phase::Answering { deadline },
                    false => Phase::Open,
                };
                true
            }
            Phase::Answering { deadline } => {
                let snapshot = self.module.snapshot();
                let answered = snapshot.at_rest
                    && !snapshot.is_opening
                    && self.module.uart_output(&mut [&[]]) == 0;
                if !answered && now < deadline {
                    return false;
                }
                self.drop_dte(now);
                self.input.phase = Phase::Open;
                true
            }
        }
    }
}
