//! A whole session of a module, from power-up to rest.

use std::time::Duration;

use simless_at::{BlockFormat, ConnectOrder, Registration};
use simless_module::{
    Answer, Config, Control, Fault, FaultKind, Happening, KINGCOM_G3524, Network, OnNul,
    Probability, Profile, Scenario, SimState, Stream, Timing,
};

use crate::adapter::{Adapter, Cut};
use crate::decode::{Step, decode};

/// Times that tell things apart: instants, answers, guards.
const TIMES: [Duration; 10] = [
    Duration::from_micros(1),
    Duration::from_millis(20),
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(45),
    Duration::from_secs(130),
    Duration::from_secs(600),
];

/// The bit of the second byte that gives the module a DTE who knows what may be said.
pub const READS_ALONG: u8 = 0x10;

/// Longer than any wait there is, also when a line is full of them.
const LONG: Duration = Duration::from_secs(24 * 3600);

/// Runs the session in `input`: see `decode.rs` for the bytes.
///
/// # Panics
/// When something does not hold that always must: the oracles are `adapter.rs`, `dte.rs`,
/// `ledger.rs` and `metered.rs`.
pub fn session(input: &[u8]) {
    let [first, second, steps @ ..] = input else {
        return;
    };
    let steps = decode(steps);
    let whole = run(*first, *second, &steps, Cut::Whole);
    // P2: the same bytes at the same times, cut anywhere, give the same output.
    let bytewise = run(*first, *second, &steps, Cut::Bytes);
    let same = whole
        .iter()
        .zip(&bytewise)
        .take_while(|(a, b)| a == b)
        .count();
    let around = |log: &[u8]| {
        let end = log.len().min(same + 80);
        log[same.saturating_sub(80)..end].escape_ascii().to_string()
    };
    assert!(
        whole == bytewise,
        "P2: cut into bytes, the output is another one from byte {same}:\n{}\n{}",
        around(&whole),
        around(&bytewise)
    );
}

/// Gives all that came out.
fn run(first: u8, second: u8, steps: &[Step], cut: Cut) -> Vec<u8> {
    let config = config(first, second);
    let profile = config.profile;
    let mut adapter = Adapter::new(config, cut);
    if second & READS_ALONG != 0 {
        adapter.read_along(profile);
    }
    for (step, next) in steps
        .iter()
        .zip(steps.iter().skip(1).map(Some).chain([None]))
    {
        act(&mut adapter, step, next == Some(&Step::Chunk));
    }
    end(&mut adapter);
    adapter.log
}

fn act(adapter: &mut Adapter, step: &Step, is_part: bool) {
    match step {
        Step::Dte(bytes) => adapter.say(bytes),
        Step::Chunk => {}
        Step::Time(which) => return adapter.pass(TIMES[usize::from(*which) % TIMES.len()]),
        Step::Peer(socket, n) => adapter.peer_sends(*socket, usize::from(*n) % 9001),
        Step::Fin(socket) => adapter.peer_ends(*socket),
        Step::Event(id, event) => adapter.report(*id, *event),
        Step::PeerReads(socket) => adapter.peer_reads(*socket),
        Step::Bite(which) => adapter.bite = [usize::MAX, 1000, 64, 7, 1][usize::from(*which) % 5],
        Step::DteReads(255) => adapter.dte_reads = usize::MAX,
        Step::DteReads(count) => adapter.dte_reads = usize::from(*count) * 16,
        Step::Control(which, argument) => adapter.control(control(*which, *argument)),
        Step::Answers(which) => adapter.answers = *which,
    }
    if is_part {
        adapter.offer();
    } else {
        adapter.settle();
    }
}

