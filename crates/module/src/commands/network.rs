//! The radio network: registration, signal, operator, functionality (guide G2.3; 3GPP TS 27.007,
//! 7.2, 7.3, 8.2, 8.5, 10.1.20).

use simless_at::{Cme, Domain};

use super::{Command, DONE, Parameters};
use crate::equipment::{Equipment, Failure};
use crate::happen::Restart;
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CSQ", "Signal quality", "27.007 8.5")
        .test("+CSQ: (0-31,99),(0-7,99)")
        .execute(signal),
    Command::new("+CREG", "Registration", "guide 2")
        .test("+CREG: (0-2)")
        .read(|equipment, _| read_registration(equipment, Domain::CircuitSwitched))
        .set(|equipment, parameters| {
            report_registration(equipment, parameters, Domain::CircuitSwitched)
        }),
    Command::new("+CGREG", "Registration for packets", "27.007 10.1.20")
        .test("+CGREG: (0-2)")
        .read(|equipment, _| read_registration(equipment, Domain::PacketSwitched))
        .set(|equipment, parameters| {
            report_registration(equipment, parameters, Domain::PacketSwitched)
        }),
    Command::new("+COPS", "Operator", "27.007 7.3")
        .test("+COPS: (2,\"CHINA MOBILE\",\"CMCC\",\"46000\"),,(0-4),(0-2)")
        .read(read_operator)
        .set(select_operator),
    Command::new("+CFUN", "Functionality, restart", "27.007 8.2")
        .test("+CFUN: (0,1,4),(0,1)")
        .read(read_functionality)
        .set(set_functionality),
];

fn signal(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let signal = equipment.network.signal;
    equipment.reply.info(format_args!("+CSQ: {signal},99"));
    DONE
}

fn reports(equipment: &mut Equipment, domain: Domain) -> &mut u8 {
    match domain {
        Domain::CircuitSwitched => &mut equipment.settings.registration_reports,
        Domain::PacketSwitched => &mut equipment.settings.packet_registration_reports,
    }
}

fn read_registration(equipment: &mut Equipment, domain: Domain) -> Result<Outcome, Failure> {
    let n = *reports(equipment, domain);
    let registration = equipment.registration();
    let (name, stat) = (domain.name(), registration.0);
    if n == 2 && registration.is_registered() {
        let cell = equipment.network.cell;
        equipment.reply.info(format_args!(
            "{name}: {n},{stat},\"{:04X}\",\"{:04X}\"",
            cell.area, cell.cell
        ));
    } else {
        equipment.reply.info(format_args!("{name}: {n},{stat}"));
    }
    DONE
}

fn report_registration(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
    domain: Domain,
) -> Result<Outcome, Failure> {
    let n = parameters.args.number(0..=2)?;
    parameters.args.end()?;
    *reports(equipment, domain) = u8::try_from(n).map_err(|_| Cme::BAD_PARAMETER)?;
    DONE
}

fn read_operator(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let mode = equipment.radio.operator_mode;
    if !equipment.registration().is_registered() {
        equipment.reply.info(format_args!("+COPS: {mode}"));
        return DONE;
    }
    let format = equipment.radio.operator_format;
    let name = match format {
        2 => equipment.network.operator,
        _ => equipment.network.operator_name,
    };
    equipment
        .reply
        .info(format_args!("+COPS: {mode},{format},\"{name}\""));
    DONE
}

/// `AT+COPS=0|1|2|3|4[,format[,operator]]`
fn select_operator(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let mode = parameters.args.number(0..=4)?;
    let format = parameters.args.optional_number(0..=2)?;
    let operator = parameters.args.optional_text()?;
    parameters.args.end()?;
    match mode {
        3 => {
            let format = format.ok_or(Cme::BAD_PARAMETER)?;
            equipment.radio.operator_format = u8::try_from(format).unwrap_or(0);
        }
        0 | 2 => equipment.radio.operator_mode = u8::try_from(mode).unwrap_or(0),
        // Manual: there is one network, and it has to be named.
        _ => {
            let operator = operator.ok_or(Cme::BAD_PARAMETER)?;
            let network = &equipment.network;
            if operator != network.operator && operator != network.operator_name {
                return Err(Cme::NO_NETWORK.into());
            }
            equipment.radio.operator_mode = 1;
        }
    }
    DONE
}

fn read_functionality(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let functionality = equipment.radio.functionality;
    equipment.reply.info(format_args!("+CFUN: {functionality}"));
    DONE
}

/// `AT+CFUN=0|1|4[,1]`: without radio the registration goes, and the attachment with it.
fn set_functionality(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let functionality = match parameters.args.number(0..=4)? {
        functionality @ (0 | 1 | 4) => u8::try_from(functionality).unwrap_or(1),
        _ => return Err(Cme::BAD_PARAMETER.into()),
    };
    let restart = parameters.args.optional_number(0..=1)? == Some(1);
    parameters.args.end()?;
    equipment.radio.functionality = functionality;
    if restart {
        equipment.wants_restart = Some(Restart::Command);
    }
    DONE
}
