//! Any configuration that can be.

use std::time::Duration;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use simless_at::{IpState, Registration};
use simless_module::{
    Answer, Attributes, Fault, Happening, KINDS, Kind, NetworkChange, Pin, Place, Probability,
    SimState, Step, Stream,
};
use simless_scenario::{
    Configuration, Destinations, DeviceChange, GuardTimes, LimitChange, NetworkTable, PortTable,
    Times, TimingName,
};

pub fn configuration() -> impl Strategy<Value = Configuration> {
    let tables = (device(), times(), guards(), limits(), network());
    let lists = (
        vec(port(), 0..3),
        destinations(),
        faults(),
        vec(step(), 0..4),
    );
    (tables, lists).prop_map(|(tables, lists)| {
        let (module, timing, guards, limits, network) = tables;
        let (ports, destinations, faults, steps) = lists;
        Configuration {
            module,
            timing,
            guards,
            limits,
            network,
            ports,
            destinations,
            faults,
            steps,
        }
    })
}

fn duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0..100_000u64).prop_map(Duration::from_millis),
        any::<u64>().prop_map(Duration::from_micros),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9+:,._ -]{1,20}", ".{0,10}"]
}

fn device() -> impl Strategy<Value = DeviceChange> {
    let timing = prop_oneof![Just(TimingName::Immediate), Just(TimingName::Typical)];
    let line = || option::of("[ -!#-~]{1,40}");
    (
        option::of(Just("kingcom-g3524".to_owned())),
        option::of(timing),
        option::of(300..=4_000_000_u32),
        // A number of TOML has a sign.
        option::of(0..=u64::MAX / 2),
        (line(), line(), line()),
        option::of("[0-9]{15}"),
        option::of("[0-9]{6,15}"),
        option::of("[0-9]{18,22}"),
    )
        .prop_map(
            |(profile, timing, baud, seed, lines, imei, imsi, iccid)| DeviceChange {
                profile,
                timing,
                baud,
                seed,
                manufacturer: lines.0,
                model: lines.1,
                revision: lines.2,
                imei,
                imsi,
                iccid,
            },
        )
}

fn times() -> impl Strategy<Value = Times> {
    vec(option::of(duration()), 6).prop_map(|times| Times {
        command: times[0],
        attach: times[1],
        activate: times[2],
        connect: times[3],
        shut: times[4],
        send: times[5],
    })
}

fn guards() -> impl Strategy<Value = GuardTimes> {
    vec(option::of(duration()), 8).prop_map(|times| GuardTimes {
        packet: times[0],
        bring_up: times[1],
        connect: times[2],
        resolve: times[3],
        send: times[4],
        flush: times[5],
        linger: times[6],
        line_feed: times[7],
    })
}

fn limits() -> impl Strategy<Value = LimitChange> {
    let send = option::of(1..=16_384usize);
    (send, vec(option::of(1..=1_048_576usize), 7)).prop_map(|(send, sizes)| LimitChange {
        line: sizes[0],
        send,
        // No smaller than any `send`.
        unsent: sizes[1].map(|size| size.max(16_384)),
        received: sizes[2],
        block: sizes[3],
        datagram: sizes[4],
        datagrams: sizes[5],
        urcs: sizes[6],
        closing: None,
    })
}

fn network() -> impl Strategy<Value = NetworkTable> {
    (
        change(),
        option::of("[0-9]{5,6}"),
        option::of("[ -!#-~]{1,20}"),
        btree_map(text(), any::<std::net::IpAddr>(), 0..3),
    )
        .prop_map(|(change, operator, operator_name, names)| NetworkTable {
            change,
            operator,
            operator_name,
            names,
        })
}

fn change() -> impl Strategy<Value = NetworkChange> {
    let sims = [
        SimState::Absent,
        SimState::Ready,
        SimState::Pin,
        SimState::Puk,
    ];
    let pin = || option::of("[0-9]{4,8}".prop_map(|digits| Pin::new(&digits).unwrap()));
    let sim = (
        option::of(prop::sample::select(sims.to_vec())),
        pin(),
        pin(),
    );
    let cell = (
        option::of(any::<u16>()),
        option::of(any::<u16>()),
        option::of(any::<u8>()),
    );
    let answers = (option::of(answer()), option::of(answer()));
    let address = (
        option::of(any::<std::net::Ipv4Addr>()),
        option::of(any::<u32>()),
    );
    (
        sim,
        option::of(any::<u8>().prop_map(Registration)),
        cell,
        answers,
        address,
        option::of(duration()),
    )
        .prop_map(
            |(sim, registration, cell, answers, address, resolve)| NetworkChange {
                sim: sim.0,
                pin: sim.1,
                puk: sim.2,
                registration,
                area: cell.0,
                cell: cell.1,
                signal: cell.2,
                attach: answers.0,
                activation: answers.1,
                address: address.0,
                addresses: address.1,
                resolve,
            },
        )
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Accept),
        Just(Answer::Refuse),
        Just(Answer::NoCredit),
        Just(Answer::Silence),
    ]
}

