//! `+CME ERROR: 50` and its causes (guide 9.2), in one plain sentence each on stderr.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::net::TcpListener;

use harness::{Simless, closed_port};

#[test]
fn nothing_listens_g9_2_2() {
    let mut simless = Simless::tcp();
    let mut dte = simless.connect(0);
    let port = closed_port();
    dte.ok(&format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}"));
    dte.expect("\r\n+CME ERROR: 50\r\n");
    assert_eq!(
        simless.expect_stderr("CME ERROR"),
        format!("simless: +CME ERROR: 50: nothing listens at 127.0.0.1:{port} (guide 9.2.2)")
    );
}

#[test]
fn a_name_without_an_address_g9_2_4() {
    let mut simless = Simless::tcp();
    let mut dte = simless.connect(0);
    dte.ok("AT+CIPSTART=\"TCP\",\"nobody.invalid\",80");
    dte.expect("\r\n+CME ERROR: 50\r\n");
    assert_eq!(
        simless.expect_stderr("CME ERROR"),
        "simless: +CME ERROR: 50: the name did not resolve (TCP nobody.invalid:80, guide 9.2.4)"
    );
}

#[test]
fn the_wrong_state_g9_2_5_and_which_of_several_modules() {
    let mut simless = Simless::run(&["--port", "tcp:127.0.0.1:0", "--port", "tcp:127.0.0.1:0"]);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let mut dte = simless.connect(1);
    let start = format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}");
    dte.ok(&start);
    dte.expect("\r\nCONNECT OK\r\n");
    dte.say(format!("{start}\r"));
    dte.expect("\r\n+CME ERROR: 50\r\n");
    let said = simless.expect_stderr("CME ERROR");
    let which = simless.address(1).to_owned();
    assert_eq!(
        said,
        format!(
            "simless: {which}: +CME ERROR: 50: the command is not allowed in state CONNECT OK (guide 9.2.5)"
        )
    );
}
