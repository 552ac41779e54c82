//! A second `AT+CIPSTART` changes nothing.
//!
//! covers: P13

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use simless_at::IpState;
use simless_module::{Answer, Control, SocketEvent};

use crate::rig::Rig;

/// Any well-formed call.
fn start() -> impl Strategy<Value = String> {
    let host = prop_oneof![
        Just("192.0.2.1".to_owned()),
        Just("192.0.2.99".to_owned()),
        Just("::1".to_owned()),
        "[a-z]{1,20}\\.example",
    ];
    let mode = prop::sample::select(vec!["TCP", "UDP", "tcp"]);
    (mode, host, any::<u16>(), any::<bool>()).prop_map(|(mode, host, port, quoted)| match quoted {
        true => format!("AT+CIPSTART=\"{mode}\",\"{host}\",{port}\r"),
        false => format!("AT+CIPSTART=\"{mode}\", {host}, {port}\r"),
    })
}

/// A module in each state that allows no connect, and what leads on from there.
fn in_state(state: IpState) -> Rig {
    let mut rig = Rig::new();
    rig.say(b"ATE0\r");
    let connect = |rig: &mut Rig| rig.say(b"AT+CIPSTART=\"TCP\",\"host\",7\r");
    match state {
        IpState::Start => drop(rig.say(b"AT+CSTT=\"CMNET\"\r")),
        IpState::Config => {
            rig.control(Control::attach(Answer::Silence));
            connect(&mut rig);
        }
        IpState::Ind => {
            rig.control(Control::activation(Answer::Silence));
            connect(&mut rig);
        }
        IpState::GprsAct => drop(rig.say(b"AT+CSTT=\"CMNET\";+CIICR\r")),
        IpState::Connecting => {
            rig.answers = false;
            connect(&mut rig);
        }
        IpState::ConnectOk => drop(connect(&mut rig)),
        IpState::PdpDeact => {
            connect(&mut rig);
            rig.control(Control::LoseContext(1));
        }
        _ => unreachable!("it allows a connect"),
    }
    assert_eq!(rig.module.snapshot().state, state);
    rig.output.clear();
    rig
}

const STATES: [IpState; 7] = [
    IpState::Start,
    IpState::Config,
    IpState::Ind,
    IpState::GprsAct,
    IpState::Connecting,
    IpState::ConnectOk,
    IpState::PdpDeact,
];

/// What the module remembers of its peer.
fn peer(rig: &Rig) -> Option<(String, u16)> {
    let peer = rig.module.snapshot().peer?;
    Some((peer.host.to_owned(), peer.port))
}

proptest! {
    /// P13: nothing is asked of the adapter, nothing moves, and an attempt on its way ends as it
    /// would have.
    #[test]
    fn a_wrong_state_refuses(state in prop::sample::select(STATES.to_vec()), calls in vec(start(), 1..5)) {
        let mut rig = in_state(state);
        let before = (rig.newest, rig.sockets().collect::<Vec<_>>(), peer(&rig));
        let deadline = rig.module.poll_timeout();
        for call in &calls {
            prop_assert_eq!(rig.say(call.as_bytes()), b"\r\n+CME ERROR: 50\r\n".to_vec());
            prop_assert_eq!(rig.module.snapshot().state, state);
        }
        prop_assert_eq!((rig.newest, rig.sockets().collect::<Vec<_>>(), peer(&rig)), before);
        prop_assert_eq!(rig.module.poll_timeout(), deadline);
        rig.output.clear();
        rig.control(Control::attach(Answer::Accept));
        rig.control(Control::activation(Answer::Accept));
        while rig.answer(SocketEvent::Resolved([192, 0, 2, 1].into()), SocketEvent::Connected) {}
        rig.pass(Duration::from_secs(100));
        let is_on_its_way = matches!(state, IpState::Config | IpState::Ind | IpState::Connecting);
        let outcome: &[u8] = if is_on_its_way { b"\r\nCONNECT OK\r\n" } else { b"" };
        prop_assert_eq!(&rig.output, outcome);
    }

    /// P13: bytes flow both ways before it, after it and around it.
    #[test]
    fn a_live_connection_is_untouched(
        rounds in vec((start(), vec(any::<u8>(), 0..3000), vec(b' '.., 1..1460)), 1..8),
        transport in prop::sample::select(vec!["TCP", "UDP"]),
        dte_stops in any::<bool>(),
        peer_stops in any::<bool>(),
    ) {
        let mut rig = Rig::connected(transport);
        let (mut down, mut up) = (Vec::new(), Vec::new());
        for (call, received, sent) in rounds {
            rig.peer().reads = !peer_stops || up.len() < 8000;
            rig.dte_reads = !dte_stops;
            match transport {
                "TCP" => rig.peer_sends(&received),
                _ => received.chunks(1400).for_each(|datagram| rig.datagram(datagram)),
            }
            rig.say(call.as_bytes());
            rig.dte_reads = true;
            rig.settle();
            rig.peer().reads = true;
            down.extend(received);
            down.extend(b"\r\n+CME ERROR: 50\r\n");
            rig.say(format!("AT+CIPSEND={}\r", sent.len()).as_bytes());
            rig.say(&sent);
            down.extend(b"\r\n> \r\nOK\r\n");
            up.extend(sent);
        }
        rig.settle();
        prop_assert_eq!(rig.output.escape_ascii().to_string(), down.escape_ascii().to_string());
        prop_assert_eq!(rig.peer().stream(), up);
        prop_assert_eq!(rig.module.snapshot().state, IpState::ConnectOk);
        prop_assert_eq!(rig.peers.len(), 1);
    }
}
