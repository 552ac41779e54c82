//! Faults that the module itself can have: its own `Fault`s.

use std::time::Duration;

use simless_module::{Chance, Fault, FaultKind, Place, Probability, Stream};

use super::network::millis;
use crate::oracle::Effect;
use crate::world::World;

/// Around the 30 s of the host and the 45 s of the module, in milliseconds.
pub(super) const BOUNDARIES: [u64; 9] = [
    5_000, 29_999, 30_000, 30_001, 35_000, 44_999, 45_000, 45_001, 70_000,
];

const STEPS: [&str; 3] = ["+CGATT", "+CGACT", "+CIPSTART"];

const COMMANDS: [&str; 14] = [
    "",
    "E0",
    "+CMEE",
    "I",
    "+CPIN",
    "+CREG",
    "+CIPHEAD",
    "+CGATT",
    "+CGDCONT",
    "+CGACT",
    "+CIPSTART",
    "+CIPSEND",
    "+CIPSTATUS",
    "+CIPCLOSE",
];

pub(super) fn one_of<T: Copy>(chance: &mut Chance, from: &[T]) -> T {
    from[chance.below(from.len() as u64) as usize]
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind)
}

/// For a while.
fn lasting(kind: FaultKind, seconds: std::ops::RangeInclusive<u64>, chance: &mut Chance) -> Fault {
    Fault {
        lasts: Some(Duration::from_secs(chance.within(seconds))),
        ..fault(kind)
    }
}

fn stream(chance: &mut Chance) -> Stream {
    one_of(chance, &[Stream::Both, Stream::Uplink, Stream::Downlink])
}

fn ppm(chance: &mut Chance, range: std::ops::RangeInclusive<u64>) -> Probability {
    Probability::from_ppm(chance.within(range) as u32)
}

/// Bytes are lost or changed.
fn garble(world: &mut World, index: usize, chance: &mut Chance, kind: FaultKind) {
    let mut fault = lasting(kind, 1..=60, chance);
    fault.stream = stream(chance);
    fault.toxicity = ppm(chance, 500..=30_000);
    world.garbles(fault.lasts.unwrap_or_default());
    world.set_fault(index, fault);
}

pub(super) fn drop(world: &mut World, index: usize, chance: &mut Chance) {
    garble(world, index, chance, FaultKind::Drop);
}

pub(super) fn flip(world: &mut World, index: usize, chance: &mut Chance) {
    garble(world, index, chance, FaultKind::Corrupt);
}

pub(super) fn duplicate(world: &mut World, index: usize, chance: &mut Chance) {
    garble(world, index, chance, FaultKind::Repeat);
}

pub(super) fn noise(world: &mut World, index: usize, chance: &mut Chance) {
    garble(world, index, chance, FaultKind::Noise);
}

pub(super) fn slices(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::Slicer, 1..=20, chance);
    fault.stream = stream(chance);
    fault.attributes.size = Some(one_of(chance, &[1, 1, 3, 16]));
    fault.attributes.variation = Some(one_of(chance, &[0, 2]));
    fault.attributes.delay = Some(millis(chance, 0..=2));
    world.set_fault(index, fault);
}

pub(super) fn stall(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::Stall, 30..=120, chance);
    fault.stream = stream(chance);
    fault.toxicity = ppm(chance, 100..=5_000);
    // A block whose bytes stop coming for 5 s is given up by the driver.
    fault.attributes.delay = Some(millis(chance, 1..=4_000));
    world.set_fault(index, fault);
}

fn on_command(fault: &mut Fault, commands: &[&str], times: u64, chance: &mut Chance) {
    let command = one_of(chance, commands);
    fault.attributes.command = Some(command.into()).filter(|command: &String| !command.is_empty());
    fault.times = Some(chance.within(1..=times) as u32);
}

pub(super) fn slow(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::LateOk);
    on_command(&mut fault, &COMMANDS, 6, chance);
    fault.attributes.delay = Some(millis(chance, 1..=15_000));
    world.set_fault(index, fault);
}

pub(super) fn late(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::LateOk);
    on_command(&mut fault, &STEPS, 4, chance);
    fault.attributes.delay = Some(Duration::from_millis(one_of(chance, &BOUNDARIES)));
    world.set_fault(index, fault);
}

pub(super) fn silent(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::NoFinal);
    on_command(&mut fault, &COMMANDS, 3, chance);
    world.set_fault(index, fault);
}

pub(super) fn no_prompt(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::NoPrompt);
    fault.times = Some(chance.within(1..=2) as u32);
    world.set_fault(index, fault);
}

pub(super) fn error(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::CmeError);
    on_command(&mut fault, &COMMANDS, 4, chance);
    fault.attributes.code = one_of(chance, &[None, Some(50), Some(3), Some(58)]);
    world.set_fault(index, fault);
}

pub(super) fn no_response(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::NoResponse);
    on_command(&mut fault, &STEPS, 3, chance);
    fault.attributes.delay = match chance.below(2) {
        0 => None,
        _ => Some(Duration::from_millis(one_of(chance, &BOUNDARIES))),
    };
    world.set_fault(index, fault);
}

pub(super) fn late_connect(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::LateConnectOk, 60..=400, chance);
    fault.attributes.delay = Some(Duration::from_millis(one_of(chance, &BOUNDARIES)));
    world.set_fault(index, fault);
}

