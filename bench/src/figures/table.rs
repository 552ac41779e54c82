//! Every figure beside a line of its own for each thing it is compared with.

use super::Figure;
use super::Target::{self, AtLeast, AtMost, None as NoTarget};
use crate::dte::Pace;
use crate::far::{End, Kind};
use crate::host::Waits::{self, Blocking, Tokio};
use crate::host::{Host, MOST, Way};
use crate::rounds::{Pass, What};

const PTY: End = End::Module(Kind::Pty);
const HEADED: Pass = Pass::Line(What::ReceiveHeaded, PTY);
const PIPELINED: What = What::Dialogues(Pace::Pipelined);
const WAITING: What = What::Dialogues(Pace::Waiting);

const fn receives(end: End) -> Pass {
    Pass::Line(What::Receive, end)
}

/// With a write for each block, or with one for as many as the application has room for.
const SINGLE: Way = Way::Receive { at_once: 1 };
const FULL: Way = Way::Receive { at_once: MOST };

const fn driver(way: Way, waits: Waits) -> Pass {
    Pass::Host(way, Host::Driver(waits))
}

const fn raw(way: Way, waits: Waits) -> Pass {
    Pass::Host(way, Host::Raw(waits))
}

const fn trip(end: End) -> Pass {
    Pass::Line(What::Trip, end)
}

/// In the order of the targets.
#[rustfmt::skip]
pub(crate) const FIGURES: [Figure; 25] = [
    rate("receive, PTY", "receive", receives(PTY), receives(End::Relay(Kind::Pty)), AtLeast(0.9)),
    rate("receive, PTY", "receive_socat", receives(PTY), receives(End::Socat), AtLeast(0.9)),
    rate("receive, PTY", "receive_python", receives(PTY), receives(End::Naive), NoTarget),
    rate("receive, PTY, CIPHEAD=1", "receive_blocks", HEADED, receives(End::Relay(Kind::Pty)), AtLeast(0.9)),
    rate("receive, PTY, CIPHEAD=1", "receive_blocks_socat", HEADED, receives(End::Socat), AtLeast(0.9)),
    rate("receive, TCP", "receive_tcp", receives(End::Module(Kind::Tcp)), receives(End::Relay(Kind::Tcp)), AtLeast(0.8)),
    rate("receive, TCP", "receive_tcp_narrow", receives(End::Module(Kind::Tcp)), receives(End::NarrowRelay(Kind::Tcp)), NoTarget),
    rate("receive, unix", "receive_unix", receives(End::Module(Kind::Unix)), receives(End::Relay(Kind::Unix)), AtLeast(0.8)),
    rate("receive, unix", "receive_unix_narrow", receives(End::Module(Kind::Unix)), receives(End::NarrowRelay(Kind::Unix)), NoTarget),
    rate("receive, stdio", "receive_stdio", receives(End::Module(Kind::Stdio)), receives(End::Relay(Kind::Stdio)), AtLeast(0.8)),
    time("AT to OK", "round_trip", trip(PTY), trip(End::Bare), AtMost(1.5)),
    time("AT to OK", "round_trip_socat", trip(PTY), trip(End::SocatToBare), AtMost(1.0)),
    time("AT to OK", "round_trip_python", trip(PTY), trip(End::Naive), NoTarget),
    time("CIPSTART to CONNECT OK", "connect", Pass::Line(What::Connect, End::Unconnected), Pass::Line(What::ConnectAndTrip, End::Unconnected), AtMost(2.0)),
    rate("CIPSEND=1460, pipelined", "send_pipelined", Pass::Line(PIPELINED, PTY), Pass::Line(PIPELINED, End::Responder), AtLeast(0.8)),
    rate("CIPSEND=1460, pipelined", "send_pipelined_relay", Pass::Line(PIPELINED, PTY), Pass::Line(What::Send, End::Relay(Kind::Pty)), NoTarget),
    rate("CIPSEND=1460, waiting", "send_waiting", Pass::Line(WAITING, PTY), Pass::Line(WAITING, End::Responder), AtLeast(0.8)),
    rate("CIPSEND=1460, waiting", "send_waiting_python", Pass::Line(WAITING, PTY), Pass::Line(WAITING, End::Naive), NoTarget),
    rate("CIPSEND=1460, waiting", "send_waiting_relay", Pass::Line(WAITING, PTY), Pass::Line(What::Send, End::Relay(Kind::Pty)), NoTarget),
    rate("driver receives", "driver_receive", driver(SINGLE, Blocking), raw(SINGLE, Blocking), AtLeast(0.7)),
    rate("the same, 16 KiB", "driver_receive_full", driver(FULL, Blocking), raw(FULL, Blocking), AtLeast(0.7)),
    rate("driver sends", "driver_send", driver(Way::Send, Blocking), raw(Way::Send, Blocking), AtLeast(0.7)),
    rate("tokio driver receives", "tokio_receive", driver(SINGLE, Tokio), raw(SINGLE, Tokio), AtLeast(0.7)),
    rate("the same, 16 KiB", "tokio_receive_full", driver(FULL, Tokio), raw(FULL, Tokio), AtLeast(0.7)),
    rate("tokio driver sends", "tokio_send", driver(Way::Send, Tokio), raw(Way::Send, Tokio), AtLeast(0.7)),
];

const fn rate(
    what: &'static str,
    key: &'static str,
    measured: Pass,
    beside: Pass,
    target: Target,
) -> Figure {
    Figure {
        what,
        key,
        unit: "MB/s",
        measured,
        beside,
        target,
    }
}

const fn time(
    what: &'static str,
    key: &'static str,
    measured: Pass,
    beside: Pass,
    target: Target,
) -> Figure {
    Figure {
        unit: "us",
        ..rate(what, key, measured, beside, target)
    }
}
