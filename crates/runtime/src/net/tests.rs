//! Names are looked up one at a time (limits, G4.10).
//!
//! covers: G4.10

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use simless_at::Instant;
use simless_module::{
    Config, Event, KINGCOM_G3524, Module, Network, Scenario, Snapshot, SocketId, Timing,
};
use simless_trace::{Observed, Observer};

use super::resolve::Resolving;
use super::{Net, Step};
use crate::policy::Policy;

/// A look-up that ends when the test says so.
fn slow(done: &Arc<AtomicBool>) -> Resolving {
    let done = Arc::clone(done);
    Resolving::by(std::future::poll_fn(move |_| {
        match done.load(Ordering::Relaxed) {
            true => Poll::Ready(Some(IpAddr::V4(Ipv4Addr::LOCALHOST))),
            false => Poll::Pending,
        }
    }))
}

/// Nobody watches.
struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}
}

/// A cancelled look-up can't be interrupted: until it ends no other begins, and its answer is
/// nobody's.
#[test]
fn a_cancelled_look_up_holds_the_next_one_back() {
    let module = Module::new(Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario: Scenario::default(),
    }));
    let mut module = Observed::new(module, Nobody);
    let mut net = Net::new(Arc::new(Policy::default()));
    let mut cx = Context::from_waker(Waker::noop());
    let now = Instant::ZERO;

    let first = Arc::new(AtomicBool::new(false));
    net.resolve(SocketId(1), "first.example");
    net.look_up = Some((Some(SocketId(1)), slow(&first)));
    assert!(matches!(
        net.poll_in(0, &mut cx, &mut module, now),
        Step::Idle
    ));
    net.abort(SocketId(1));
    assert_eq!(net.len(), 0);

    net.resolve(SocketId(2), "second.example");
    assert!(matches!(
        net.poll_in(0, &mut cx, &mut module, now),
        Step::Idle
    ));
    let asked = |net: &Net| net.look_up.as_ref().map(|(asked, _)| *asked);
    assert_eq!(asked(&net), Some(None), "the first is still at work");

    first.store(true, Ordering::Relaxed);
    let step = net.poll_in(0, &mut cx, &mut module, now);
    assert!(matches!(step, Step::Moved), "its answer is nobody's");
    assert_eq!((net.len(), asked(&net)), (1, None));

    let second = Arc::new(AtomicBool::new(true));
    net.look_up = Some((Some(SocketId(2)), slow(&second)));
    assert!(matches!(
        net.poll_in(0, &mut cx, &mut module, now),
        Step::Over
    ));
    assert_eq!(net.len(), 0);
}
