//! Between driver and module: the host's buffer, and who listens.

use std::time::Duration;

use simless_at::Instant;
use simless_driver::News;
use simless_trace::SLICES;

use crate::agenda::Agenda;
use crate::app::Phase;
use crate::faults::AtByte;
use crate::world::{Happens, World};

/// The host's buffer towards the module.
pub(crate) struct Serial {
    up: Vec<u8>,
    taken: usize,
    /// When the driver heard something last.
    heard: Option<Instant>,
    /// What it says then arrives a little later: nobody answers a prompt in no time, and a LF of
    /// the same instant would belong to the line before (guide F1a).
    opens: Instant,
    /// Something happens when the module has taken so many more bytes.
    pub(crate) at_byte: Option<(usize, AtByte)>,
}

/// What a port's buffer holds.
const BUFFER: usize = 4096;

/// What a line needs from the host to the module, at the least.
const WAY: Duration = Duration::from_micros(100);

const UP: u64 = 1;
const DOWN: u64 = 2;
const EVENT: u64 = 3;

impl Serial {
    pub(crate) fn new() -> Self {
        Self {
            up: Vec::with_capacity(BUFFER),
            taken: 0,
            heard: None,
            opens: Instant::ZERO,
            at_byte: None,
        }
    }

    /// The cable is pulled: what lies in the buffer is lost.
    pub(crate) fn lose(&mut self) {
        self.up.clear();
        self.taken = 0;
    }

    /// Whether what is written now is still on its way; then it is looked at again when it came.
    fn is_closed(&mut self, now: Instant, agenda: &mut Agenda<Happens>) -> bool {
        if self.heard == Some(now) {
            self.opens = now + WAY;
            self.heard = None;
            agenda.plan(self.opens, Happens::Look);
        }
        now < self.opens
    }

    fn room(&self) -> usize {
        BUFFER - self.up.len()
    }
}

impl World {
    /// The driver's deadline, its events and what it says.
    pub(crate) fn serve_driver(&mut self) -> bool {
        let now = self.now;
        let mut moved = false;
        if self.driver.poll_timeout().is_some_and(|at| at <= now) {
            self.driver.handle_timeout(now);
            moved = true;
        }
        moved |= self.hear_events();
        let text = self.driver.uart_output(&[]);
        if !text.is_empty() {
            if text.len() > self.serial.room() {
                return moved;
            }
            if self.is_trusted {
                let stands = self.listener.states.may_stand();
                self.listener.said(text);
                let in_entry = self.commands.may_be_payload(text, now).filter(|_| stands);
                if let Some(finding) = in_entry.or(self.commands.said(text, now)) {
                    let n = text.len();
                    self.driver.uart_written(n, now);
                    self.find(finding);
                    return true;
                }
            }
            self.serial.up.extend_from_slice(text);
            let n = text.len();
            self.driver.uart_written(n, now);
            return true;
        }
        let payload = match self.app.has_abandoned {
            true => &[],
            false => &self.app.payload[..],
        };
        let payload = self.driver.uart_output(payload);
        let n = payload.len().min(self.serial.room());
        if n > 0 {
            self.commands.paid(&payload[..n], now);
            self.serial.up.extend_from_slice(&payload[..n]);
            self.driver.uart_written(n, now);
            moved = true;
        }
        moved
    }

    pub(crate) fn hear_events(&mut self) -> bool {
        let mut moved = false;
        while let Some(event) = self.driver.poll_event() {
            let name = name_of(&event);
            self.tally.notes(EVENT ^ self.now.as_micros() << 2, name);
            self.module
                .remark(self.now, || format!("driver: {event:?}"));
            self.happened(event);
            moved = true;
        }
        moved
    }

