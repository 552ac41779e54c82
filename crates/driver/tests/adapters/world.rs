//! A module behind a port, servers behind the module, and a clock that goes on when all wait.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use simless_driver::adapter::asynchronous::Timer;
use simless_driver::{Apn, Host, Instant, Settings, Target};
use simless_module::{Config, Control, KINGCOM_G3524, Module, Network, Scenario, Timing};

pub use crate::network::Server;
use crate::network::{Connects, Net};

/// Everything but the program under test. Clones are the same world.
#[derive(Clone)]
pub struct World(Rc<RefCell<Inside>>);

struct Inside {
    module: Module,
    now: Instant,
    /// From the driver, not yet taken by the module.
    up: VecDeque<u8>,
    /// All that the driver said.
    said: Vec<u8>,
    down: VecDeque<u8>,
    /// The module's output is held back.
    is_mute: bool,
    alarm: Option<Instant>,
    net: Net,
    /// A port that is not ready when it is asked first.
    is_shy: bool,
    asked: bool,
}

pub fn settings() -> Settings {
    Settings::new(Apn::new("CMNET").unwrap())
}

pub fn tcp() -> Target {
    Target::tcp(Host::new("198.51.100.7").unwrap(), 80)
}

pub fn udp() -> Target {
    Target::udp(Host::new("198.51.100.7").unwrap(), 53)
}

impl World {
    /// Servers that answer with what they get.
    pub fn echoing() -> Self {
        Self::serving(|| Box::new(<[u8]>::to_vec))
    }

    pub fn serving(server: impl FnMut() -> Server + 'static) -> Self {
        Self(Rc::new(RefCell::new(Inside {
            module: Module::new(Arc::new(Config {
                profile: KINGCOM_G3524,
                timing: Timing::IMMEDIATE,
                network: Network::default(),
                scenario: Scenario::default(),
            })),
            now: Instant::ZERO,
            up: VecDeque::new(),
            said: Vec::new(),
            down: VecDeque::new(),
            is_mute: false,
            alarm: None,
            net: Net::new(server),
            is_shy: false,
            asked: false,
        })))
    }

    pub fn now(&self) -> Instant {
        self.0.borrow().now
    }

    /// A clock for the blocking adapter.
    pub fn clock(&self) -> impl FnMut() -> Instant + use<> {
        let world = self.clone();
        move || world.now()
    }

    pub fn pass(&self, duration: Duration) {
        let inside = &mut *self.0.borrow_mut();
        let until = inside.now + duration;
        inside.settle();
        while let Some(at) = inside.module.poll_timeout().filter(|at| *at <= until) {
            inside.now = inside.now.max(at);
            inside.settle();
        }
        inside.now = until;
        inside.settle();
    }

    pub fn control(&self, control: Control) {
        let inside = &mut *self.0.borrow_mut();
        inside.module.handle_control(control, inside.now);
        inside.settle();
    }

    pub fn peer_sends(&self, bytes: &[u8]) {
        let inside = &mut *self.0.borrow_mut();
        inside.net.peer().sends.extend(bytes);
        inside.settle();
    }

    pub fn peer_sends_datagram(&self, datagram: &[u8]) {
        let inside = &mut *self.0.borrow_mut();
        inside.net.peer().datagrams.push_back(datagram.to_vec());
        inside.settle();
    }

    pub fn peer_ends(&self) {
        let inside = &mut *self.0.borrow_mut();
        inside.net.peer().ends = true;
        inside.settle();
    }

    /// The module says nothing any more, or goes on.
    pub fn mute(&self, is_mute: bool) {
        self.0.borrow_mut().is_mute = is_mute;
    }

    pub fn refuse(&self) {
        self.0.borrow_mut().net.connects = Connects::Refused;
    }

    pub fn resolve_nothing(&self) {
        self.0.borrow_mut().net.resolves = false;
    }

    /// From now on the port makes who asks wait once before it does anything.
    pub fn be_shy(&self) {
        self.0.borrow_mut().is_shy = true;
    }

    /// What all peers got.
    pub fn got(&self) -> Vec<u8> {
        let inside = self.0.borrow();
        let got = inside.net.peers.values().map(|peer| &peer.got[..]);
        got.collect::<Vec<_>>().concat()
    }