pub(super) fn collision(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = fault(FaultKind::UrcCollision);
    on_command(&mut fault, &COMMANDS, 20, chance);
    fault.attributes.urc = Some(one_of(chance, &URCS).into());
    fault.attributes.place = Some(one_of(chance, &[Place::Response, Place::Final]));
    world.set_fault(index, fault);
}

/// URCs that say nothing of a connection, and look as if they did.
pub(crate) const URCS: [&str; 7] = [
    "+CREG: 1",
    "+CTZV: 26/11/25,18:00:00,+32",
    "RING",
    "OKAY",
    "+IPSTATUSES: CONNECT OK",
    "CLOSED, SAYS THE SHOP",
    "+CIEV: \"MESSAGE\",1",
];

pub(super) fn reset(world: &mut World, index: usize, _: &mut Chance) {
    world.hits(Effect::Restart);
    world.set_fault(index, fault(FaultKind::Reset));
}

/// The module is not registered for a while: attachment and context go.
fn unregistered(world: &mut World, index: usize, chance: &mut Chance, kind: FaultKind) {
    world.hits(Effect::Lose);
    cellular(world, index, chance, kind);
}

/// What happens to the network for a while.
fn cellular(world: &mut World, index: usize, chance: &mut Chance, kind: FaultKind) {
    let fault = lasting(kind, 5..=300, chance);
    world
        .net
        .break_all(world.now + fault.lasts.unwrap_or_default());
    world.set_fault(index, fault);
}

pub(super) fn sim_absent(world: &mut World, index: usize, chance: &mut Chance) {
    unregistered(world, index, chance, FaultKind::SimAbsent);
}

pub(super) fn denied(world: &mut World, index: usize, chance: &mut Chance) {
    unregistered(world, index, chance, FaultKind::CregDenied);
}

pub(super) fn searching(world: &mut World, index: usize, chance: &mut Chance) {
    unregistered(world, index, chance, FaultKind::Searching);
}

pub(super) fn no_credit(world: &mut World, index: usize, chance: &mut Chance) {
    cellular(world, index, chance, FaultKind::NoCredit);
}

pub(super) fn attach_fail(world: &mut World, index: usize, chance: &mut Chance) {
    cellular(world, index, chance, FaultKind::AttachFail);
}

pub(super) fn context_loss(world: &mut World, index: usize, _: &mut Chance) {
    world.net.break_all(world.now);
    world.hits(Effect::Lose);
    world.set_fault(index, fault(FaultKind::PdpDeact));
}

pub(super) fn latency(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::Latency, 30..=600, chance);
    fault.stream = stream(chance);
    fault.attributes.latency = Some(millis(chance, 1..=3_000));
    fault.attributes.jitter = Some(millis(chance, 0..=3_000));
    world.set_fault(index, fault);
}

pub(super) fn bandwidth(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::Bandwidth, 30..=600, chance);
    fault.stream = stream(chance);
    fault.attributes.rate = Some(chance.within(50..=5_000) as u32);
    world.set_fault(index, fault);
}

pub(super) fn down(world: &mut World, index: usize, chance: &mut Chance) {
    let fault = lasting(FaultKind::Down, 5..=200, chance);
    world.set_fault(index, fault);
}

/// A connection is broken by a fault, after a while.
fn breaks(world: &mut World, index: usize, fault: Fault) {
    let until = world.now + fault.lasts.unwrap_or_default();
    world.net.break_all(until);
    world.set_fault(index, fault);
}

pub(super) fn timeout(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::Timeout, 5..=120, chance);
    fault.attributes.timeout = Some(Duration::from_secs(chance.below(60)));
    breaks(world, index, fault);
}

pub(super) fn reset_peer(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::ResetPeer, 5..=120, chance);
    fault.attributes.timeout = Some(millis(chance, 0..=60_000));
    breaks(world, index, fault);
}

pub(super) fn slow_close(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::SlowClose, 60..=600, chance);
    fault.attributes.delay = Some(millis(chance, 1..=20_000));
    world.set_fault(index, fault);
}

pub(super) fn limit_data(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::LimitData, 5..=120, chance);
    fault.stream = stream(chance);
    fault.attributes.bytes = Some(chance.below(3_000));
    breaks(world, index, fault);
}

fn datagrams(kind: FaultKind, chance: &mut Chance) -> Fault {
    let mut fault = lasting(kind, 30..=600, chance);
    fault.stream = stream(chance);
    fault.toxicity = ppm(chance, 50_000..=500_000);
    fault
}

pub(super) fn loss(world: &mut World, index: usize, chance: &mut Chance) {
    let fault = datagrams(FaultKind::Loss, chance);
    world.set_fault(index, fault);
}

pub(super) fn doubles(world: &mut World, index: usize, chance: &mut Chance) {
    world.net.road.doubles = true;
    let fault = datagrams(FaultKind::Duplicate, chance);
    world.set_fault(index, fault);
}

pub(super) fn reorder(world: &mut World, index: usize, chance: &mut Chance) {
    world.net.road.reorders = true;
    let fault = datagrams(FaultKind::Reorder, chance);
    world.set_fault(index, fault);
}

pub(super) fn dns_fail(world: &mut World, index: usize, chance: &mut Chance) {
    let mut fault = lasting(FaultKind::DnsFail, 5..=120, chance);
    fault.attributes.delay = Some(millis(chance, 0..=12_000));
    world.set_fault(index, fault);
}
