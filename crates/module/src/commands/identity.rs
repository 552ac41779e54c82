//! Who the module says it is (guide G2.1; 3GPP TS 27.007, 5.1 to 5.6).

use super::{Command, DONE, Parameters};
use crate::equipment::{Equipment, Failure};
use crate::imei::Imei;
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("I", "Identity", "guide 2").execute(identity),
    Command::new("+CGMI", "Manufacturer", "27.007 5.1")
        .test("")
        .execute(manufacturer),
    Command::new("+CGMM", "Model", "27.007 5.2")
        .test("")
        .execute(model),
    Command::new("+CGMR", "Revision", "27.007 5.3")
        .test("")
        .execute(revision),
    Command::new("+CGSN", "IMEI", "27.007 5.4")
        .test("")
        .execute(imei),
    Command::new("+GSN", "IMEI", "V.250 6.1.7")
        .test("")
        .execute(imei),
];

/// The guide's four lines, whatever the number behind `ATI`.
fn identity(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let identity = equipment.profile().identity;
    let reply = &mut equipment.reply;
    reply.info(format_args!("{}", identity.manufacturer));
    reply.info(format_args!("{}", identity.model));
    reply.info(format_args!(""));
    reply.info(format_args!("Revision: {}", identity.revision));
    DONE
}

fn manufacturer(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    say(equipment, equipment.profile().identity.manufacturer)
}

fn model(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    say(equipment, equipment.profile().identity.model)
}

fn revision(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    say(equipment, equipment.profile().identity.revision)
}

fn imei(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let first = equipment.profile().identity.imei;
    let number = equipment.number;
    equipment
        .reply
        .info(format_args!("{}", Imei { first, number }));
    DONE
}

fn say(equipment: &mut Equipment, text: &str) -> Result<Outcome, Failure> {
    equipment.reply.info(format_args!("{text}"));
    DONE
}
