//! Texts of applications can't become commands.
//!
//! covers: H22

use proptest::prelude::*;
use simless_driver::{Apn, Event, Host, Pin, Settings, Target, TextError};
use simless_module::{Control, Scenario, SimState};

use crate::pair::{Pair, settings};

#[test]
fn what_a_command_cannot_carry_is_refused() {
    for text in [
        "a\"b",
        "a\rAT+CFUN=0",
        "a\nb",
        "a b",
        "\u{1a}",
        "\u{e9}",
        "a\0",
    ] {
        assert!(
            matches!(Host::new(text), Err(TextError::Byte(_))),
            "{text:?}"
        );
        assert!(
            matches!(Apn::new(text), Err(TextError::Byte(_))),
            "{text:?}"
        );
        assert_eq!(Pin::new(text), Err(TextError::NoPin), "{text:?}");
    }
    assert_eq!(Host::new(""), Err(TextError::Empty));
    assert!(Host::new(&"x".repeat(100)).is_ok());
    assert_eq!(Host::new(&"x".repeat(101)), Err(TextError::TooLong(100)));
    assert!(Apn::new(&"x".repeat(63)).is_ok());
    assert_eq!(Apn::new(&"x".repeat(64)), Err(TextError::TooLong(63)));
    for pin in ["123", "123456789", "12a4", "١٢٣٤"] {
        assert_eq!(Pin::new(pin), Err(TextError::NoPin));
    }
    let shown = format!("{:?}", Pin::new("1234"));
    assert!(!shown.contains("1234"), "a log is no place for it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The lines said are the flow's, as many as ever, whatever the texts are; also the longest.
    #[test]
    fn no_text_adds_a_command(host in "\\PC{1,100}", apn in "\\PC{1,63}", pin in "\\PC{4,8}") {
        let (Ok(host), Ok(apn)) = (Host::new(&host), Apn::new(&apn)) else {
            return Ok(());
        };
        let settings = Settings { apn, pin: Pin::new(&pin).ok(), ..settings() };
        let mut pair = Pair::with(settings, Scenario::default());
        pair.driver.connect(Target::tcp(host, 65_535), pair.now).unwrap();
        prop_assert!(pair.finish());
        prop_assert_eq!(pair.script().matches('\r').count(), 12);
    }
}

#[test]
fn the_longest_texts_fit() {
    let settings = Settings {
        apn: Apn::new(&";".repeat(63)).unwrap(),
        pin: Some(Pin::new("12345678").unwrap()),
        ..settings()
    };
    let mut pair = Pair::with(settings, Scenario::default());
    let host = Host::new(&"h".repeat(100)).unwrap();
    pair.driver
        .connect(Target::udp(host.clone(), 65_535), pair.now)
        .unwrap();
    assert!(pair.finish());
    assert!(pair.saw(|event| *event == Event::Connected));
    pair.driver.resolve(&host, pair.now).unwrap();
    pair.control(Control::sim(SimState::Ready));
    assert!(pair.saw(|event| matches!(event, Event::Resolved(Some(_)))));
}
