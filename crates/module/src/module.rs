//! The module and its verbs: bytes, events and time in; bytes, requests and a deadline out.

use alloc::sync::Arc;

use simless_at::Instant;

use crate::bearer::SERVICE_CONTEXT;
use crate::editor::Editor;
use crate::equipment::{Ask, Equipment};
use crate::happen::Restart;
use crate::link::SLOT;
use crate::run::Running;
use crate::serial_line::SerialLine;
use crate::{
    Control, Event, Network, Peer, Profile, Rate, Request, Scenario, Snapshot, SocketEvent,
    SocketId, Timing, Transport,
};

/// What a module is made from.
#[derive(Clone, Debug)]
pub struct Config {
    /// The device.
    pub profile: Profile,
    /// How long things take: [`Timing::IMMEDIATE`], or the profile's own.
    pub timing: Timing,
    /// The network and the SIM at power-up.
    pub network: Network,
    /// What happens by itself.
    pub scenario: Scenario,
}

/// A G-series module. The crate's front page shows how it is driven.
pub struct Module {
    pub(crate) editor: Editor,
    pub(crate) running: Option<Running>,
    pub(crate) equipment: Equipment,
    pub(crate) line: SerialLine,
}

impl Module {
    /// A module that was just switched on.
    ///
    /// # Panics
    /// When the profile's limits contradict each other: see
    /// [`Limits::are_sound`](crate::Limits::are_sound).
    pub fn new(config: Arc<Config>) -> Self {
        Self::numbered(config, 0)
    }

    /// One of several modules of one configuration. Its number makes its IMEI its own: number 0
    /// has the profile's, the others' serial numbers count on from there.
    ///
    /// # Panics
    /// As [`Module::new`].
    pub fn numbered(config: Arc<Config>, number: u32) -> Self {
        assert!(
            config.profile.limits.are_sound(),
            "the limits of profile {} contradict each other",
            config.profile.name
        );
        let mut module = Self {
            editor: Editor::new(),
            running: None,
            equipment: Equipment::new(config, number).begin(),
            line: SerialLine::new(),
        };
        // A line that is faulty from the start has its wires before the first byte.
        module.exchange(Instant::ZERO);
        module
    }

    /// The same module, just switched on, at a serial line of this rate: both directions are held
    /// to it, each on its own. Without one a byte is there when it is sent.
    #[must_use]
    pub fn at_rate(mut self, rate: Option<Rate>) -> Self {
        self.line.set_rate(rate);
        self.exchange(Instant::ZERO);
        self
    }

    /// Takes bytes from the DTE; gives how many were taken.
    ///
    /// The rest waits with the adapter, and is offered again after anything else has happened: it
    /// is the queue of commands behind the one that runs (guide F6). A line whose CR is the last
    /// byte runs at the next byte or `handle_timeout`, which is due at once (guide F1a).
    ///
    /// On a line with a rate or a fault, taken is what the line took: it has yet to arrive.
    pub fn handle_uart(&mut self, rx: &[u8], now: Instant) -> usize {
        if !self.line.has_wires() {
            return self.take_in(rx, now);
        }
        let taken = self.line.push(rx, now);
        if taken > 0 {
            self.settle(now);
        }
        taken
    }

