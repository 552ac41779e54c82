//! How much an error says (guide E1; 3GPP TS 27.007, 9.1).

use simless_at::ErrorDetail;

use super::{Command, DONE, Parameters};
use crate::equipment::{Equipment, Failure};
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[Command::new("+CMEE", "Detail of errors", "guide 9")
    .test("+CMEE: (0-2)")
    .read(read_detail)
    .set(set_detail)];

fn read_detail(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let detail = match equipment.settings.error_detail {
        ErrorDetail::None => 0,
        ErrorDetail::Code => 1,
        ErrorDetail::Text => 2,
    };
    equipment.reply.info(format_args!("+CMEE: {detail}"));
    DONE
}

fn set_detail(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let detail = match parameters.args.number(0..=2)? {
        0 => ErrorDetail::None,
        1 => ErrorDetail::Code,
        _ => ErrorDetail::Text,
    };
    parameters.args.end()?;
    equipment.settings.error_detail = detail;
    DONE
}
