//! The loop that runs a module: everything that happens to it, in one task.

mod alarm;
mod input;
#[cfg(test)]
mod tests;

use std::io::IoSlice;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use simless_at::Instant;
use simless_module::{Module, Request, SocketEvent};
use simless_trace::{Observed, SLICES};
use tokio::io::AsyncWrite;

use crate::net::{Net, Step};
use crate::observe::{Caller, PortNews, PortObserver};
use crate::policy::Policy;
use crate::port::{Arrival, Dte, Port};

use alarm::Alarm;
use input::Input;

/// How often everything is looked at before other tasks have their turn.
const ROUNDS: usize = 16;

/// How long accepted bytes may take to reach their peers when the program ends.
const CLOSING: Duration = Duration::from_secs(2);

/// Why a module's run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `stop` was ready.
    Stopped,
    /// The DTE has left, and at this port no other one can come.
    DteLeft,
    /// The DTE could not be given what the module said, of which the observer was told, and at this
    /// port no other one can come.
    DteFailed,
}

/// Runs a module at a port until `stop` is ready. The module outlives its DTE: another one finds
/// it as it was left. Its connections go where the policy lets them.
///
/// At the end the bytes that connections have accepted are sent and FIN after them, for at most
/// two seconds; then the port closes. Who drops the future instead cuts the power: what the system
/// has not taken yet is lost.
pub fn drive(
    module: Module,
    port: Port,
    policy: Arc<Policy>,
    observer: impl PortObserver,
    stop: impl Future<Output = ()>,
) -> impl Future<Output = End> {
    // Not in the future: it would keep a place for all of them as they came, besides.
    let mut drive = Drive {
        module: Observed::new(module, observer),
        port,
        dte: None,
        last: End::DteLeft,
        next: None,
        input: Input::default(),
        net: Net::new(policy),
        alarm: Alarm::start(),
        closing: None,
    };
    async move {
        let mut stop = pin!(stop);
        std::future::poll_fn(|cx| drive.poll(cx, stop.as_mut())).await
    }
}

struct Drive<O> {
    module: Observed<O>,
    port: Port,
    dte: Option<Box<dyn Dte>>,
    /// How the last one went, should no other come.
    last: End,
    /// The one who takes its place when its last bytes were read.
    next: Option<(Box<dyn Dte>, Caller)>,
    input: Input,
    net: Net,
    alarm: Alarm,
    closing: Option<(End, Instant)>,
}

