//! The TCP/UDP service's way up and down, its state, and names (guide 3, G4.7, G4.10, G7.3, 8).

use alloc::string::String;
use simless_at::{Cme, Final, IpState};

use super::{Command, DONE, Parameters};
use crate::bearer::{SERVICE_CONTEXT, Service, Task};
use crate::equipment::{Ask, Equipment, Failure, Query};
use crate::link::Stage;
use crate::look_up::LookUp;
use crate::wait::{Condition, Outcome, Wait};
use crate::{Cause, Transport};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CSTT", "Access point for the service", "guide G4.7")
        .test("")
        .read(read_task)
        .set(set_task),
    Command::new("+CIICR", "Bring the service's context up", "guide G4.7")
        .test("")
        .execute(bring_up),
    Command::new("+CIFSR", "Local address", "guide 3")
        .test("+CIFSR:")
        .read(|equipment, _| {
            equipment.reply.info(format_args!("+CIFSR:"));
            DONE
        })
        .execute(local_address),
    Command::new("+CIPSTATUS", "State of the service", "guide 8")
        .test("+CIPSTATUS:")
        .read(|_, _| DONE)
        .execute(status),
    Command::new("+CIPSHUT", "Shut the service down", "guide 7")
        .test("")
        .execute(shut),
    // The guide's own spelling in one place (G7.3).
    Command::new("+CISHUT", "The same as AT+CIPSHUT", "guide 4, 7")
        .test("")
        .execute(shut),
    Command::new("+CDNSGIP", "Look a name up", "guide G4.10")
        .test("")
        .set(look_up),
];

/// The longest name there can be (RFC 1035, 2.3.4).
pub(super) const MAX_NAME: usize = 253;

fn read_task(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let Equipment { reply, bearer, .. } = equipment;
    match &bearer.task {
        Some(Task {
            apn,
            user,
            password,
        }) => reply.info(format_args!(
            "+CSTT: \"{apn}\",  \"{user}\", \"{password}\""
        )),
        None => reply.info(format_args!("+CSTT: \"\",  \"\", \"\"")),
    }
    DONE
}

fn set_task(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let args = &mut parameters.args;
    let apn = String::from(args.text()?);
    let user = String::from(args.optional_text()?.unwrap_or_default());
    let password = String::from(args.optional_text()?.unwrap_or_default());
    args.end()?;
    match equipment.ip_state() {
        IpState::Initial | IpState::Start => {}
        state => return Err(Cause::State(state).into()),
    }
    equipment.bearer.task = Some(Task {
        apn,
        user,
        password,
    });
    equipment.bearer.service = Service::Started;
    DONE
}

fn bring_up(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    match equipment.ip_state() {
        IpState::Start => {}
        state => return Err(Cause::State(state).into()),
    }
    let apn = equipment.bearer.task.as_ref().map(|task| task.apn.clone());
    equipment.bring_up(apn, parameters.now);
    let guard = parameters.now + equipment.profile().guards.bring_up;
    Ok(Outcome::Wait(
        Wait::until(Condition::BroughtUp).guarded(guard, Final::NoResponse),
    ))
}

/// Answers exactly while the context is active (guide G3.3, P16).
fn local_address(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let address = equipment.bearer.address(SERVICE_CONTEXT);
    let address = address.ok_or(Cause::NoContext)?;
    equipment.reply.info(format_args!("{address}"));
    if equipment.bearer.service == Service::Active {
        equipment.bearer.service = Service::Addressed;
    }
    DONE
}

fn status(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let (prefix, state) = (equipment.dialect().status, equipment.ip_state());
    equipment.reply.info(format_args!("{prefix}{state}"));
    DONE
}

fn shut(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    equipment.shut(parameters.now);
    let done = parameters.now + equipment.config.timing.shut;
    Ok(Outcome::Wait(Wait::until(Condition::Elapsed(
        done,
        Final::Shut,
    ))))
}

/// `AT+CDNSGIP="name"`: one look-up at a time, and none without a context.
fn look_up(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let name = parameters.args.text()?;
    parameters.args.end()?;
    if name.is_empty() || name.len() > MAX_NAME || name.contains('"') {
        return Err(Cme::BAD_PARAMETER.into());
    }
    if !equipment.bearer.is_up() {
        return Err(Cause::NoContext.into());
    }
    let is_resolving = |stage| matches!(stage, Stage::Resolving { .. });
    let mut attempts = equipment.links.iter().filter_map(|link| link.attempt());
    if attempts.any(|attempt| is_resolving(attempt.stage)) {
        return Err(Cause::ResolverBusy.into());
    }
    let socket = equipment.sockets.open(Transport::Udp);
    let (answer, due) = match equipment.look_up(name, parameters.now) {
        LookUp::Known(answer, due) => (Some(answer), due),
        LookUp::Ask(due) => {
            equipment.asks.push_back(Ask::Resolve(socket));
            (None, due)
        }
    };
    equipment.query = Some(Query {
        socket,
        name: String::from(name),
        answer,
        due,
    });
    let guard = parameters.now + equipment.profile().guards.resolve;
    Ok(Outcome::Wait(
        Wait::until(Condition::Resolved).guarded(guard, Final::Cme(Cme::FAILED)),
    ))
}
