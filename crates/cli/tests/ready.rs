//! The first output, for programs and for people.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use harness::Simless;

#[test]
fn one_object_tells_a_program_where_everything_is() {
    let simless = Simless::run(&["--port", "pty", "--port", "tcp:127.0.0.1:0"]);
    let ready = simless.ready();
    assert_eq!(ready["v"], 1);
    assert_eq!(ready["ready"], true);
    assert!(ready["pid"].as_u64().is_some_and(|pid| pid > 1));
    assert_eq!(ready["ports"][0]["kind"], "pty");
    assert_eq!(simless.link(0).read_link().unwrap(), simless.path(0));
    assert_eq!(ready["ports"][1]["kind"], "tcp");
    assert!(simless.address(1).starts_with("127.0.0.1:"));
    assert_eq!(ready["ports"].as_array().unwrap().len(), 2);
    assert!(ready.get("api").is_none());
}

#[test]
fn with_a_stdio_port_it_is_the_line_before_the_first_byte() {
    let (simless, mut dte) = Simless::stdio();
    assert_eq!(
        simless.ready()["ports"],
        serde_json::json!([{"kind": "stdio"}])
    );
    dte.say("AT\r");
    assert_eq!(dte.take(9), b"AT\r\r\nOK\r\n");
}

#[test]
fn people_are_told_what_runs_what_to_paste_and_how_to_end_it() {
    let mut simless = Simless::run(&["--port", "pty", "--port", "tcp:127.0.0.1:0"]);
    let link = simless.link(0).display().to_string();
    let path = simless.path(0).display().to_string();
    let port = simless.address(1).rsplit(':').next().unwrap().to_owned();
    simless.expect_stderr("profile kingcom-g3524");
    simless.expect_stderr(&format!("{link} -> {path}"));
    simless.expect_stderr(&format!("picocom -b 115200 {link}"));
    simless.expect_stderr(&format!("nc -C 127.0.0.1 {port}"));
    simless.expect_stderr("Ctrl-C");
}
