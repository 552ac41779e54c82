//! The serial line (V.250, 6.2.10 and 6.2.12). The port's own rate is the adapter's: what is set
//! here is remembered and read back.

use simless_at::Cme;

use super::{Command, DONE, Parameters};
use crate::equipment::{Equipment, Failure};
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+IPR", "Rate of the serial line", "V.250 6.2.10")
        .test("+IPR: (0,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200,230400,460800,921600)")
        .read(read_rate)
        .set(set_rate),
    Command::new("+IFC", "Flow control", "V.250 6.2.12")
        .test("+IFC: (0-2),(0-2)")
        .read(read_flow_control)
        .set(set_flow_control),
];

/// 0 is automatic.
const RATES: [u32; 14] = [
    0, 1200, 2400, 4800, 9600, 14_400, 19_200, 28_800, 38_400, 57_600, 115_200, 230_400, 460_800,
    921_600,
];

fn read_rate(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let rate = equipment.settings.rate;
    equipment.reply.info(format_args!("+IPR: {rate}"));
    DONE
}

fn set_rate(equipment: &mut Equipment, mut parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    let rate = parameters.args.number(0..=u32::MAX)?;
    parameters.args.end()?;
    if !RATES.contains(&rate) {
        return Err(Cme::BAD_PARAMETER.into());
    }
    equipment.settings.rate = rate;
    DONE
}

fn read_flow_control(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let (by_dte, by_dce) = equipment.settings.flow_control;
    equipment
        .reply
        .info(format_args!("+IFC: {by_dte},{by_dce}"));
    DONE
}

fn set_flow_control(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let by_dte = parameters.args.number(0..=2)?;
    let by_dce = parameters.args.optional_number(0..=2)?.unwrap_or(by_dte);
    parameters.args.end()?;
    let narrow = |n| u8::try_from(n).unwrap_or(0);
    equipment.settings.flow_control = (narrow(by_dte), narrow(by_dce));
    DONE
}
