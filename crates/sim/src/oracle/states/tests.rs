//! What commands, results and URCs leave of the set.

use super::*;

const OK: Final = Final::Ok;
const REFUSED: Final = Final::Error;

fn connected() -> States {
    States::of(IpState::ConnectOk)
}

fn property(finding: Option<Finding>) -> Option<&'static str> {
    finding.map(|finding| finding.0)
}

/// Says it, hears the result, and asks for the state.
fn after(states: &mut States, said: &[u8], result: Final, told: IpState) -> Option<Finding> {
    states.said(said);
    let finding = states.result(result);
    states.said(b"AT+CIPSTATUS\r");
    finding.or(states.told(told)).or(states.result(OK))
}

#[test]
fn a_state_is_the_one_that_a_command_leaves() {
    let close = b"AT+CIPCLOSE\r";
    let shut = b"AT+CIPSHUT\r";
    let left = |said: &[u8], result, told| property(after(&mut connected(), said, result, told));
    assert_eq!(left(close, OK, IpState::Close), None);
    assert_eq!(left(close, OK, IpState::Initial), Some("P11"));
    assert_eq!(left(close, REFUSED, IpState::ConnectOk), None);
    assert_eq!(left(shut, OK, IpState::Initial), None);
    assert_eq!(left(shut, OK, IpState::Close), Some("P11"));
}

#[test]
fn an_attempt_has_one_outcome() {
    let mut states = States::of(IpState::Close);
    states.said(b"AT+CIPSTART=\"TCP\",\"a\",1\r");
    assert_eq!(states.result(OK), None);
    assert_eq!(states.unasked(&Urc::ConnectOk), None);
    assert_eq!(property(states.unasked(&Urc::ConnectOk)), Some("P14"));
    assert_eq!(states.unasked(&Urc::Closed), None);
    assert_eq!(property(states.unasked(&Urc::Closed)), Some("P28"));
}

#[test]
fn an_older_outcome_is_heard_once() {
    let mut states = States::of(IpState::Close);
    states.said(b"AT+CIPSTART=\"TCP\",\"a\",1\r");
    states.hears_ghost();
    // Before the result of the attempt that is on its way.
    assert_eq!(states.result(Final::NoResponse), None);
    assert_eq!(states.result(OK), None);
    assert_eq!(states.unasked(&Urc::ConnectOk), None);
    states.said(b"AT+CIPSTATUS\r");
    assert_eq!(states.told(IpState::ConnectOk), None);
}

#[test]
fn an_answer_shows_that_a_result_was_lost() {
    let mut states = States::of(IpState::PdpDeact);
    states.said(b"AT+CIPSTATUS\r");
    assert_eq!(states.told(IpState::PdpDeact), None);
    // Its OK is lost, and the ERROR of the next one seems to be its own.
    states.said(b"AT+CIPCLOSE\r");
    assert_eq!(states.result(REFUSED), None);
    states.said(b"AT+CSQ\r");
    states.answers();
    assert_eq!(states.result(OK), None);
}

#[test]
fn a_close_that_was_done_had_something_to_close() {
    let mut states = connected();
    states.said(b"AT+CIPCLOSE\r");
    assert_eq!(states.unasked(&Urc::Closed), None);
    assert_eq!(property(states.result(OK)), Some("P28"));
}

#[test]
fn a_context_that_is_lost_shows_in_the_state() {
    for (is_at_rest, told, finding) in [
        (true, IpState::PdpDeact, None),
        (false, IpState::PdpDeact, None),
        (true, IpState::Close, Some("P11")),
        // The peer may have ended it before.
        (false, IpState::Initial, None),
        (true, IpState::Initial, Some("P11")),
    ] {
        let mut states = connected();
        states.strikes(Effect::Lose, is_at_rest);
        assert_eq!(states.unasked(&Urc::Closed), None);
        states.said(b"AT+CIPSTATUS\r");
        assert_eq!(property(states.told(told)), finding, "{told}");
    }
}

#[test]
fn out_of_step_anything_that_was_said_may_have_been_done() {
    for told in [IpState::ConnectOk, IpState::Close, IpState::Initial] {
        let mut states = connected();
        states.said(b"AT+CIPCLOSE\r");
        states.said(b"AT+CIPSHUT\r");
        states.lost();
        assert_eq!(states.result(OK), None);
        states.said(b"AT+CIPSTATUS\r");
        assert_eq!(states.told(told), None);
    }
}
