//! Sending, and how received blocks look (guide 5 and 6).

use simless_at::{Arg, Cme, Final};

use super::{Command, DONE, Parameters};
use crate::SocketId;
use crate::entry::EntryForm;
use crate::equipment::{Equipment, Failure};
use crate::link::SLOT;
use crate::wait::{Condition, Outcome, Wait};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CIPSEND", "Send data", "guide 5")
        .test("")
        .set(send_length)
        .execute(send),
    Command::new("+CIPHEAD", "Headers of received blocks", "guide 6")
        .test("+CIPHEAD: (0,1)")
        .read(read_header)
        .set(set_header),
];

/// `AT+CIPSEND`: up to Ctrl+Z.
fn send(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let socket = connected(equipment)?;
    Ok(Outcome::Prompt(socket, EntryForm::CtrlZ))
}

/// `AT+CIPSEND=length`, and with the data itself in quotes (guide G5.5).
fn send_length(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let limit = u32::try_from(equipment.profile().limits.send).unwrap_or(u32::MAX);
    let length = parameters.args.number(1..=limit)? as usize;
    let socket = connected(equipment)?;
    if parameters.args.is_at_end() {
        return Ok(Outcome::Prompt(socket, EntryForm::Length(length)));
    }
    let Arg::Quoted(data) = parameters.args.next_arg()? else {
        return Err(Cme::BAD_PARAMETER.into());
    };
    parameters.args.end()?;
    if data.len() != length {
        return Err(Cme::BAD_PARAMETER.into());
    }
    let ring = equipment.sockets.get_mut(socket).and_then(|s| s.payload());
    let ring = ring.ok_or(Cme::FAILED)?;
    ring.reserve(length);
    ring.stage(data);
    let due = parameters.now + equipment.config.timing.send;
    let guard = parameters.now + equipment.profile().guards.send;
    Ok(Outcome::Wait(
        Wait::until(Condition::Room(socket, due)).guarded(guard, Final::Error),
    ))
}

/// No connection: ERROR at once, no prompt (guide G5.3, P17).
fn connected(equipment: &Equipment) -> Result<SocketId, Failure> {
    equipment.links[SLOT].connected().ok_or(Cme::FAILED.into())
}

fn read_header(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let mode = u8::from(equipment.settings.headers);
    equipment.reply.info(format_args!("+CIPHEAD: {mode}"));
    DONE
}

fn set_header(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let mode = parameters.args.number(0..=1)?;
    parameters.args.end()?;
    equipment.settings.headers = mode == 1;
    DONE
}
