//! Opening and closing a connection (guide 4 and 7).

use alloc::string::String;

use simless_at::{Args, Cme, ConnectOrder, Final};

use super::service::MAX_NAME;
use super::{Command, DONE, Parameters};
use crate::equipment::{Ask, Equipment, Failure};
use crate::link::{Closing, SLOT, Target};
use crate::wait::{Condition, Outcome, Wait};
use crate::{Cause, Transport};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CIPSTART", "Open a connection", "guide 4")
        .test("+CIPSTART: (\"TCP\",\"UDP\"),(\"(0-255).(0-255).(0-255).(0-255)\"),(0-65535)")
        .set(start)
        .unasked(),
    Command::new("+CIPCLOSE", "Close the connection", "guide 7")
        .test("")
        .execute(close),
];

/// A wrong format is found before a wrong state: it changes nothing, also while connected.
fn start(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let target = target(&mut parameters.args)?;
    let state = equipment.ip_state();
    if !state.may_connect() {
        return Err(Cause::Repeated(state).into());
    }
    equipment.connect(SLOT, target, parameters.now);
    match equipment.dialect().connect_order {
        ConnectOrder::OkFirst => DONE,
        ConnectOrder::OutcomeFirst => Ok(Outcome::Wait(Wait::until(Condition::Connected(SLOT)))),
    }
}

fn target(args: &mut Args<'_>) -> Result<Target, Cme> {
    let mode = args.quoted_text()?;
    let transport = [Transport::Tcp, Transport::Udp]
        .into_iter()
        .find(|transport| transport.name().eq_ignore_ascii_case(mode))
        .ok_or(Cme::BAD_PARAMETER)?;
    let host = args.text()?;
    if host.is_empty() || host.len() > MAX_NAME || host.contains(' ') {
        return Err(Cme::BAD_PARAMETER);
    }
    let port = args.number(0..=u16::MAX.into())?;
    args.end()?;
    Ok(Target {
        transport,
        host: String::from(host),
        port: u16::try_from(port).map_err(|_| Cme::BAD_PARAMETER)?,
    })
}

/// A connection that stands is closed when what was readable of it has been printed (guide G7.4);
/// one on its way is cancelled (guide G4.8).
fn close(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    if let Some(socket) = equipment.links[SLOT].connected() {
        if equipment.comes_late(socket) {
            equipment.links[SLOT].closing = Closing::Unread(0);
        } else {
            equipment.links[SLOT].closing = Closing::Counting;
            equipment.asks.push_back(Ask::CountUnread(socket));
        }
        let guard = parameters.now + equipment.profile().guards.send;
        let drained = Wait::until(Condition::Drained(SLOT));
        return Ok(Outcome::Wait(drained.guarded(guard, Final::Closed)));
    }
    let link = &equipment.links[SLOT];
    let is_on_its_way = link.attempt().is_some() || link.late.is_some();
    equipment.cancel(SLOT);
    if is_on_its_way {
        Ok(Outcome::Final(Final::Closed))
    } else {
        Err(Cause::State(equipment.ip_state()).into())
    }
}
