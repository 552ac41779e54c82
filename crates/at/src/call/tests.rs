extern crate std;

use std::format;
use std::string::String;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;

fn calls(line: &[u8]) -> Vec<Result<Call<'_>, Malformed>> {
    let mut rest = line;
    core::iter::from_fn(|| {
        let (call, left) = Call::split_first(rest)?;
        rest = left;
        Some(call)
    })
    .collect()
}

fn call<'a>(name: &'a str, number: Option<u16>, form: Form<'a>) -> Result<Call<'a>, Malformed> {
    Ok(Call { name, number, form })
}

#[test]
fn a_line_is_a_list() {
    let set = |bytes: &'static [u8]| Form::Set(Args::new(bytes));
    assert_eq!(
        calls(b"E0;+CREG?;+CIPSTATUS"),
        [
            call("E", Some(0), Form::Execute),
            call("+CREG", None, Form::Read),
            call("+CIPSTATUS", None, Form::Execute),
        ]
    );
    // Basic commands need no semicolon.
    assert_eq!(
        calls(b"&FZE0S7=60S7?+CSQ"),
        [
            call("&F", None, Form::Execute),
            call("Z", None, Form::Execute),
            call("E", Some(0), Form::Execute),
            call("S", Some(7), set(b"60")),
            call("S", Some(7), Form::Read),
            call("+CSQ", None, Form::Execute),
        ]
    );
    assert_eq!(
        calls(b"+CSTT=\"a;b\", \"c\" ; +CGATT = 1;"),
        [
            call("+CSTT", None, set(b"\"a;b\", \"c\"")),
            call("+CGATT", None, set(b"1")),
        ]
    );
    assert_eq!(calls(b""), []);
    assert_eq!(calls(b" ;; "), []);
}

#[test]
fn what_is_no_command_ends_the_line() {
    for line in ["123", "\x07", "+", "+=1", "S99999", "+CREG?x", "+CREG x"] {
        assert_eq!(calls(line.as_bytes()), [Err(Malformed)], "{line}");
    }
}

#[test]
fn names_are_case_blind() {
    let (call, _) = Call::split_first(b"+cIpStArT=?").unwrap();
    assert!(call.unwrap().is("+CIPSTART"));
    assert!(!call.unwrap().is("+CIPSTAR"));
}

fn any_call() -> impl Strategy<Value = String> {
    let arguments = prop_oneof!["[0-9]{1,5}", "\"[ -!#-~]{0,12}\"", Just(String::new())];
    let set = proptest::collection::vec(arguments, 1..4).prop_map(|args| {
        // A lone `?` is the test form, which has its own arm.
        format!("={}", args.join(","))
    });
    let form = prop_oneof![
        Just(String::new()),
        Just(String::from("?")),
        Just(String::from("=?")),
        set
    ];
    let extended = ("\\+[A-Za-z]{2,9}", form).prop_map(|(name, form)| name + &form);
    let basic = "&?[A-Za-z][0-9]{0,3}";
    prop_oneof![extended, basic]
}

proptest! {
    /// What is written is read as what it was.
    #[test]
    fn a_call_survives_the_round_trip(text in any_call()) {
        let (call, rest) = Call::split_first(text.as_bytes()).unwrap();
        let call = call.unwrap();
        prop_assert!(rest.is_empty());
        let written = format!("{call}");
        let (again, _) = Call::split_first(written.as_bytes()).unwrap();
        prop_assert_eq!(again, Ok(call));
    }

    /// P1 for the language: no line panics, and reading it ends.
    #[test]
    fn no_line_panics(line in proptest::collection::vec(any::<u8>(), 0..600)) {
        for call in calls(&line).into_iter().flatten() {
            if let Form::Set(mut args) = call.form {
                while !args.is_at_end() && args.next_arg().is_ok() {}
            }
        }
    }
}
