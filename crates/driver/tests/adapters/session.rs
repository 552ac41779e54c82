//! A session that is driven all the time, also while the application does nothing, as a task of its
//! own does.
//!
//! covers: H20 H21

use std::time::Duration;

use embedded_io::{Read, Write};
use simless_driver::{Ended, LinkError, Session, Todo};
use simless_module::{Control, Happening};

use crate::world::{Blocking, World, settings, tcp};

struct Driven {
    world: World,
    session: Session<256, 256>,
}

impl Driven {
    fn connected() -> Self {
        let world = World::echoing();
        let mut settings = settings();
        settings.patience.send = Duration::from_secs(10);
        let session = Session::new(settings);
        let mut driven = Self { world, session };
        driven.session.begin();
        let connected = driven.until(|session| session.connect(&tcp()));
        connected.unwrap();
        driven
    }

    fn until<A>(&mut self, mut question: impl FnMut(&mut Session<256, 256>) -> Option<A>) -> A {
        loop {
            self.session.step(self.world.now());
            if let Some(answer) = question(&mut self.session) {
                return answer;
            }
            self.exchange();
        }
    }

    fn pass(&mut self, duration: Duration) {
        let end = self.world.now() + duration;
        while self.world.now() < end {
            self.session.step(self.world.now());
            self.exchange();
        }
    }

    fn exchange(&mut self) {
        let mut port = Blocking(self.world.clone());
        match self.session.todo() {
            Todo::Write { bytes, .. } => {
                let n = port.write(bytes).unwrap();
                self.session.written(n, self.world.now());
            }
            // Nothing can be read before the application has.
            Todo::Read { space: [], until } => {
                assert_eq!(until, None, "time stands still");
                self.world.pass(Duration::from_millis(100));
            }
            Todo::Read { space, .. } => {
                let n = port.read(space).unwrap_or(0);
                self.session.filled(n);
            }
        }
    }

    fn read(&mut self) -> Vec<u8> {
        let mut all = Vec::<u8>::new();
        let mut buf = [0; 100];
        while let Some(Ok(n @ 1..)) = self.session.read(&mut buf) {
            all.extend(&buf[..n]);
            self.pass(Duration::from_secs(1));
        }
        all
    }
}

/// The prompt of a send stands behind data that nobody reads. The driver's patience does not run
/// out over it; the module's does, after 120 s (G5.9).
#[test]
fn time_stands_still_while_nobody_reads() {
    let mut driven = Driven::connected();
    driven.session.write(b"ping").unwrap().unwrap();
    driven.world.peer_sends(&[b'x'; 600]);
    driven.pass(Duration::from_secs(100));
    assert_eq!(driven.session.flush(), Some(Err(LinkError::Unread)));
    let received = driven.read();
    assert_eq!(received.len(), 604);
    assert!(received.ends_with(b"ping"));
    assert_eq!(driven.session.flush(), Some(Ok(())));
}

/// The driver makes a connection anew when the module starts again. It would be another stream.
#[test]
fn a_reboot_ends_a_stream_for_good() {
    let mut driven = Driven::connected();
    let power_cycle = Control::Happens(Happening::PowerCycle);
    driven.world.control(power_cycle);
    driven.pass(Duration::from_secs(5));
    driven.session.write(b"lost").unwrap().unwrap();
    driven.pass(Duration::from_secs(300));
    let mut buf = [0; 10];
    let error = driven.session.read(&mut buf).unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            LinkError::Ended(Ended::Rebooted) | LinkError::Send(_)
        ),
        "{error}"
    );
    assert_eq!(driven.world.said().matches("+CIPSTART").count(), 1);
    assert!(driven.session.is_clear());
}

/// What was read stays in order, however often it is read before a step.
#[test]
fn reads_between_steps() {
    let mut driven = Driven::connected();
    let data: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let mut pieces = data.chunks(100);
    let mut back = Vec::<u8>::new();
    for round in 0..10_000 {
        driven.world.peer_sends(pieces.next().unwrap_or_default());
        for _ in 0..[1, 5, 2][round % 3] {
            if let Todo::Read { space, .. } = driven.session.todo() {
                let n = Blocking(driven.world.clone()).read(space).unwrap_or(0);
                driven.session.filled(n);
            }
        }
        driven.session.step(driven.world.now());
        let mut buf = [0; 40];
        if let Some(n) = driven.session.read(&mut buf) {
            back.extend(&buf[..n.unwrap()]);
        }
        if back.len() == data.len() {
            break;
        }
    }
    assert!(back == data);
}
