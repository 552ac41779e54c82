//! Faults of the fake network, of the application and of the power.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use simless_at::Registration;
use simless_module::{Answer, Chance, Control, Fault, FaultKind, Happening, NetworkChange};

use super::AtByte;
use super::module::{BOUNDARIES, one_of};
use crate::net::{DENIED, LEFT, Outcome, SECOND, SERVER, THIRD};
use crate::oracle::{Commands, Effect, Listener};
use crate::world::{Happens, World};

pub(super) fn millis(chance: &mut Chance, range: RangeInclusive<u64>) -> Duration {
    Duration::from_millis(chance.within(range))
}

/// Attempts end like this for a while.
fn connects(world: &mut World, chance: &mut Chance, outcome: Outcome) {
    let until = world.now + millis(chance, 1_000..=120_000);
    world.net.connects = Some((outcome, until));
}

pub(super) fn refused(world: &mut World, _: usize, chance: &mut Chance) {
    connects(world, chance, Outcome::Refused);
}

pub(super) fn unreachable(world: &mut World, _: usize, chance: &mut Chance) {
    connects(world, chance, Outcome::Unreachable);
}

pub(super) fn blackhole(world: &mut World, _: usize, chance: &mut Chance) {
    connects(world, chance, Outcome::Nothing);
}

pub(super) fn no_socket(world: &mut World, _: usize, chance: &mut Chance) {
    connects(world, chance, Outcome::NoSocket);
}

pub(super) fn reset_at_connect(world: &mut World, _: usize, chance: &mut Chance) {
    connects(world, chance, Outcome::Reset);
}

pub(super) fn late_connection(world: &mut World, _: usize, chance: &mut Chance) {
    let delay = Duration::from_millis(one_of(chance, &BOUNDARIES));
    connects(world, chance, Outcome::Late(delay));
}

pub(super) fn dns_fails(world: &mut World, _: usize, chance: &mut Chance) {
    let outcome = one_of(chance, &[Outcome::Nothing, Outcome::Refused]);
    let until = world.now + millis(chance, 1_000..=120_000);
    world.net.names = Some((outcome, until));
}

/// The name leads elsewhere: to other servers, to where none is any more, to where nobody may go.
pub(super) fn dns_changes(world: &mut World, _: usize, chance: &mut Chance) {
    const ELSEWHERE: [&[IpAddr]; 7] = [
        &[SECOND],
        &[THIRD],
        &[LEFT],
        &[DENIED],
        &[SERVER, SECOND, THIRD],
        &[LEFT, SERVER],
        &[DENIED, LEFT, THIRD],
    ];
    let until = world.now + millis(chance, 10_000..=600_000);
    world.net.leads = Some((one_of(chance, &ELSEWHERE), until));
}

pub(super) fn dns_slow(world: &mut World, index: usize, chance: &mut Chance) {
    let resolve = millis(chance, 1_000..=12_000);
    let change = NetworkChange {
        resolve: Some(resolve),
        ..NetworkChange::default()
    };
    set_for_a_while(world, index, chance, change);
}

pub(super) fn server_resets(world: &mut World, _: usize, _: &mut Chance) {
    if let Some(id) = world.net.standing().map(|peer| peer.id) {
        world.reset(id);
    }
}

pub(super) fn half_close(world: &mut World, _: usize, chance: &mut Chance) {
    let burst = chance.below(5_000) as usize;
    if let Some(peer) = world.net.standing() {
        if !peer.has_ended {
            peer.says(burst);
        }
        peer.ends = true;
    }
}

/// Servers end their connections at the very moment when the module begins to close them.
pub(super) fn ends_under_a_close(world: &mut World, _: usize, chance: &mut Chance) {
    world.net.ends_under_a_close = world.now + millis(chance, 60_000..=600_000);
}

pub(super) fn zero_window(world: &mut World, _: usize, chance: &mut Chance) {
    let until = world.now + millis(chance, 1_000..=200_000);
    if let Some(peer) = world.net.standing() {
        peer.stalls = Some(until);
        world.agenda.plan(until, Happens::Look);
    }
}

