//! What is wrong with a file is said with its line, and with what would be right.
//!
//! covers: P42

use simless_scenario::{Configuration, Word};

/// Every mistake, as `line: what`.
fn mistakes(text: &str) -> String {
    let check = |word: Word<'_>| match word {
        Word::Endpoint("pty") | Word::Rule("*") => Ok(()),
        other => Err(format!("{other:?} is not known here")),
    };
    let mistakes = Configuration::read(text, check).unwrap_err();
    let lines: Vec<String> = mistakes
        .iter()
        .map(|mistake| format!("{}: {}", mistake.line, mistake.what))
        .collect();
    lines.join("\n")
}

#[track_caller]
fn says(text: &str, what: &str) {
    assert_eq!(mistakes(text), what, "{text}");
}

#[test]
fn a_wrong_name_has_the_right_one_beside_it() {
    says(
        "[modul]",
        "1: there is no table `modul`, did you mean `module`?",
    );
    says(
        "[module]\n\nsede = 7",
        "3: there is no key `sede`, did you mean `seed`?",
    );
    says(
        "[network]\nsignl = 7",
        "2: there is no key `signl`, did you mean `signal`?",
    );
    says(
        "[network]\noperater = \"46000\"",
        "2: there is no key `operater`, did you mean `operator`?",
    );
    says(
        "[[fault]]\ntype = \"stal\"",
        "2: there is no `stal`, did you mean `stall`?",
    );
    says(
        "[[fault]]\ntype = \"dorp\"\n[[fault]]\ntype = \"drop\"\ntoxicty = 1",
        "2: there is no `dorp`, did you mean `drop`?\n5: there is no key `toxicty`, did you mean `toxicity`?",
    );
    says(
        "[module]\nprofile = \"kingcom-g3525\"",
        "2: there is no profile `kingcom-g3525`, did you mean `kingcom-g3524`?",
    );
    says(
        "[[step]]\non_state = \"CONECT OK\"\nurc = \"x\"",
        "2: there is no `CONECT OK`, did you mean `CONNECT OK`?",
    );
    says(
        "[[fault]]\ntype = \"no_final\"\nattributes = { command = \"AT+CIPSNED\" }",
        "3: the module has no command `AT+CIPSNED`, did you mean `AT+CIPSEND`?",
    );
    says(
        "[[step]]\non_command = \"CGACTT\"\nevent = \"reset\"",
        "2: the module has no command `CGACTT`, did you mean `AT+CGACT`?",
    );
}

#[test]
fn a_wrong_value_says_what_is_right() {
    says(
        "[guards]\nconnect = \"soon\"",
        "2: invalid value: string \"soon\", expected a duration such as \"200 ms\" or \"1.5 s\", or a number of milliseconds",
    );
    says(
        "[network]\npin = \"12\"\n[limits]\nsend = 0",
        "2: a PIN or PUK has four to eight digits, in quotes\n4: 0 is no limit; a limit is a number from 1 to 1048576",
    );
    says(
        "[module]\nimei = \"12\"\nsede = 7\nimsi = 4",
        "2: this should be an IMEI: 15 digits, in quotes\n\
         3: there is no key `sede`, did you mean `seed`?\n\
         4: invalid type: integer `4`, expected a string",
    );
    says(
        "[module]\nimei = \"12\"",
        "2: this should be an IMEI: 15 digits, in quotes",
    );
    says(
        "[module]\nseed = -1",
        "2: invalid value: integer `-1`, expected a number from 0 on",
    );
    says(
        "[network]\nsignal = 300",
        "2: invalid value: integer `300`, expected a number from 0 to 255",
    );
    says(
        "[[fault]]\ntype = \"drop\"\ntoxicity = 2.0",
        "3: a probability lies between 0 and 1",
    );
    says(
        "[limits]\nsend = 1000\nunsent = 500",
        "1: the limits contradict each other: `send` must not be larger than `unsent`, nor than 65535",
    );
}

#[test]
fn a_table_that_makes_no_sense_has_its_line() {
    says(
        "[module]\nseed = 1\n\n[[fault]]\ntype = \"late_ok\"\n\n[[step]]\nurc = \"x\"\n\n[[step]]\nat = 1\n",
        "4: a fault of type `late_ok` needs the attribute `delay`\n\
         7: a step needs `at`, `on_boot`, `on_command` or `on_state`, which say when it comes\n\
         10: a step needs `set`, `clear`, `fault`, `urc` or `event` to do something",
    );
    says(
        "[[step]]\non_boot = true\nfault = { type = \"drop\", attributes = { rate = 7 } }",
        "3: a fault of type `drop` has no attribute `rate`; it takes none",
    );
    says(
        "[[fault]]\ntype = \"stall\"\ndelay = \"5 s\"",
        "3: `delay` is an attribute; write attributes = { delay = … }",
    );
    says("[[fault]]\nname = \"x\"", "1: `type` is missing");
    says(
        "[fault]\ntype = \"drop\"",
        "1: there can be several of these: write the name in double brackets",
    );
    says(
        "[[fault]]\ntype = \"drop\"\n[[fault]]\ntype = \"drop\"",
        "3: there is a fault `drop` in line 1 already; give this one a `name` of its own",
    );
}

#[test]
fn words_of_others_are_asked_for() {
    says(
        "[[port]]\nendpoint = \"pyt\"\n[[port]]\nendpoint = \"pty\"\ncount = 0\n[destinations]\nallow = [\"*\"]\ndeny = [\n\"x\"]",
        "2: Endpoint(\"pyt\") is not known here\n\
         5: a port has at least one module; leave the table out to have none\n\
         9: Rule(\"x\") is not known here",
    );
}

#[test]
fn what_is_no_toml_has_its_line_too() {
    assert!(mistakes("[module]\nseed = ").starts_with("2: "));
    assert!(mistakes("[module]\nseed = 1\nseed = 2").starts_with("3: "));
    assert!(mistakes("\n\u{0}").starts_with("2: "));
    let long = " ".repeat(Configuration::LIMIT + 1);
    says(&long, "1: a configuration has at most 1048576 bytes");
    assert!(Configuration::read(&long[1..], |_| Ok(())).is_ok());
}