    /// Lets time pass. Early is a no-op.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.editor.deadline().is_some_and(|at| now >= at)
            && let Some(end) = self.editor.take_ended()
        {
            self.begin(end, now);
        }
        self.settle(now);
    }

    /// When `handle_timeout` is due.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let equipment = &self.equipment;
        let running = self
            .running
            .as_ref()
            .and_then(|running| running.deadline(equipment.config.profile.guards.send));
        let links = (0..equipment.links.len()).filter_map(|slot| equipment.link_deadline(slot));
        Instant::first_of([
            self.editor.deadline(),
            running,
            equipment
                .bearer
                .deadline(&equipment.network, &equipment.config.timing),
            equipment.sockets.deadline(),
            equipment.faults.deadline(),
            equipment.cast.deadline(),
            equipment.query.as_ref().and_then(|query| query.deadline()),
            self.line.deadline(),
            links.min(),
        ])
    }

    /// Bytes for the DTE, as slices for one vectored write; gives how many slices there are.
    pub fn uart_output<'a>(&'a self, out: &mut [&'a [u8]]) -> usize {
        let Some(arrived) = self.line.output() else {
            return self.printed(out);
        };
        let arrived = arrived.into_iter().filter(|slice| !slice.is_empty());
        let put = |(out, slice): (&mut &'a [u8], &'a [u8])| *out = slice;
        out.iter_mut().zip(arrived).map(put).count()
    }

    /// Says that the DTE took the first `n` bytes of them.
    pub fn uart_written(&mut self, n: usize, now: Instant) {
        if !self.line.written(n, now) {
            self.printed_taken(n);
            self.equipment.release();
        }
        self.bytes_moved(now);
    }

    /// The next thing the adapter has to do.
    pub fn poll_request(&mut self) -> Option<Request<'_>> {
        Some(match self.equipment.next_ask()? {
            Ask::Resolve(id) => Request::Resolve {
                id,
                name: self.equipment.name_of(id).unwrap_or_default(),
            },
            Ask::Connect(id, transport, address) => Request::Connect {
                id,
                transport,
                address,
            },
            Ask::CountUnread(id) => Request::CountUnread { id },
            Ask::Shutdown(id) => Request::Shutdown { id },
            Ask::Abort(id) => Request::Abort { id },
        })
    }

    /// Says what happened to an attempt. One that the module has forgotten is ignored.
    pub fn handle_socket(&mut self, id: SocketId, event: SocketEvent<'_>, now: Instant) {
        if let Some(query) = &mut self.equipment.query
            && query.socket == id
        {
            query.answer = match event {
                SocketEvent::Resolved(address) => Some(Some(address)),
                _ => Some(None),
            };
            query.due = query.due.max(now);
        } else if let Some(slot) = self.equipment.slot_of(id) {
            self.equipment.handle_link(slot, id, event, now);
        } else if matches!(event, SocketEvent::Reset) {
            self.equipment.lose_unsent(id);
        } else if matches!(event, SocketEvent::Ended) && self.equipment.sockets.is_lingering(id) {
            self.equipment.sockets.forget(id);
        }
        self.settle(now);
    }

    /// Where to read a TCP socket's bytes to; empty: don't read now. There is room again when the DTE
    /// took something: ask after `uart_written`.
    pub fn socket_space(&mut self, id: SocketId) -> &mut [u8] {
        let equipment = &mut self.equipment;
        let link = equipment
            .links
            .iter_mut()
            .find(|link| link.connected() == Some(id));
        match (link, equipment.sockets.get_mut(id)) {
            (Some(link), Some(socket)) if socket.transport() == Transport::Tcp => {
                link.received.as_mut().map_or(&mut [], |ring| ring.space())
            }
            (None, Some(socket)) => socket.waste(),
            _ => &mut [],
        }
    }

    /// Says that `n` bytes were read into `socket_space`.
    pub fn socket_filled(&mut self, id: SocketId, n: usize, now: Instant) {
        let equipment = &mut self.equipment;
        let Some(slot) = equipment
            .links
            .iter()
            .position(|link| link.connected() == Some(id))
        else {
            return;
        };
        equipment.filled(slot, n, now);
        self.bytes_moved(now);
    }

    /// Bytes to write to a socket; of a UDP socket exactly one datagram.
    pub fn socket_output(&self, id: SocketId) -> &[u8] {
        let socket = self.equipment.sockets.get(id);
        socket.map_or(&[], |socket| socket.output())
    }

    /// Says that the socket took `n` of them; of a UDP socket the datagram.
    pub fn socket_written(&mut self, id: SocketId, n: usize, now: Instant) {
        if let Some(socket) = self.equipment.sockets.get_mut(id) {
            socket.written(n);
        }
        self.equipment.shut_down_if_flushed(id, now);
        self.bytes_moved(now);
    }

    /// Changes something from outside: the DTE's plug, the SIM, the network.
    pub fn handle_control(&mut self, control: Control, now: Instant) {
        let equipment = &mut self.equipment;
        match control {
            Control::DteLeft => {
                if !self.line.hang_up() {
                    self.dte_left(now);
                }
            }
            Control::Set(change) => equipment.change_network(change),
            Control::Fault(fault) => equipment.faults.set(*fault, now),
            Control::Clear(name) => {
                equipment.faults.clear(&name);
            }
            Control::Urc(text) => equipment.urc_text(text),
            Control::LoseContext(cid) => equipment.deactivate_by_network(cid),
            Control::Happens(happening) => equipment.happen(happening, now),
        }
        self.settle(now);
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.equipment.next_event()
    }

    /// The state at this moment.
    pub fn snapshot(&self) -> Snapshot<'_> {
        let equipment = &self.equipment;
        Snapshot {
            state: equipment.ip_state(),
            registration: equipment.registration(),
            attached: equipment.bearer.is_attached(),
            address: equipment.bearer.address(SERVICE_CONTEXT),
            peer: equipment.links[SLOT].target.as_ref().map(|target| Peer {
                transport: target.transport,
                host: &target.host,
                port: target.port,
            }),
            is_opening: equipment.links.iter().any(|link| link.attempt().is_some()),
            at_rest: self.running.is_none()
                && self.editor.is_at_rest()
                && self.line.is_at_rest()
                && equipment.backlog.is_empty()
                && equipment.reply.is_empty(),
            counters: equipment.counters,
        }
    }

    /// The module starts again: sockets, timers and everything unsaid are gone (P36). What it had
    /// printed is not, when it restarts by itself.
    fn restart(&mut self, keeps_output: bool, now: Instant) {
        let equipment = Equipment::new(self.equipment.config.clone(), self.equipment.number);
        let old = core::mem::replace(&mut self.equipment, equipment);
        self.equipment.carry_over(old, keeps_output, now);
        self.editor = Editor::new();
        self.running = None;
        if !keeps_output {
            self.line.lose_power();
        }
    }

    /// Bytes moved, and nothing else happened: beside more bytes only a line that runs, the serial
    /// line, and a fault that counts them can have waited for that. What becomes due with time is
    /// `handle_timeout`'s.
    fn bytes_moved(&mut self, now: Instant) {
        // What a fault cut off ends when it was taken, also when the fault is over.
        let has_faults = !self.equipment.faults.is_empty() || self.equipment.sockets.are_gated();
        if self.running.is_some() || self.line.has_wires() || has_faults {
            return self.settle(now);
        }
        self.equipment.publish(true);
    }

    /// Does everything that is due by now.
    pub(crate) fn settle(&mut self, now: Instant) {
        self.advance(now);
        while self.exchange(now) {
            self.advance(now);
        }
    }

    /// Does what is due by now inside the module, without its line.
    fn advance(&mut self, now: Instant) {
        loop {
            let moved = self.equipment.advance(now) | self.run(now);
            // Also when nothing moved: ESC may have ended the line that asked for it (G5.2).
            let wants_restart = self.equipment.wants_restart;
            match wants_restart {
                Some(Restart::Command) if self.running.is_none() => self.restart(true, now),
                Some(Restart::ByItself) => self.restart(true, now),
                Some(Restart::Power) => self.restart(false, now),
                _ if moved => {}
                _ if !self.equipment.report_state(now) => break,
                _ => {}
            }
        }
        self.equipment.release();
        let may_publish = self
            .running
            .as_ref()
            .is_none_or(|running| running.allows_urcs(self.equipment.reply.command_has_info()));
        if may_publish {
            self.equipment.publish(true);
        }
    }
}