fn port() -> impl Strategy<Value = PortTable> {
    (text(), option::of(1..=u16::MAX)).prop_map(|(endpoint, count)| PortTable { endpoint, count })
}

fn destinations() -> impl Strategy<Value = Destinations> {
    (vec(text(), 0..3), vec(text(), 0..3)).prop_map(|(allow, deny)| Destinations { allow, deny })
}

/// Faults of different names.
fn faults() -> impl Strategy<Value = Vec<Fault>> {
    vec(fault(), 0..4).prop_map(|faults| {
        let mut named: Vec<Fault> = Vec::new();
        for fault in faults {
            if named.iter().all(|other| other.name() != fault.name()) {
                named.push(fault);
            }
        }
        named
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    let streams = [Stream::Both, Stream::Uplink, Stream::Downlink];
    prop::sample::select(KINDS).prop_flat_map(move |kind| {
        (
            option::of(text()),
            prop::sample::select(streams.to_vec()),
            (0..=1_000_000u32).prop_map(Probability::from_ppm),
            duration(),
            option::of(any::<u32>()),
            option::of(duration()),
            attributes(kind),
        )
            .prop_map(
                move |(name, stream, toxicity, after, times, lasts, attributes)| {
                    let fault = Fault {
                        name: name.unwrap_or_default(),
                        kind: kind.kind,
                        stream,
                        toxicity,
                        after,
                        times,
                        lasts,
                        attributes,
                    };
                    // Not every kind can be counted.
                    match fault.check() {
                        Ok(()) => fault,
                        Err(_) => Fault {
                            times: None,
                            ..fault
                        },
                    }
                },
            )
    })
}

fn command() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["AT+CIPSEND", "+CIPSTART", "cgatt", "ATI"]).prop_map(String::from)
}

/// Those it needs, and any of the others it takes.
fn attributes(kind: Kind) -> impl Strategy<Value = Attributes> {
    let places = [Place::Response, Place::Final];
    let numbers = (any::<u32>(), 0..=u64::MAX / 2, any::<u16>(), duration());
    let texts = (command(), text(), prop::sample::select(places.to_vec()));
    (numbers, texts, any::<u16>()).prop_map(move |(numbers, texts, given)| {
        let (number, bytes, code, duration) = numbers;
        let (command, urc, place) = texts;
        let mut attributes = Attributes::default();
        for (bit, attribute) in kind.attributes.iter().enumerate() {
            if !attribute.is_needed && given >> bit & 1 == 0 {
                continue;
            }
            match attribute.name {
                "latency" => attributes.latency = Some(duration),
                "jitter" => attributes.jitter = Some(duration),
                "delay" => attributes.delay = Some(duration),
                "timeout" => attributes.timeout = Some(duration),
                "rate" => attributes.rate = Some(number),
                "bytes" => attributes.bytes = Some(bytes),
                "size" => attributes.size = Some(number),
                "variation" => attributes.variation = Some(number),
                "code" => attributes.code = Some(code),
                "command" => attributes.command = Some(command.clone()),
                "urc" => attributes.urc = Some(urc.clone()),
                "place" => attributes.place = Some(place),
                other => panic!("no attribute {other}"),
            }
        }
        attributes
    })
}

fn step() -> impl Strategy<Value = Step> {
    let trigger = prop_oneof![
        duration().prop_map(|at| Step {
            at: Some(at),
            ..Step::default()
        }),
        Just(Step {
            on_boot: true,
            ..Step::default()
        }),
        command().prop_map(|command| Step {
            on_command: Some(command),
            ..Step::default()
        }),
        prop::sample::select(IpState::ALL.to_vec()).prop_map(|state| Step {
            on_state: Some(state),
            ..Step::default()
        }),
    ];
    let happenings = [
        Happening::Deregister,
        Happening::Detach,
        Happening::PdpDeact,
        Happening::PeerClose,
        Happening::PeerReset,
        Happening::Reset,
        Happening::PowerCycle,
    ];
    (
        trigger,
        duration(),
        option::of(any::<u32>()),
        // There is always one thing it does.
        prop::sample::select(happenings.to_vec()),
        option::of(change()),
        option::of(text()),
        option::of(fault()),
        option::of(text()),
    )
        .prop_map(
            |(trigger, delay, times, event, set, clear, fault, urc)| Step {
                delay,
                times,
                event: Some(event),
                set,
                clear,
                fault,
                urc,
                ..trigger
            },
        )
}