pub(super) fn trickle(world: &mut World, _: usize, chance: &mut Chance) {
    let piece = chance.within(1..=7) as usize;
    if let Some(peer) = world.net.standing() {
        peer.piece = piece;
    }
}

pub(super) fn burst(world: &mut World, _: usize, chance: &mut Chance) {
    let burst = one_of(chance, &[1, 100, 1460, 1461, 20_000, 60_000]);
    if let Some(peer) = world.net.standing().filter(|peer| !peer.has_ended) {
        peer.says(burst);
    }
}

pub(super) fn slow_reader(world: &mut World, index: usize, chance: &mut Chance) {
    world.app.chunk = chance.within(16..=600) as usize;
    world.app.pause = millis(chance, 1..=300);
    let lasts = millis(chance, 10_000..=120_000);
    world.agenda.plan(world.now + lasts, Happens::Mends(index));
}

pub(super) fn stopped_reader(world: &mut World, index: usize, chance: &mut Chance) {
    world.app.pause = millis(chance, 10_000..=200_000);
    world
        .agenda
        .plan(world.now + Duration::from_secs(20), Happens::Mends(index));
}

fn at_byte(world: &mut World, chance: &mut Chance, what: AtByte) {
    let k = one_of(chance, &[1, 2, 12, 16, 17, 18, 40, 300, 2_000]);
    let k = chance.within(1..=k) as usize;
    world.serial.at_byte = Some((k, what));
}

pub(super) fn urc_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    let which = one_of(chance, &super::module::URCS);
    at_byte(world, chance, AtByte::Urc(which));
}

pub(super) fn reset_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::Reset);
}

pub(super) fn power_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::PowerCycle);
}

pub(super) fn context_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::ContextLoss);
}

pub(super) fn server_resets_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::ServerResets);
}

pub(super) fn half_close_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::HalfClose);
}

pub(super) fn abandon_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::Abandon);
}

pub(super) fn close_at_byte(world: &mut World, _: usize, chance: &mut Chance) {
    at_byte(world, chance, AtByte::Close);
}

/// The network is otherwise for a while.
fn set_for_a_while(world: &mut World, index: usize, chance: &mut Chance, change: NetworkChange) {
    let lasts = millis(chance, 5_000..=300_000);
    world.agenda.plan(world.now + lasts, Happens::Mends(index));
    world.control(Control::Set(change));
}

pub(super) fn pin(world: &mut World, index: usize, chance: &mut Chance) {
    let lasts = millis(chance, 5_000..=300_000);
    world.agenda.plan(world.now + lasts, Happens::Mends(index));
    world.net.break_all(world.now);
    world.hits(Effect::Lose);
    world.set_fault(index, Fault::new(FaultKind::PinLocked));
}

pub(super) fn roaming(world: &mut World, index: usize, chance: &mut Chance) {
    let change = NetworkChange {
        registration: Some(Registration::ROAMING),
        ..NetworkChange::default()
    };
    set_for_a_while(world, index, chance, change);
}

pub(super) fn silence(world: &mut World, index: usize, chance: &mut Chance) {
    let (attach, activation) = match chance.below(3) {
        0 => (Some(Answer::Silence), None),
        1 => (None, Some(Answer::Silence)),
        _ => (Some(Answer::Refuse), Some(Answer::Refuse)),
    };
    let change = NetworkChange {
        attach,
        activation,
        ..NetworkChange::default()
    };
    set_for_a_while(world, index, chance, change);
}

pub(super) fn detach(world: &mut World, _: usize, _: &mut Chance) {
    world.net.break_all(world.now);
    world.hits(Effect::Lose);
    world.control(Control::Happens(Happening::Detach));
}

/// The cable is pulled, and the host starts again.
pub(super) fn hang_up(world: &mut World, _: usize, _: &mut Chance) {
    let now = world.now;
    world.serial.lose();
    world.control(Control::DteLeft);
    world.driver = simless_driver::Driver::new(world.plan.settings());
    world.app.restart(now);
    // Of those it knows nothing.
    world.attempts_are_forgotten();
    world.commands = Commands::default();
    world.listener = Listener::new();
    world.distrust();
}
