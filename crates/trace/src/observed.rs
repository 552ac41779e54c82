//! A module and who watches it.

use std::cell::Cell;

use simless_at::Instant;
use simless_module::{Control, Event, Module, Request, Snapshot, SocketEvent, SocketId};

use crate::{Direction, Step};

/// Somebody who watches a module. It never pushes back: what it cannot take it has to drop and
/// count.
pub trait Observer {
    /// Something happened in the module; `snapshot` is its state right after it.
    fn event(&mut self, event: &Event, snapshot: &Snapshot<'_>);

    /// Whether it wants every step of the session: that costs a copy of the bytes.
    fn wants_steps(&self) -> bool {
        false
    }

    /// A step of the session, in order. Events are steps, too.
    fn step(&mut self, _at: Instant, _step: Step) {}
}

/// Two who watch, the second one perhaps.
impl<A: Observer, B: Observer> Observer for (A, Option<B>) {
    fn event(&mut self, event: &Event, snapshot: &Snapshot<'_>) {
        self.0.event(event, snapshot);
        if let Some(second) = &mut self.1 {
            second.event(event, snapshot);
        }
    }

    fn wants_steps(&self) -> bool {
        self.0.wants_steps() || self.1.as_ref().is_some_and(B::wants_steps)
    }

    fn step(&mut self, at: Instant, step: Step) {
        if let Some(second) = self.1.as_mut().filter(|second| second.wants_steps()) {
            second.step(at, step.clone());
        }
        if self.0.wants_steps() {
            self.0.step(at, step);
        }
    }
}

/// A module and who watches it. Every verb of the module passes here, so that a session can be
/// recorded step by step, in the order in which it happened; the contract with an adapter is that
/// of [`Module`].
pub struct Observed<O> {
    module: Module,
    observer: O,
    /// The module's deadline, until something happens to it: it is asked for more than once.
    deadline: Cell<Option<Option<Instant>>>,
}

impl<O: Observer> Observed<O> {
    /// A module that is watched from now on: from its first moment, for a recording.
    pub fn new(module: Module, observer: O) -> Self {
        Self {
            module,
            observer,
            deadline: Cell::new(None),
        }
    }

    /// [`Module::handle_uart`].
    pub fn handle_uart(&mut self, rx: &[u8], now: Instant) -> usize {
        if !self.observer.wants_steps() {
            return self.module().handle_uart(rx, now);
        }
        let was_due = self.is_due(now);
        let taken = self.module().handle_uart(rx, now);
        if taken > 0 {
            let data = rx[..taken].to_vec();
            let dir = Direction::Up;
            self.observer.step(now, Step::Uart { dir, data });
        }
        // A byte that was only seen ends a line whose CR came before it, as the time does. A
        // player is given no byte that was not taken.
        let was_seen = taken < rx.len() && (taken > 0 || was_due);
        if was_seen && !self.is_due(now) {
            self.observer.step(now, Step::Time);
        }
        taken
    }

    /// [`Module::handle_timeout`], when a deadline has come; whether one had.
    pub fn handle_timeout(&mut self, now: Instant) -> bool {
        let is_due = self.is_due(now);
        if is_due {
            self.step(now, || Step::Time);
            self.module().handle_timeout(now);
        }
        is_due
    }

    /// [`Module::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.deadline.get().unwrap_or_else(|| {
            let deadline = self.module.poll_timeout();
            self.deadline.set(Some(deadline));
            deadline
        })
    }

    /// [`Module::uart_output`].
    pub fn uart_output<'a>(&'a self, out: &mut [&'a [u8]]) -> usize {
        self.module.uart_output(out)
    }

    /// [`Module::uart_written`]; of at most [`SLICES`](crate::SLICES) slices of output.
    pub fn uart_written(&mut self, n: usize, now: Instant) {
        if self.observer.wants_steps() {
            let mut slices = [&[][..]; crate::SLICES];
            let count = self.module.uart_output(&mut slices);
            let mut data = slices[..count].concat();
            data.truncate(n);
            let dir = Direction::Down;
            self.observer.step(now, Step::Uart { dir, data });
        }
        self.module().uart_written(n, now);
    }

    /// [`Module::poll_request`].
    pub fn poll_request(&mut self, now: Instant) -> Option<Request<'_>> {
        self.deadline.set(None);
        let request = self.module.poll_request()?;
        if self.observer.wants_steps() {
            self.observer.step(now, Step::ask(&request));
        }
        Some(request)
    }

    /// [`Module::handle_socket`].
    pub fn handle_socket(&mut self, id: SocketId, event: SocketEvent<'_>, now: Instant) {
        self.step(now, || Step::socket(id, event));
        self.module().handle_socket(id, event, now);
    }

    /// Reads a TCP socket to where the module wants its bytes: `read` is given the place and says
    /// how many came. It is not asked when the module wants none.
    pub fn read_socket(
        &mut self,
        id: SocketId,
        now: Instant,
        read: impl FnOnce(&mut [u8]) -> usize,
    ) {
        let space = self.module.socket_space(id);
        if space.is_empty() {
            return;
        }
        let n = read(space);
        if n > 0 {
            if self.observer.wants_steps() {
                let data = space[..n].to_vec();
                let step = Step::Data {
                    socket: id,
                    dir: Direction::Down,
                    data,
                    datagram: false,
                };
                self.observer.step(now, step);
            }
            self.deadline.set(None);
            self.module.socket_filled(id, n, now);
        }
    }

    /// [`Module::socket_output`].
    pub fn socket_output(&self, id: SocketId) -> &[u8] {
        self.module.socket_output(id)
    }

    /// [`Module::socket_written`].
    pub fn socket_written(&mut self, id: SocketId, n: usize, now: Instant) {
        if self.observer.wants_steps() {
            let step = Step::Data {
                socket: id,
                dir: Direction::Up,
                data: self.module.socket_output(id)[..n].to_vec(),
                datagram: false,
            };
            self.observer.step(now, step);
        }
        self.module().socket_written(id, n, now);
    }

    /// [`Module::handle_control`].
    pub fn handle_control(&mut self, control: Control, now: Instant) {
        self.step(now, || Step::Control {
            control: control.clone(),
        });
        self.module().handle_control(control, now);
    }

    /// Tells the observer what happened in the module: [`Module::poll_event`] until there is none.
    pub fn report(&mut self, now: Instant) {
        while let Some(event) = self.module.poll_event() {
            self.step(now, || Step::event(&event));
            self.observer.event(&event, &self.module.snapshot());
        }
    }

    /// Something happened at the port.
    pub fn port(&mut self, now: Instant, text: impl FnOnce() -> String) {
        self.step(now, || Step::Port { text: text() });
    }

    /// Who watches.
    pub fn observer(&mut self) -> &mut O {
        &mut self.observer
    }

    /// The session is over.
    pub fn end(&mut self, now: Instant) {
        let unread = crate::unread(&self.module);
        self.step(now, || Step::End { unread });
    }

    /// [`Module::snapshot`].
    pub fn snapshot(&self) -> Snapshot<'_> {
        self.module.snapshot()
    }

    fn is_due(&self, now: Instant) -> bool {
        self.poll_timeout().is_some_and(|due| due <= now)
    }

    /// The module, to which something happens.
    fn module(&mut self) -> &mut Module {
        self.deadline.set(None);
        &mut self.module
    }

    fn step(&mut self, now: Instant, step: impl FnOnce() -> Step) {
        if self.observer.wants_steps() {
            self.observer.step(now, step());
        }
    }
}
