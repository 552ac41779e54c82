//! The serial line between DTE and module: a wire for each direction, when there is a rate to keep
//! or a fault to strike.
//!
//! It is a part of the module, so that virtual and real time agree about it and a trace that is
//! played again has it, too. Without rate and faults there are no wires, and bytes go as if there
//! were no line. With a rate the wires keep their buffers, once a byte has come: eight times what
//! one of them holds, 2 KiB up to 128,000 baud and 32 KiB at the most.
//!
//! A byte meets the faults that are set when the line carries it. Without a rate that is when it
//! is sent, together with all that was sent at once: what those bytes lead to is too late for it.

use alloc::boxed::Box;

use simless_at::Instant;

use crate::fault::Faults;
use crate::{
    Fault, FaultKind, Line, Module, Probability, Rate, SerialFaults, Slicer, Stall, Stream, Wire,
};

/// How much of a second a wire holds, in bytes between the least and the most: an adapter that looks
/// in every few milliseconds, and is late at times, finds the line busy. Time in which it is idle
/// is not made up for.
const PART_OF_A_SECOND: usize = 50;
const LEAST: usize = 256;
const MOST: usize = 2048;

/// Slices of output that are looked at at once.
const SLICES: usize = 8;

/// The line, as far as it is more than a cable.
pub(crate) struct SerialLine {
    rate: Option<Rate>,
    /// Which faults the wires follow.
    version: Option<u32>,
    wires: Option<Box<Wires>>,
    /// The module is hearing what arrived, or speaking.
    in_use: bool,
    /// The DTE hung up, behind the bytes that are under way from it.
    hung_up: bool,
    /// The module's power was away: what is under way is lost.
    lost_power: bool,
}

struct Wires {
    /// From the DTE.
    up: Wire,
    /// To it.
    down: Wire,
}

impl SerialLine {
    pub(crate) const fn new() -> Self {
        Self {
            rate: None,
            version: None,
            wires: None,
            in_use: false,
            hung_up: false,
            lost_power: false,
        }
    }

    /// Both directions are held to this rate, each on its own.
    pub(crate) fn set_rate(&mut self, rate: Option<Rate>) {
        self.rate = rate;
        self.version = None;
        self.wires = None;
    }

    /// Whether bytes go through wires at all.
    pub(crate) fn has_wires(&self) -> bool {
        self.wires.is_some()
    }

    /// Whether nothing is under way.
    pub(crate) fn is_at_rest(&self) -> bool {
        match &self.wires {
            Some(wires) => wires.up.is_empty() && wires.down.is_empty(),
            None => true,
        }
    }

    /// When bytes arrive at either end.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let wires = self.wires.as_ref()?;
        Instant::first_of([wires.up.poll_timeout(), wires.down.poll_timeout()])
    }

    /// The DTE sends; gives how many bytes there was room for. Nothing is touched when that is
    /// none: no trace tells of bytes that were offered in vain, or of an offer without bytes.
    pub(crate) fn push(&mut self, rx: &[u8], now: Instant) -> usize {
        // What the next DTE says stays behind the end of the one before.
        if self.hung_up || rx.is_empty() {
            return 0;
        }
        match &mut self.wires {
            Some(wires) if wires.up.room() > 0 => wires.up.push(rx, now),
            _ => 0,
        }
    }

    /// What arrived at the DTE's end, if it goes through a wire.
    pub(crate) fn output(&self) -> Option<[&[u8]; 2]> {
        let wires = self.wires.as_ref()?;
        Some(wires.down.arrived())
    }

    /// The DTE took so many of these bytes; whether they came through a wire.
    pub(crate) fn written(&mut self, n: usize, now: Instant) -> bool {
        match &mut self.wires {
            Some(wires) => wires.down.take(n, now),
            None => return false,
        }
        true
    }

    /// The DTE hangs up; whether bytes of it are still under way, which come first.
    pub(crate) fn hang_up(&mut self) -> bool {
        self.hung_up = self
            .wires
            .as_ref()
            .is_some_and(|wires| !wires.up.is_empty());
        self.hung_up
    }

    /// The module is without power for a moment.
    pub(crate) fn lose_power(&mut self) {
        self.lost_power = true;
    }

    fn lose_what_is_on(&mut self, wires: &mut Wires) {
        if core::mem::take(&mut self.lost_power) {
            wires.up.clear();
            wires.down.clear();
        }
    }

    /// The faults that are set strike from now on.
    fn follow(&mut self, faults: &Faults, now: Instant) {
        if self.version == Some(faults.version()) {
            return;
        }
        self.version = Some(faults.version());
        let up = of_a_wire(faults, Stream::Uplink);
        let down = of_a_wire(faults, Stream::Downlink);
        if self.wires.is_none() && self.rate.is_none() && up.is_none() && down.is_none() {
            return;
        }
        let rate = self.rate;
        let wires = self
            .wires
            .get_or_insert_with(|| Box::new(Wires::new(rate, faults)));
        wires.up.set_faults(up, now);
        wires.down.set_faults(down, now);
    }
}

