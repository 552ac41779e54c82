//! Packet service: attach and contexts (guide G2.4 to G2.6; 3GPP TS 27.007, 10.1).

use alloc::string::String;

use simless_at::{Cme, Final};

use super::{Command, DONE, Parameters};
use crate::bearer::{Activation, Definition, MAX_CONTEXT, PdpType};
use crate::equipment::{Equipment, Failure};
use crate::wait::{Condition, Outcome, Wait};
use crate::{Cause, Cid};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CGATT", "Attach to GPRS", "guide 2")
        .test("+CGATT: (0,1)")
        .read(read_attachment)
        .set(attach),
    Command::new("+CGDCONT", "Define a PDP context", "guide 2")
        .test("+CGDCONT: (1..7), (IP,IPV6,PPP),(0..3),(0..4)")
        .read(read_definitions)
        .set(define),
    Command::new("+CGACT", "Activate a PDP context", "guide 2")
        .test("+CGACT: (0,1)")
        .read(read_activations)
        .set(activate),
    Command::new(
        "+CGPADDR",
        "Addresses of the PDP contexts",
        "27.007 10.1.14",
    )
    .test("+CGPADDR: (1..7)")
    .set(read_address)
    .execute(read_addresses),
];

/// The longest access point name (3GPP TS 23.003, 9.1).
const MAX_APN: usize = 100;

fn read_attachment(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let state = u8::from(equipment.bearer.is_attached());
    equipment.reply.info(format_args!("+CGATT:{state}"));
    DONE
}

fn attach(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let wanted = parameters.args.number(0..=1)? == 1;
    parameters.args.end()?;
    if !wanted {
        equipment.detach(None);
        return DONE;
    }
    if let Some((code, _)) = equipment.obstacle() {
        return Err(code.into());
    }
    equipment.bearer.attach(parameters.now);
    guarded(equipment, &parameters, Condition::Attached)
}

fn cid(parameters: &mut Parameters<'_>) -> Result<Cid, Failure> {
    let cid = parameters.args.number(1..=MAX_CONTEXT.into())?;
    Ok(Cid::try_from(cid).map_err(|_| Cme::BAD_PARAMETER)?)
}

fn read_definitions(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    for (cid, context) in equipment.bearer.contexts() {
        if let Some(Definition { kind, apn }) = &context.definition {
            let kind = kind.name();
            equipment
                .reply
                .info(format_args!("+CGDCONT:{cid},\"{kind}\",\"{apn}\",,0,0"));
        }
    }
    DONE
}

/// `AT+CGDCONT=cid[,type[,apn[,address[,compression[,compression]]]]]`; the number alone takes the
/// definition away.
fn define(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let cid = cid(&mut parameters)?;
    let args = &mut parameters.args;
    let definition = match args.optional_text()? {
        None => None,
        Some(kind) => {
            let kind = PdpType::parse(kind).ok_or(Cme::BAD_PARAMETER)?;
            let apn = args.optional_text()?.unwrap_or_default();
            // The address is the network's to give, and there is nothing to compress.
            args.optional_text()?;
            args.optional_number(0..=3)?;
            args.optional_number(0..=4)?;
            if apn.len() > MAX_APN || apn.contains('"') {
                return Err(Cme::BAD_PARAMETER.into());
            }
            Some(Definition {
                kind,
                apn: String::from(apn),
            })
        }
    };
    args.end()?;
    equipment.bearer.context_mut(cid).definition = definition;
    DONE
}

fn read_activations(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let mut none = true;
    for (cid, context) in equipment.bearer.contexts() {
        if matches!(context.activation, Activation::Active(_)) {
            none = false;
            equipment.reply.info(format_args!("+CGACT: {cid}, 1"));
        }
    }
    if none {
        equipment.reply.info(format_args!("+CGACT: 0,0"));
    }
    DONE
}

/// `AT+CGACT=0|1,cid`; `AT+CGACT=0` ends them all.
fn activate(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let wanted = parameters.args.number(0..=1)? == 1;
    if !wanted && parameters.args.is_at_end() {
        (1..=MAX_CONTEXT).for_each(|cid| equipment.lose_context(cid, None));
        return DONE;
    }
    let cid = cid(&mut parameters)?;
    parameters.args.end()?;
    if !wanted {
        equipment.lose_context(cid, None);
        return DONE;
    }
    if equipment.bearer.context(cid).definition.is_none() {
        return Err(Cause::UndefinedContext(cid).into());
    }
    if let Some((code, _)) = equipment.obstacle() {
        return Err(code.into());
    }
    equipment.bearer.activate(cid, parameters.now);
    guarded(equipment, &parameters, Condition::Active(cid))
}

fn read_address(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let cid = cid(&mut parameters)?;
    parameters.args.end()?;
    if equipment.bearer.context(cid).definition.is_none() {
        return Err(Cause::UndefinedContext(cid).into());
    }
    say_address(equipment, cid);
    DONE
}

fn read_addresses(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    for cid in 1..=MAX_CONTEXT {
        if equipment.bearer.context(cid).definition.is_some() {
            say_address(equipment, cid);
        }
    }
    DONE
}

fn say_address(equipment: &mut Equipment, cid: Cid) {
    let address = equipment.bearer.address(cid);
    let address = address.unwrap_or(core::net::Ipv4Addr::UNSPECIFIED);
    equipment
        .reply
        .info(format_args!("+CGPADDR: {cid},\"{address}\""));
}

/// The network answers within the module's guard, or `COMMAND NO RESPONSE!` does (guide G9.3).
fn guarded(
    equipment: &Equipment,
    parameters: &Parameters<'_>,
    condition: Condition,
) -> Result<Outcome, Failure> {
    let guard = parameters.now + equipment.profile().guards.packet;
    Ok(Outcome::Wait(
        Wait::until(condition).guarded(guard, Final::NoResponse),
    ))
}
