//! Anything a module may say to a driver, and anything its application may ask of it meanwhile.

mod host;
mod script;
mod well;

use core::time::Duration;

use simless_driver::{Apn, Host as Name, SendForm, Settings, Target};

use host::Host;
use script::Act;

/// How much is said in one run: a longer one finds nothing new, and takes its time.
const LONGEST: usize = 4096;

/// Plays `input` to a driver: the first byte says how it is made, the rest is what happens.
///
/// # Panics
/// When something does not hold that holds whatever a module says.
pub fn driver(input: &[u8]) {
    let Some((&made, script)) = input.split_first() else {
        return;
    };
    let acts = script::acts(&script[..script.len().min(LONGEST)]);
    let play = |chunk| {
        let mut host = Host::new(settings(made), chunk);
        for act in &acts {
            host.act(act);
        }
        host
    };
    let mut host = play(usize::MAX);
    // H2: cut anywhere, it is the same.
    let cut = play(1);
    assert_eq!(host.log, cut.log, "H2");
    assert_eq!(
        host.said.escape_ascii().to_string(),
        cut.said.escape_ascii().to_string(),
        "H2"
    );
    comes_to_rest(&mut host);
    gets_through(&mut host);
}

/// H3: when nobody says anything any more, everything ends.
fn comes_to_rest(host: &mut Host) {
    host.act(&Act::Says(Vec::new()));
    let patience = host.patience;
    host.pass(patience.total + patience.send + 2 * patience.step);
    assert!(host.driver.is_idle(), "H3: {:#?}", host.log);
    assert_eq!(host.driver.poll_timeout(), None, "H3: {:#?}", host.log);
}

/// H5: then the module is well. What stands is closed, and a connection is made.
fn gets_through(host: &mut Host) {
    host.act(&Act::Close);
    is_well_until(host, |host| {
        host.driver.is_idle() && !host.driver.is_connected()
    });
    host.act(&Act::Connect);
    is_well_until(host, |host| host.driver.is_connected());
    // So few that every form carries them.
    host.act(&Act::Send(16));
    host.is_answered();
    assert_eq!(host.accepted, 16, "{:#?}", host.log);
}

/// Within one step's time.
fn is_well_until(host: &mut Host, is_done: impl Fn(&Host) -> bool) {
    let begun = host.now;
    while !is_done(host) {
        let took = host.now.since(begun);
        assert!(took <= host.patience.step, "H5: {:#?}", host.log);
        host.is_answered();
        host.pass(Duration::from_millis(250));
    }
}

fn settings(made: u8) -> Settings {
    let apn = Apn::new("CMNET").expect("an APN");
    let mut settings = Settings::new(apn);
    settings.seed = made.into();
    if made & 1 > 0 {
        settings.send_form = SendForm::CtrlZ {
            refuses_nul: made & 2 > 0,
            refuses_backspace: made & 4 > 0,
        };
    }
    if made & 8 > 0 {
        settings.patience.attempts = 2;
    }
    settings
}

fn target(is_udp: bool) -> Target {
    let name = Name::new("example.com").expect("a name");
    match is_udp {
        true => Target::udp(name, 7),
        false => Target::tcp(name, 7),
    }
}

#[test]
fn a_module_that_is_well_is_gone_through() {
    for made in 0..16 {
        driver(&[made]);
        driver(
            &[
                &[made],
                &b"\xFFo\xFFY\xFFs\x00\x10\xFFY\r\n+IPD:5\r\nhello\xFFr\xFFY\xFFc\xFFY"[..],
            ]
            .concat(),
        );
        driver(
            &[
                &[made],
                &b"\xFFu\xFFt\x0A\xFFy\xFFy\xFFy\r\n^CINIT: 1,\r\n\xFFY"[..],
            ]
            .concat(),
        );
    }
}
