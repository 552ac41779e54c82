//! Lines in, results out.
//!
//! covers: P2 P6 P7 P8 P9 P30

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::rig::Rig;

const FINALS: [(&str, &str); 9] = [
    ("AT", "OK"),
    ("ATS7=9", "OK"),
    ("AT+CIPSEND?", "+CME ERROR: 49"),
    ("AT+CFUN=9", "+CME ERROR: 53"),
    ("AT+NOPE", "+CME ERROR: 58"),
    ("AT+CIFSR", "ERROR"),
    ("AT+CGATT=1;+CGACT=0,1", "OK"),
    ("AT+CGATT=0;+CIPSEND;+CGATT=1", "ERROR"),
    ("ATX9", "+CME ERROR: 53"),
];

/// Pieces of sessions: random bytes alone would hardly ever be a command.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "AT",
        "at",
        "A/",
        "\r",
        "\n",
        "\r\n",
        ";",
        "E0",
        "E1",
        "+CREG?",
        "+CGATT=1",
        "+CIPSEND",
        "+CIPSEND=5",
        "\x1a",
        "\x1b",
        "\x08",
        "\x7f",
        "+CIPSTART=\"TCP\",\"192.0.2.1\",7",
        "+CIPCLOSE",
        "+CIPSHUT",
        "+CIPSTATUS",
        "+CIPHEAD=1",
        "=",
        "?",
        "\"",
        ",",
        "&FZ",
        "+CIFSR",
        "AT\r",
        "AT+CIPSEND\r",
        "hello\x1a",
        "AT+CIPSTART=\"TCP\",\"192.0.2.1\",7\r",
    ]);
    prop_oneof![
        8 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..8),
    ]
}

/// What arrives at one instant, the time after it, and where it is cut.
fn bursts() -> impl Strategy<Value = Vec<(Vec<u8>, u64, Vec<usize>)>> {
    let burst = vec(piece(), 1..8).prop_map(|pieces| pieces.concat());
    let gap = prop::sample::select(vec![1, 5_000, 20_000, 20_001, 130_000_000]);
    vec((burst, gap, vec(0_usize..40, 0..6)), 1..8)
}

fn play(bursts: &[(Vec<u8>, u64, Vec<usize>)], cut: bool) -> Vec<u8> {
    let mut rig = Rig::new();
    for (burst, gap, cuts) in bursts {
        let mut rest = burst.as_slice();
        for &at in cuts.iter().filter(|_| cut) {
            let (part, left) = rest.split_at(at.min(rest.len()));
            rig.say_part(part);
            rest = left;
        }
        rig.say(rest);
        rig.pass(Duration::from_micros(*gap));
    }
    rig.output
}