    pub(crate) fn offer_to_module(&mut self) -> bool {
        let serial = &mut self.serial;
        if serial.up.is_empty() || serial.is_closed(self.now, &mut self.agenda) {
            return false;
        }
        let mut rx = &serial.up[serial.taken..];
        if let Some((left, _)) = serial.at_byte {
            rx = &rx[..rx.len().min(left)];
        }
        let n = self.module.handle_uart(rx, self.now);
        if n == 0 {
            return false;
        }
        self.tally.notes(UP ^ self.now.as_micros() << 2, &rx[..n]);
        serial.taken += n;
        if serial.taken == serial.up.len() {
            serial.lose();
        }
        if let Some((left, _)) = &mut serial.at_byte {
            *left -= n;
        }
        if let Some((_, at_byte)) = serial.at_byte.take_if(|(left, _)| *left == 0) {
            self.byte_came(at_byte);
        }
        true
    }

    /// What the module said, up to the first thing worth telling at a time.
    pub(crate) fn offer_to_driver(&mut self) -> bool {
        let now = self.now;
        let mut moved = false;
        while !self.app.holds {
            let mut first = [&[][..]];
            self.module.uart_output(&mut first);
            let [first] = first;
            let rx = &first[..first.len().min(self.app.chunk)];
            if rx.is_empty() && !self.app.has_read {
                break;
            }
            self.app.has_read = false;
            let taken = self.driver.handle_uart(rx, now);
            let used = taken.used;
            let (finding, told) = match taken.news {
                Some(News::Data { bytes, left }) => (self.app.reads(bytes, left, now), None),
                Some(News::Urc(line)) => (None, Some(line)),
                None => (None, None),
            };
            let rx = &rx[..used];
            self.tally.notes(DOWN ^ now.as_micros() << 2, rx);
            let patience = self.plan.patience().block;
            self.listener.forgets_a_half(patience, now);
            let gives_up =
                self.app.phase != Phase::Connected && self.listener.is_in_block_for(patience, now);
            let heard = match self.is_trusted && !gives_up {
                true => self.listener.hears(rx, told, &mut self.commands, now),
                false => None,
            };
            if used > 0 {
                self.serial.heard = Some(now);
                self.module.uart_written(used, now);
            }
            for finding in [finding.filter(|_| self.is_trusted), heard] {
                finding.into_iter().for_each(|finding| self.find(finding));
            }
            if self.is_trusted && gives_up {
                self.distrust();
            }
            self.datagram_was_read();
            moved |= self.hear_events() | (used > 0);
            if self.app.holds {
                self.plan_reading();
            }
            if used == 0 && !self.app.has_read {
                break;
            }
        }
        moved
    }

    /// Nothing grows beyond its limit (P4, P5, P31, P32).
    pub(crate) fn watch_buffers(&mut self) {
        let waiting = self.serial.up.len();
        let mut slices = [&[][..]; SLICES];
        let count = self.module.uart_output(&mut slices);
        let unread: usize = slices[..count].iter().map(|slice| slice.len()).sum();
        // 16 KiB received, and 64 URCs with an answer around it.
        if waiting > BUFFER || unread > 16 * 1024 + 8 * 1024 {
            let seen = format!("{unread} bytes wait for the DTE, {waiting} for the module");
            self.find(("P4", seen));
        }
    }
}

/// What an event is called in the transcript.
fn name_of(event: &simless_driver::Event) -> &'static [u8] {
    use simless_driver::Event;
    match event {
        Event::StepBegan(_) => b"began",
        Event::StepEnded(_, Ok(()), _) => b"done",
        Event::StepEnded(_, Err(_), _) => b"not done",
        Event::Pausing(_) => b"pausing",
        Event::Registration(_) => b"registration",
        Event::Connected => b"connected",
        Event::Failed(_) => b"failed",
        Event::Sent(_) => b"sent",
        Event::SendFailed(_) => b"not sent",
        Event::Closed(_) => b"closed",
        Event::Rebooted => b"rebooted",
        Event::Resolved(_) => b"resolved",
    }
}