impl<O: PortObserver> Drive<O> {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        stop: Pin<&mut impl Future<Output = ()>>,
    ) -> Poll<End> {
        if self.closing.is_none() && stop.poll(cx).is_ready() {
            self.close(End::Stopped);
        }
        for _ in 0..ROUNDS {
            let now = self.alarm.now();
            if self.closing.is_some() {
                self.net.close(&self.module);
            }
            let moved = self.round(cx, now);
            if let Some((end, deadline)) = self.closing
                && (self.net.len() == 0 || now >= deadline)
            {
                self.module.end(now);
                return Poll::Ready(end);
            }
            if !moved && self.alarm.poll(cx, self.deadline()).is_pending() {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Looks at everything once; whether anything happened, so that it is worth another look.
    ///
    /// Sockets come before the DTE's bytes: what a peer had sent when `AT+CIPCLOSE` ran is printed
    /// before its OK (guide G7.4).
    fn round(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let mut moved = false;
        moved |= self.sockets(now, |net, index, module| {
            net.poll_in(index, cx, module, now)
        });
        if self.closing.is_none() {
            moved |= self.arrivals(cx, now);
            moved |= self.uart_input(cx, now);
            moved |= self.settle(now);
        }
        // Behind the input: a line that ended with it is answered in the write of its echo.
        if self.module.handle_timeout(now) {
            self.attend(now);
            moved = true;
        }
        moved |= self.sockets(now, |net, index, module| {
            net.poll_out(index, cx, module, now)
        });
        moved |= self.uart_output(cx, now);
        moved
    }

    /// Steps every socket until it has nothing more; room in the module bounds that.
    fn sockets(
        &mut self,
        now: Instant,
        mut step: impl FnMut(&mut Net, usize, &mut Observed<O>) -> Step,
    ) -> bool {
        let mut moved = false;
        let mut index = 0;
        let mut turns = 0;
        while index < self.net.len() {
            match step(&mut self.net, index, &mut self.module) {
                Step::Idle => {
                    index += 1;
                    turns = 0;
                    continue;
                }
                Step::Moved if turns < ROUNDS => turns += 1,
                Step::Moved | Step::Rest => {
                    index += 1;
                    turns = 0;
                }
                Step::Over => turns = 0,
            }
            self.attend(now);
            moved = true;
        }
        moved
    }

    /// Lets DTEs in.
    fn arrivals(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let engaged = self.dte.is_some() && !self.input.is_of_the_one_who_left();
        if self.next.is_some() && engaged {
            return false;
        }
        if let Some((dte, from)) = self.next.take() {
            self.let_in(dte, from, now);
            return true;
        }
        match self.port.poll_arrival(cx, engaged) {
            Poll::Pending => return false,
            // Who closes its connection and opens another one can be here before we have seen the
            // end of the first.
            Poll::Ready(Arrival::Came(dte, from)) if engaged => {
                match self.dte.as_ref().is_some_and(|dte| dte.is_leaving()) {
                    true => self.next = Some((dte, from)),
                    false => self.news(&PortNews::DteRefused(from), now),
                }
            }
            Poll::Ready(Arrival::Failed(error)) => {
                self.news(&PortNews::AcceptFailed(error), now);
            }
            Poll::Ready(Arrival::Came(dte, from)) => self.let_in(dte, from, now),
            Poll::Ready(Arrival::Over) => {
                if !self.input.is_open() {
                    return false;
                }
                self.close(self.last);
            }
        }
        true
    }

    /// Writes what the module has for the DTE.
    fn uart_output(&mut self, cx: &mut Context<'_>, now: Instant) -> bool {
        let mut moved = false;
        for _ in 0..ROUNDS {
            let Some(dte) = &mut self.dte else { break };
            let mut slices: [&[u8]; SLICES] = [&[]; SLICES];
            let count = self.module.uart_output(&mut slices);
            if count == 0 {
                break;
            }
            let slices = slices.map(IoSlice::new);
            match Pin::new(dte).poll_write_vectored(cx, &slices[..count]) {
                Poll::Pending => break,
                Poll::Ready(Ok(written)) if written > 0 => self.module.uart_written(written, now),
                // It takes nothing any more: what it was not given waits for the next one.
                Poll::Ready(written) => {
                    if let Err(error) = written
                        && self.dte.as_ref().is_some_and(|dte| dte.fails_by(&error))
                    {
                        self.last = End::DteFailed;
                        self.news(&PortNews::DteFailed(error), now);
                    }
                    self.hang_up(now);
                }
            }
            self.attend(now);
            moved = true;
        }
        moved
    }

    /// Does what the module asks for, and tells what happened in it. After every call into it.
    fn attend(&mut self, now: Instant) {
        while let Some(request) = self.module.poll_request(now) {
            let (id, answer) = match request {
                Request::Resolve { id, name } => {
                    self.net.resolve(id, name);
                    continue;
                }
                Request::Connect {
                    id,
                    transport,
                    address,
                } => (id, self.net.connect(id, transport, address)),
                Request::CountUnread { id } => {
                    let unread = self.net.count_unread(id, &mut self.module, now);
                    (id, Some(SocketEvent::Unread(unread)))
                }
                Request::Shutdown { id } => (id, self.net.shutdown(id)),
                Request::Abort { id } => {
                    self.net.abort(id);
                    continue;
                }
            };
            if let Some(answer) = answer {
                self.module.handle_socket(id, answer, now);
            }
        }
        self.module.report(now);
    }

    fn let_in(&mut self, dte: Box<dyn Dte>, from: Caller, now: Instant) {
        if self.dte.is_some() {
            self.drop_dte(now);
        }
        self.dte = Some(dte);
        self.input.has_a_successor();
        self.news(&PortNews::DteCame(from), now);
    }

    fn drop_dte(&mut self, now: Instant) {
        self.dte = None;
        self.news(&PortNews::DteLeft, now);
    }

    fn news(&mut self, news: &PortNews, now: Instant) {
        self.module.port(now, || news.to_string());
        self.module.observer().port(news);
    }

    fn close(&mut self, end: End) {
        self.closing = Some((end, self.alarm.now() + CLOSING));
    }

    fn deadline(&self) -> Option<Instant> {
        [
            self.module.poll_timeout(),
            // At the end nobody waits for a DTE any more.
            self.input.deadline().filter(|_| self.closing.is_none()),
            self.closing.map(|(_, deadline)| deadline),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}