impl Wires {
    fn new(rate: Option<Rate>, faults: &Faults) -> Self {
        let carried = rate.map_or(MOST, |rate| rate.get() as usize / 10 / PART_OF_A_SECOND);
        let line = Line {
            rate,
            fifo: carried.clamp(LEAST, MOST),
        };
        Self {
            up: Wire::new(line, faults.seed_of("uplink")),
            down: Wire::new(line, faults.seed_of("downlink")),
        }
    }

    fn are_transparent(&self) -> bool {
        self.up.is_transparent() && self.down.is_transparent()
    }
}

impl Module {
    /// Bytes move along the line; whether any came to the module, or found room on their way from
    /// it.
    pub(crate) fn exchange(&mut self, now: Instant) -> bool {
        if self.line.in_use {
            // What was heard led here. Who hears will look again.
            return false;
        }
        self.line.follow(&self.equipment.faults, now);
        let Some(mut wires) = self.line.wires.take() else {
            self.line.lost_power = false;
            return false;
        };
        self.line.lose_what_is_on(&mut wires);
        self.line.in_use = true;
        let moved = self.exchange_with(&mut wires, now);
        self.line.in_use = false;
        // Behind the last fault of a line without a rate they are empty one day, and go.
        if !wires.are_transparent() {
            self.line.wires = Some(wires);
        }
        moved
    }

    fn exchange_with(&mut self, wires: &mut Wires, now: Instant) -> bool {
        let mut moved = self.hear(&mut wires.up, now);
        // Before anything is said: what the next start printed is not under way yet (P36).
        self.line.lose_what_is_on(wires);
        if core::mem::take(&mut self.line.hung_up) {
            self.line.hung_up = !wires.up.is_empty();
            if !self.line.hung_up {
                self.dte_left(now);
                moved = true;
            }
        }
        if !wires.are_transparent() {
            moved |= self.speak(&mut wires.down, now);
        }
        moved
    }

    /// The module takes what arrived, as far as it takes bytes now (guide F6).
    fn hear(&mut self, up: &mut Wire, now: Instant) -> bool {
        up.handle_timeout(now);
        let mut heard = false;
        while !self.line.lost_power {
            let n = self.take_in(up.arrived()[0], now);
            if n == 0 {
                break;
            }
            up.take(n, now);
            heard = true;
        }
        heard
    }

    /// What the module printed goes on its way, as far as there is room.
    fn speak(&mut self, down: &mut Wire, now: Instant) -> bool {
        down.handle_timeout(now);
        let mut spoke = false;
        loop {
            let mut slices = [&[][..]; SLICES];
            let count = self.printed(&mut slices);
            let mut sum = 0;
            for slice in &slices[..count] {
                let n = down.push(slice, now);
                sum += n;
                // There may be room again for the next one when bytes are lost at once.
                if n < slice.len() {
                    break;
                }
            }
            if sum == 0 {
                return spoke;
            }
            self.printed_taken(sum);
            spoke = true;
        }
    }
}

