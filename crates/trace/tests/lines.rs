//! JSON Lines are read as they are written, and nothing that is read does harm.
//!
//! covers: P42

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::*;
use simless_at::Registration;
use simless_module::{Answer, Control, Happening, KINGCOM_G3524, SimState, SocketId, Transport};
use simless_trace::{Ask, Direction, Header, Line, News, Record, Step, TimingName, What};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

fn socket() -> impl Strategy<Value = SocketId> {
    any::<u64>().prop_map(SocketId)
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Up), Just(Direction::Down)]
}

fn ask() -> impl Strategy<Value = Ask> {
    let transport = prop_oneof![Just(Transport::Tcp), Just(Transport::Udp)];
    prop_oneof![
        (socket(), any::<String>()).prop_map(|(socket, name)| Ask::Resolve { socket, name }),
        (socket(), transport, any::<SocketAddr>()).prop_map(|(socket, transport, address)| {
            // A flow label and a scope have no place in an address as text.
            let address = SocketAddr::new(address.ip(), address.port());
            Ask::Connect {
                socket,
                transport,
                address,
            }
        }),
        socket().prop_map(|socket| Ask::CountUnread { socket }),
        socket().prop_map(|socket| Ask::Shutdown { socket }),
        socket().prop_map(|socket| Ask::Abort { socket }),
    ]
}

fn news() -> impl Strategy<Value = News> {
    prop_oneof![
        any::<IpAddr>().prop_map(|address| News::Resolved { address }),
        Just(News::Unresolved),
        Just(News::Connected),
        Just(News::Refused),
        Just(News::Unreachable),
        Just(News::Denied),
        Just(News::NoSocket),
        any::<u64>().prop_map(|count| News::Unread { count }),
        Just(News::Ended),
        Just(News::Reset),
    ]
}

fn control() -> impl Strategy<Value = Control> {
    let answer = prop_oneof![
        Just(Answer::Accept),
        Just(Answer::Silence),
        Just(Answer::NoCredit),
        Just(Answer::Refuse),
    ];
    prop_oneof![
        Just(Control::DteLeft),
        Just(Control::sim(SimState::Puk)),
        any::<u8>().prop_map(|stat| Control::registration(Registration(stat))),
        answer.clone().prop_map(Control::attach),
        answer.prop_map(Control::activation),
        any::<u8>().prop_map(Control::LoseContext),
        Just(Control::Happens(Happening::Detach)),
        any::<bool>().prop_map(Control::late_connect_ok),
        Just(Control::Happens(Happening::PowerCycle)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let what = prop_oneof![Just(What::State), Just(What::Failed), Just(What::Struck)];
    prop_oneof![
        (direction(), bytes()).prop_map(|(dir, data)| Step::Uart { dir, data }),
        (socket(), direction(), bytes(), any::<bool>()).prop_map(
            |(socket, dir, data, datagram)| Step::Data {
                socket,
                dir,
                data,
                datagram,
            }
        ),
        ask().prop_map(Step::Ask),
        (socket(), news()).prop_map(|(socket, news)| Step::Socket { socket, news }),
        Just(Step::Time),
        control().prop_map(|control| Step::Control { control }),
        (what, any::<String>()).prop_map(|(what, text)| Step::Event { what, text }),
        any::<String>().prop_map(|text| Step::Port { text }),
        any::<u64>().prop_map(|steps| Step::Lost { steps }),
        any::<u64>().prop_map(|unread| Step::End { unread }),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    let timing = prop_oneof![Just(TimingName::Immediate), Just(TimingName::Typical)];
    let header = (
        any::<u32>(),
        any::<String>(),
        timing,
        any::<Option<u32>>(),
        any::<Option<String>>(),
    );
    prop_oneof![
        header.prop_map(
            |(modem, profile, timing, baud, started)| Line::Header(Header {
                trace: 1,
                modem,
                profile,
                timing,
                baud,
                configuration: None,
                started,
            })
        ),
        (any::<u64>(), any::<u32>(), step()).prop_map(|(t, modem, step)| Line::Record(Record {
            t,
            modem,
            step
        })),
    ]
}

proptest! {
    #[test]
    fn a_line_is_read_as_it_is_written(line in line()) {
        let text = line.to_string();
        prop_assert!(!text.contains('\n'), "{text}");
        prop_assert_eq!(Line::parse(&text), Ok(line));
    }

    #[test]
    fn any_text_is_a_line_or_is_refused(text in ".*") {
        let _ = Line::parse(&text);
    }

    /// A line with an error in it says so, or is another line; it is never taken for nothing.
    #[test]
    fn a_line_with_an_error_does_no_harm(line in line(), at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = line.to_string().chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = Line::parse(&text.iter().collect::<String>());
    }
}

#[test]
fn the_longest_datagram_has_room_in_a_line() {
    let step = Step::Data {
        socket: SocketId(u64::MAX),
        dir: Direction::Down,
        data: vec![0; simless_module::MAX_DATAGRAM_READ],
        datagram: true,
    };
    let line = Line::Record(Record {
        t: u64::MAX,
        modem: u32::MAX,
        step,
    });
    assert_eq!(Line::parse(&line.to_string()), Ok(line));
    let too_long = " ".repeat(Line::LIMIT + 1);
    assert!(Line::parse(&too_long).is_err());
}

#[test]
fn a_header_need_not_begin_with_its_version() {
    let written = Header::new(3, &KINGCOM_G3524, TimingName::Immediate);
    let written = Line::Header(written);
    for line in [
        r#"{"modem":3,"profile":"kingcom-g3524","timing":"immediate","trace":1}"#,
        r#"{ "trace" : 1, "modem": 3, "profile": "kingcom-g3524", "timing": "immediate" }"#,
    ] {
        assert_eq!(Line::parse(line).as_ref(), Ok(&written));
    }
    // What is wrong with a record is said of the record.
    let error = Line::parse(r#"{"t":1,"modem":0,"lane":"tine"}"#).unwrap_err();
    assert!(error.to_string().contains("tine"), "{error}");
}
