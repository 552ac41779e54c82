//! The words for endpoints, and what is said about wrong ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use simless_runtime::Endpoint;

#[test]
fn every_form_is_read_and_written_back() {
    for text in [
        "pty",
        "pty:/tmp/my modem",
        "tcp:127.0.0.1:0",
        "tcp:localhost:8809",
        "tcp:[::1]:65535",
        "unix:/tmp/my modem.sock",
        "serial:/dev/ttyUSB0,9600",
        "serial:/dev/a,b,1",
        "stdio",
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        assert_eq!(endpoint.to_string(), text);
    }
}

#[test]
fn what_is_left_out_is_filled_in() {
    for (text, full) in [
        ("tcp", "tcp:127.0.0.1:8809"),
        ("tcp:0.0.0.0", "tcp:0.0.0.0:8809"),
        ("tcp:[::1]", "tcp:[::1]:8809"),
        ("serial:/dev/ttyUSB0", "serial:/dev/ttyUSB0,115200"),
    ] {
        assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), full);
    }
}

#[test]
fn a_wrong_one_is_told_what_is_wrong_and_what_is_right() {
    for (text, said) in [
        ("tpc:127.0.0.1:0", "did you mean 'tcp:127.0.0.1:0'?"),
        ("ptty", "did you mean 'pty'?"),
        ("/dev/modem", "did you mean 'pty:/dev/modem'?"),
        ("127.0.0.1:80", "did you mean 'tcp:127.0.0.1:80'?"),
        (
            "carrier-pigeon",
            "pty[:LINK], tcp:HOST:PORT, unix:PATH, serial:DEV[,BAUD], stdio",
        ),
        ("", "there is no endpoint ''"),
        ("pty:", "lacks the path"),
        ("tcp::80", "host is missing"),
        ("tcp:[]:80", "host is missing"),
        ("tcp:localhost:65536", "'65536' is no port"),
        ("tcp:localhost:", "'' is no port"),
        ("tcp:::1:80", "in brackets"),
        ("tcp:[::1:80", "not closed"),
        ("tcp:[::1]80", "'80' is no port"),
        ("unix", "path of the socket file is missing"),
        ("unix:", "path of the socket file is missing"),
        ("unx:/tmp/a", "did you mean 'unix:/tmp/a'?"),
        ("/dev/ttyUSB0", "did you mean 'serial:/dev/ttyUSB0'?"),
        ("serial", "device is missing"),
        ("serial:,9600", "device is missing"),
        ("serial:/dev/ttyUSB0,fast", "'fast' is no rate"),
        ("serial:/dev/ttyUSB0,0", "'0' is no rate"),
        ("serial:/dev/ttyUSB0,", "'' is no rate"),
        ("stdio:1", "takes nothing"),
    ] {
        let error = text.parse::<Endpoint>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn one_word_stands_for_the_ports_of_several_modules() {
    for (text, several) in [
        ("pty", ["pty", "pty", "pty"]),
        ("pty:/tmp/m", ["pty:/tmp/m0", "pty:/tmp/m1", "pty:/tmp/m2"]),
        ("tcp:[::1]:0", ["tcp:[::1]:0", "tcp:[::1]:0", "tcp:[::1]:0"]),
        ("tcp:h:65533", ["tcp:h:65533", "tcp:h:65534", "tcp:h:65535"]),
        (
            "unix:/tmp/m",
            ["unix:/tmp/m0", "unix:/tmp/m1", "unix:/tmp/m2"],
        ),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        let all = endpoint.several(3).unwrap();
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        assert_eq!(all, several);
        assert_eq!(endpoint.several(1).unwrap(), [endpoint]);
    }
}

#[test]
fn what_cannot_be_several_says_so() {
    for (text, said) in [
        ("stdio", "'stdio' can serve one module only"),
        ("serial:/dev/ttyUSB0", "can serve one module only"),
        ("tcp:h:65534", "not enough ports"),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        let error = endpoint.several(3).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
        assert!(endpoint.several(1).is_ok());
    }
}
