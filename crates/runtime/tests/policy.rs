//! Rules about destinations, and what they come to together.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;
use simless_runtime::{Policy, Rule};

fn policy(allow: &[&str], deny: &[&str]) -> Policy {
    let rules = |rules: &[&str]| rules.iter().map(|rule| rule.parse().unwrap()).collect();
    Policy {
        allow: rules(allow),
        deny: rules(deny),
    }
}

fn denies(policy: &Policy, address: &str) -> bool {
    policy.denies(address.parse().unwrap())
}

#[test]
fn every_form_is_read_and_written_back() {
    for text in [
        "10.0.0.0/8:80-90",
        "10.1.2.3",
        "10.1.2.3:80",
        "0.0.0.0/0",
        "[::1]:443",
        "[fd00::/8]:1-1023",
        "fd00::/8",
        "::1",
        "*",
        "*:25",
    ] {
        let rule: Rule = text.parse().unwrap();
        assert_eq!(rule.to_string(), text);
    }
    let same: [(Rule, Rule); 3] = [
        ("[::1]", "::1"),
        ("1.2.3.4/32", "1.2.3.4"),
        ("*:7-7", "*:7"),
    ]
    .map(|(one, other)| (one.parse().unwrap(), other.parse().unwrap()));
    assert!(same.iter().all(|(one, other)| one == other));
}

#[test]
fn a_wrong_one_is_told_what_is_right() {
    for (text, said) in [
        ("", "'' is no address"),
        ("localhost", "'localhost' is no address"),
        ("10.0.0.0/33", "is no address"),
        ("10.0.0.0/+8", "is no address"),
        ("10.0.0.0/", "is no address"),
        ("::1:443/129", "is no address"),
        ("10.1.2.3/8", "write 10.0.0.0/8"),
        ("fd01::/8", "write fd00::/8"),
        ("::ffff:10.0.0.1", "write the IPv4 address"),
        ("[::1:443", "not closed"),
        ("[::1]443", "'443' is no port"),
        ("10.0.0.1:", "'' is no port"),
        ("10.0.0.1:http", "'http' is no port"),
        ("*:90-80", "'90-80' is no port"),
        ("*:65536", "'65536' is no port"),
        ("*:+80", "'+80' is no port"),
    ] {
        let error = text.parse::<Rule>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

// covers: P39
#[test]
fn without_rules_all_but_the_link_and_metadata_can_be_reached() {
    let open = Policy::default();
    for address in [
        "127.0.0.1:80",
        "[::1]:80",
        "198.51.100.7:1",
        "[2001:db8::1]:65535",
    ] {
        assert!(!denies(&open, address), "{address}");
    }
    for address in [
        "169.254.169.254:80",
        "169.254.0.1:1",
        "[::ffff:169.254.169.254]:80",
        "[fe80::1]:80",
        "[febf::1]:80",
        "[fd00:ec2::254]:80",
        "[fd20:ce::254]:80",
        "100.100.100.200:80",
        "168.63.129.16:80",
        "192.0.0.192:80",
    ] {
        assert!(denies(&open, address), "{address}");
    }
}

// covers: P39
#[test]
fn only_a_rule_about_nothing_else_opens_what_is_guarded() {
    for wide in ["*", "*:80", "0.0.0.0/0", "169.0.0.0/8"] {
        assert!(
            denies(&policy(&[wide], &[]), "169.254.169.254:80"),
            "{wide}"
        );
    }
    for exact in ["169.254.169.254", "169.254.0.0/16", "169.254.169.254:80"] {
        let policy = policy(&[exact], &[]);
        assert!(!denies(&policy, "169.254.169.254:80"), "{exact}");
    }
    assert!(denies(
        &policy(&["169.254.169.254:81"], &[]),
        "169.254.169.254:80"
    ));
    assert!(denies(
        &policy(&["169.254.169.254"], &["169.254.0.0/16"]),
        "169.254.169.254:80"
    ));
}

// covers: P39
#[test]
fn what_is_denied_is_denied_whatever_is_allowed() {
    let policy = policy(&["10.0.0.0/8", "[::1]:443"], &["10.1.0.0/16", "*:25"]);
    assert!(!denies(&policy, "10.2.0.1:80"));
    assert!(denies(&policy, "10.1.0.1:80"));
    assert!(denies(&policy, "10.2.0.1:25"));
    assert!(!denies(&policy, "[::1]:443"));
    assert!(denies(&policy, "[::1]:80"));
    // None of the allowed ones.
    assert!(denies(&policy, "11.0.0.1:80"));
}

// covers: P39
#[test]
fn clothes_and_the_unspecified_address_are_no_way_around() {
    let closed = policy(&[], &["127.0.0.0/8", "::1"]);
    for address in [
        "127.9.9.9:80",
        "[::ffff:127.0.0.1]:80",
        "0.0.0.0:80",
        "[::ffff:0.0.0.0]:80",
        "[::]:80",
        "[::1]:80",
    ] {
        assert!(denies(&closed, address), "{address}");
    }
    assert!(denies(&policy(&[], &["0.0.0.0"]), "0.0.0.0:80"));
    assert!(!denies(&policy(&["127.0.0.1"], &[]), "0.0.0.0:80"));
}

fn rules() -> impl Strategy<Value = Rule> {
    let range = (any::<IpAddr>(), 0..=128_u8).prop_map(|(ip, length)| match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let length = u32::from(length % 33);
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            format!("{}/{length}", Ipv4Addr::from_bits(ip.to_bits() & mask))
        }
        IpAddr::V6(ip) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
            format!("[{}/{length}]", Ipv6Addr::from_bits(ip.to_bits() & mask))
        }
    });
    let addresses = prop_oneof![
        4 => range,
        1 => Just(String::from("*")),
    ];
    let ports = prop_oneof![
        Just(String::new()),
        any::<u16>().prop_map(|port| format!(":{port}")),
        (any::<u16>(), any::<u16>()).prop_map(|(a, b)| format!(":{}-{}", a.min(b), a.max(b))),
    ];
    (addresses, ports).prop_map(|(addresses, ports)| format!("{addresses}{ports}").parse().unwrap())
}

proptest! {
    // covers: P42
    #[test]
    fn what_is_written_is_read_as_the_same(rule in rules()) {
        let text = rule.to_string();
        prop_assert_eq!(text.parse::<Rule>().unwrap(), rule, "{}", text);
    }

    // covers: P42
    #[test]
    fn nothing_panics(text in "[\\[\\]0-9a-f.:/*-]{0,40}|.{0,40}") {
        if let Ok(rule) = text.parse::<Rule>() {
            prop_assert_eq!(rule.to_string().parse::<Rule>().unwrap(), rule);
        }
    }

    // covers: P39
    #[test]
    fn what_a_rule_denies_cannot_be_reached_in_other_clothes(
        rule in rules(), ip in any::<Ipv4Addr>(), port in any::<u16>(),
    ) {
        let policy = Policy { allow: vec![], deny: vec![rule] };
        let plain = SocketAddr::new(ip.into(), port);
        let dressed = SocketAddr::new(ip.to_ipv6_mapped().into(), port);
        prop_assert_eq!(policy.denies(plain), policy.denies(dressed));
        if rule.names(ip.into(), port) {
            prop_assert!(policy.denies(dressed));
        }
    }
}