    /// What the driver said, as text.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.0.borrow().said).into_owned()
    }

    /// Runs a program to its end; time passes when it waits.
    pub fn run<A>(&self, program: impl Future<Output = A>) -> A {
        let mut program = pin!(program);
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..1_000_000 {
            if let Poll::Ready(output) = program.as_mut().poll(&mut context) {
                return output;
            }
            self.wait();
        }
        panic!("it never comes to an end: {}", self.said());
    }

    /// Polls a future once and drops it. Then something happens, or time passes.
    pub fn poll_and_drop<A>(&self, future: impl Future<Output = A>) -> Option<A> {
        let mut context = Context::from_waker(Waker::noop());
        let output = match pin!(future).poll(&mut context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        };
        if output.is_none() {
            self.wait();
        }
        output
    }

    /// To the next moment at which something happens.
    fn wait(&self) {
        let inside = &mut *self.0.borrow_mut();
        let alarm = inside.alarm.take();
        if inside.asked || inside.settle() {
            return;
        }
        let next = [inside.module.poll_timeout(), alarm];
        let Some(next) = next.into_iter().flatten().min() else {
            panic!(
                "nothing more happens: down {} up {} asked {} {:?}",
                inside.down.len(),
                inside.up.len(),
                inside.asked,
                inside.now
            );
        };
        inside.now = inside.now.max(next);
        inside.settle();
    }
}

impl Inside {
    /// Does all that is due at this moment; gives whether the program may go on.
    fn settle(&mut self) -> bool {
        let before = self.down.len();
        loop {
            let now = self.now;
            let taken = self.module.handle_uart(self.up.make_contiguous(), now);
            self.up.drain(..taken);
            let is_due = self.module.poll_timeout().is_some_and(|at| at <= now);
            if is_due {
                self.module.handle_timeout(now);
            }
            while self.module.poll_event().is_some() {}
            let served = self.net.serve(&mut self.module, now);
            let mut slices = [&[][..]; 8];
            let count = self.module.uart_output(&mut slices);
            let output = slices[..count].concat();
            // A port's buffer is bounded.
            let room = match self.is_mute {
                true => 0,
                false => 4096_usize.saturating_sub(self.down.len()),
            };
            let n = output.len().min(room);
            self.module.uart_written(n, now);
            self.down.extend(&output[..n]);
            if taken == 0 && !is_due && !served && n == 0 {
                return self.down.len() > before;
            }
        }
    }

    /// Whether the port does something now.
    fn is_ready(&mut self) -> bool {
        if !self.is_shy {
            return true;
        }
        self.asked = !self.asked;
        !self.asked
    }

    fn read(&mut self, buf: &mut [u8]) -> usize {
        // Not all at once.
        let n = buf.len().min(self.down.len()).min(61);
        for (to, from) in buf.iter_mut().zip(self.down.drain(..n)) {
            *to = from;
        }
        n
    }

    fn write(&mut self, buf: &[u8]) -> usize {
        // Not all at once, nor in no time: a LF in the instant of a CR would belong to it (F1a).
        let n = buf.len().min(100);
        self.now += Duration::from_micros(87) * n as u32;
        self.up.extend(&buf[..n]);
        self.said.extend(&buf[..n]);
        self.settle();
        n
    }
}

/// A port of `embedded-io`: when nothing is there, a tenth of a second passes.
pub struct Blocking(pub World);

impl embedded_io::ErrorType for Blocking {
    type Error = embedded_io::ErrorKind;
}

impl embedded_io::Read for Blocking {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let n = self.0.0.borrow_mut().read(buf);
        if n == 0 {
            self.0.pass(Duration::from_millis(100));
            return Err(embedded_io::ErrorKind::TimedOut);
        }
        Ok(n)
    }
}

impl embedded_io::ReadReady for Blocking {
    fn read_ready(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.0.0.borrow().down.is_empty())
    }
}

impl embedded_io::Write for Blocking {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
        Ok(self.0.0.borrow_mut().write(buf))
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl embedded_io::ErrorType for World {
    type Error = Infallible;
}

impl embedded_io_async::Read for World {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        std::future::poll_fn(|_| {
            let mut inside = self.0.borrow_mut();
            if inside.down.is_empty() || !inside.is_ready() {
                return Poll::Pending;
            }
            Poll::Ready(Ok(inside.read(buf)))
        })
        .await
    }
}

impl embedded_io_async::Write for World {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        std::future::poll_fn(|_| {
            let mut inside = self.0.borrow_mut();
            match inside.is_ready() {
                true => Poll::Ready(Ok(inside.write(buf))),
                false => Poll::Pending,
            }
        })
        .await
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Timer for World {
    fn now(&self) -> Instant {
        Self::now(self)
    }

    async fn wait_until(&self, moment: Instant) {
        std::future::poll_fn(|_| {
            let mut inside = self.0.borrow_mut();
            if inside.now >= moment {
                return Poll::Ready(());
            }
            let alarm = inside.alarm.map_or(moment, |alarm| alarm.min(moment));
            inside.alarm = Some(alarm);
            Poll::Pending
        })
        .await;
    }
}