/// The DTE leaves, everybody reads and answers, and time passes: everything has to end, and a next
/// DTE finds a module that answers (P9).
fn end(adapter: &mut Adapter) {
    adapter.everybody_reads();
    adapter.control(Control::DteLeft);
    adapter.settle();
    adapter.pass(LONG);
    let snapshot = adapter.module.snapshot();
    assert!(snapshot.at_rest, "P3: it never comes to rest: {snapshot:?}");
    assert_eq!(
        adapter.module.poll_timeout(),
        None,
        "P3: a deadline for nothing"
    );
    let counters = snapshot.counters;
    adapter.ledger.close(counters);
    adapter.ends();
    adapter.say(b"ATQ0V1E0\r");
    adapter.pass(LONG);
    let before = adapter.log.len();
    adapter.say(b"AT\r");
    adapter.pass(LONG);
    let answer = &adapter.log[before..];
    assert_eq!(answer.escape_ascii().to_string(), "\\r\\nOK\\r\\n", "P9");
}

fn config(first: u8, second: u8) -> Config {
    let is_set = |bits: u8, bit: u8| bits & 1 << bit != 0;
    let mut profile = Profile {
        backspace_edits_payload: is_set(first, 1),
        shut_drops_definition: is_set(first, 2),
        ..KINGCOM_G3524
    };
    if is_set(first, 3) {
        profile.on_nul = OnNul::Fail;
    }
    if is_set(first, 4) {
        profile.dialect.connect_order = ConnectOrder::OutcomeFirst;
    }
    if is_set(first, 5) {
        profile.dialect.block = BlockFormat::COLON;
        profile.dialect.block_tail = "\r\n";
    }
    if is_set(first, 6) {
        profile.plain_errors = &[];
    }
    if is_set(first, 7) {
        // Small enough that every limit is met in a short session.
        let limits = &mut profile.limits;
        (limits.line, limits.send, limits.unsent) = (64, 16, 24);
        (limits.received, limits.block, limits.datagram) = (64, 16, 32);
        (limits.datagrams, limits.urcs, limits.closing) = (4, 3, 1);
    }
    let mut network = Network::default();
    let mut scenario = Scenario::default();
    if is_set(second, 0) {
        scenario.faults.push(Fault::new(FaultKind::LateConnectOk));
    }
    if is_set(second, 1) {
        network.sim = SimState::Pin;
    }
    if is_set(second, 2) {
        network.attach = Answer::Silence;
    }
    if is_set(second, 3) {
        network.activation = Answer::Silence;
    }
    // Those that lose nothing the ledger waits for.
    for (bit, kind) in [
        (4, FaultKind::Latency),
        (5, FaultKind::Bandwidth),
        (6, FaultKind::SlowClose),
        (7, FaultKind::ResetPeer),
    ] {
        if is_set(second, bit) {
            scenario.faults.push(socket_fault(kind));
        }
    }
    Config {
        profile,
        timing: match is_set(first, 0) {
            true => profile.timing,
            false => Timing::IMMEDIATE,
        },
        network,
        scenario,
    }
}

fn socket_fault(kind: FaultKind) -> Fault {
    let mut fault = Fault::new(kind);
    fault.stream = Stream::Uplink;
    fault.toxicity = Probability::from_ppm(700_000);
    let attributes = &mut fault.attributes;
    match kind {
        FaultKind::Latency => {
            attributes.latency = Some(Duration::from_secs(2));
            attributes.jitter = Some(Duration::from_secs(2));
        }
        FaultKind::Bandwidth => attributes.rate = Some(100),
        FaultKind::SlowClose => attributes.delay = Some(Duration::from_secs(3)),
        _ => attributes.timeout = Some(Duration::from_secs(60)),
    }
    fault
}

fn control(which: u8, argument: u8) -> Control {
    let answer = match argument % 4 {
        0 => Answer::Accept,
        1 => Answer::Silence,
        2 => Answer::NoCredit,
        _ => Answer::Refuse,
    };
    match which % 9 {
        0 => Control::DteLeft,
        1 => Control::sim(match argument % 4 {
            0 => SimState::Ready,
            1 => SimState::Absent,
            2 => SimState::Pin,
            _ => SimState::Puk,
        }),
        2 => Control::registration(Registration(argument)),
        3 => Control::attach(answer),
        4 => Control::activation(answer),
        5 => Control::LoseContext(argument),
        6 => Control::Happens(Happening::Detach),
        7 => Control::late_connect_ok(argument % 2 == 1),
        _ => Control::Happens(Happening::PowerCycle),
    }
}