proptest! {
    /// P2: the same bytes at the same times, cut anywhere, give the same output.
    #[test]
    fn chunks_do_not_matter(bursts in bursts()) {
        let whole = play(&bursts, false);
        let cut = play(&bursts, true);
        prop_assert_eq!(whole.escape_ascii().to_string(), cut.escape_ascii().to_string());
    }

    /// P6: one final result per command line, in order.
    #[test]
    fn every_line_has_one_final_result(
        picks in vec(0..FINALS.len(), 1..20),
        typical in any::<bool>(),
    ) {
        let profile = simless_module::KINGCOM_G3524;
        let timing = if typical { profile.timing } else { simless_module::Timing::IMMEDIATE };
        let mut rig = Rig::with(profile, timing);
        rig.say(b"ATE0\r");
        rig.pass(Duration::from_secs(1));
        rig.output.clear();
        let script: String = picks.iter().map(|&pick| format!("{}\r", FINALS[pick].0)).collect();
        rig.say(script.as_bytes());
        rig.pass(Duration::from_secs(100));
        let expected: String =
            picks.iter().map(|&pick| format!("\r\n{}\r\n", FINALS[pick].1)).collect();
        prop_assert_eq!(String::from_utf8(rig.output).unwrap(), expected);
    }

    /// P7: names are case-blind, quoted arguments byte-exact.
    #[test]
    fn quotes_keep_every_byte(apn in "[ !#-~]{1,40}", upper in vec(any::<bool>(), 12)) {
        let mut rig = Rig::new();
        rig.say(b"ATE0\r");
        let name: String = "at+cgdcont=1"
            .chars()
            .zip(upper)
            .map(|(c, upper)| if upper { c.to_ascii_uppercase() } else { c })
            .collect();
        let set = rig.say(format!("{name},\"IP\",\"{apn}\"\r").as_bytes());
        prop_assert_eq!(set, b"\r\nOK\r\n".to_vec());
        let read = rig.say(b"AT+CGDCONT?\r");
        let expected = format!("\r\n+CGDCONT:1,\"IP\",\"{apn}\",,0,0\r\n\r\nOK\r\n");
        prop_assert_eq!(String::from_utf8(read).unwrap(), expected);
    }

    /// P30: ports are 0 to 65535; everything else is refused, and nothing comes of it.
    #[test]
    fn a_port_is_a_number(
        port in prop_oneof![
            (0_u32..200_000).prop_map(|port| port.to_string()),
            any::<i64>().prop_map(|port| port.to_string()),
            "[ -:@-~]{0,8}".prop_filter("another parameter", |port| !port.contains([',', ';'])),
            "0{0,12}[0-9]{1,5}",
        ],
    ) {
        let mut rig = Rig::new();
        rig.say(b"ATE0\r");
        let answer = rig.say(format!("AT+CIPSTART=\"TCP\",\"192.0.2.1\",{port}\r").as_bytes());
        let digits = port.trim_matches(' ');
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let accepted = is_number.then(|| digits.parse::<u16>().ok()).flatten();
        let said: &[u8] = match accepted {
            Some(_) => b"\r\nOK\r\n\r\nCONNECT OK\r\n",
            None => b"\r\nERROR\r\n",
        };
        prop_assert_eq!(answer.escape_ascii().to_string(), said.escape_ascii().to_string());
        let connected = rig.module.snapshot().peer.map(|peer| peer.port);
        prop_assert_eq!(connected, accepted);
    }

    /// P8: an over-long line gives one ERROR, and the next line works.
    #[test]
    fn an_over_long_line_is_one_error(extra in 0_usize..3000, detail in 0_u8..3) {
        let mut rig = Rig::new();
        rig.say(format!("ATE0;+CMEE={detail}\r").as_bytes());
        let fits = format!("AT{}\r", ";".repeat(510));
        prop_assert_eq!(rig.say(fits.as_bytes()), b"\r\nOK\r\n".to_vec());
        let long = format!("AT{}\r", ";".repeat(511 + extra));
        prop_assert_eq!(rig.say(long.as_bytes()), b"\r\nERROR\r\n".to_vec());
        prop_assert_eq!(rig.say(b"AT\r"), b"\r\nOK\r\n".to_vec());
    }

    /// P9: any garbage, CR, then AT CR gives OK.
    #[test]
    fn garbage_ends_with_its_line(garbage in vec(any::<u8>(), 0..2000)) {
        let mut rig = Rig::new();
        rig.say(b"ATE0\r");
        rig.say(&garbage);
        rig.say(b"\r");
        // Garbage may have been a command that changes how results look.
        rig.say(b"ATQ0V1E0\r");
        prop_assert_eq!(rig.say(b"AT\r"), b"\r\nOK\r\n".to_vec());
    }
}

/// A line that was whole when its DTE left is carried out; a half-typed one is forgotten.
#[test]
fn a_dte_that_leaves_has_its_last_line_carried_out() {
    let mut rig = Rig::connected("TCP");
    rig.say_part(b"AT+CIPCLOSE\r");
    rig.control(simless_module::Control::DteLeft);
    assert_eq!(rig.output, b"\r\nOK\r\n");
    rig.say(b"AT+CIPST");
    rig.control(simless_module::Control::DteLeft);
    let answer = rig.say(b"AT+CIPSTATUS\r");
    assert_eq!(answer, b"\r\n+IPSTATUS: IP CLOSE\r\n\r\nOK\r\n");
}