/// The faults of one direction. Of two of a kind the one that was set last counts.
fn of_a_wire(faults: &Faults, way: Stream) -> SerialFaults {
    let mut wire = SerialFaults::NONE;
    for fault in faults.on().filter(|fault| fault.stream.includes(way)) {
        add(fault, &mut wire);
    }
    wire
}

fn add(fault: &Fault, wire: &mut SerialFaults) {
    let Fault {
        toxicity,
        attributes,
        ..
    } = fault;
    let size = |size: Option<u32>| size.map_or(0, |size| size as usize);
    let set = |strike: &mut Probability| *strike = *toxicity;
    match fault.kind {
        FaultKind::Drop => set(&mut wire.drop),
        FaultKind::Corrupt => set(&mut wire.flip),
        FaultKind::Repeat => set(&mut wire.duplicate),
        FaultKind::Noise => set(&mut wire.noise),
        FaultKind::Stall => {
            wire.stall = Stall {
                toxicity: *toxicity,
                duration: attributes.delay.unwrap_or_default(),
            };
        }
        FaultKind::Slicer => {
            wire.slicer = Slicer {
                toxicity: *toxicity,
                size: size(attributes.size),
                variation: size(attributes.variation),
                delay: attributes.delay.unwrap_or_default(),
            };
        }
        // The other gates' kinds.
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use core::time::Duration;

    use super::*;
    use crate::{Config, Control, KINGCOM_G3524, Network, Scenario, Timing};

    fn module() -> Module {
        Module::new(Arc::new(Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        }))
    }

    fn read(module: &mut Module, now: Instant) -> Vec<u8> {
        let mut slices = [&[][..]; 4];
        let count = module.uart_output(&mut slices);
        let bytes = slices[..count].concat();
        module.uart_written(bytes.len(), now);
        bytes
    }

    #[test]
    fn there_are_wires_only_while_there_is_need() {
        let now = Instant::ZERO;
        let mut module = module();
        assert!(!module.line.has_wires());
        module.handle_control(Control::fault(FaultKind::Repeat), now);
        assert!(module.line.has_wires());
        assert_eq!(module.handle_uart(b"A", now), 1);
        module.handle_control(Control::clear(FaultKind::Repeat), now);
        assert!(module.line.has_wires(), "the DTE has not read all of it");
        assert_eq!(read(&mut module, now), b"AAAA");
        assert!(!module.line.has_wires());

        let mut module = module.at_rate(Rate::new(9600));
        module.handle_control(Control::fault(FaultKind::Drop), now);
        module.handle_control(Control::clear(FaultKind::Drop), now);
        assert!(module.line.has_wires());
    }

    #[test]
    fn bytes_under_way_are_no_rest() {
        let mut module = module().at_rate(Rate::new(9600));
        assert!(module.snapshot().at_rest);
        module.handle_uart(b"\n", Instant::ZERO);
        assert!(!module.snapshot().at_rest, "on its way to the module");
        let now = Instant::ZERO + Duration::from_secs(1);
        module.handle_timeout(now);
        assert!(module.snapshot().at_rest);
        module.handle_control(Control::Urc("RING".into()), now);
        let later = now + Duration::from_secs(1);
        assert!(!module.snapshot().at_rest, "on its way to the DTE");
        module.handle_timeout(later);
        assert_eq!(read(&mut module, later), b"\r\nRING\r\n");
        assert!(module.snapshot().at_rest);
    }

    #[test]
    fn the_last_of_a_kind_counts() {
        let now = Instant::ZERO;
        let mut faults = Faults::new(0);
        let named = |name: &str, ppm, stream| Fault {
            name: name.into(),
            toxicity: Probability::from_ppm(ppm),
            stream,
            ..Fault::new(FaultKind::Drop)
        };
        faults.set(named("a", 1, Stream::Both), now);
        faults.set(named("b", 2, Stream::Uplink), now);
        faults.advance(now);
        assert_eq!(of_a_wire(&faults, Stream::Uplink).drop.ppm(), 2);
        assert_eq!(of_a_wire(&faults, Stream::Downlink).drop.ppm(), 1);
    }
}
