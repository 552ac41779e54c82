//! The basic commands (V.250, 6.1 to 6.3): how the module talks, not what it does.

use simless_at::Cme;

use super::{Command, DONE, Parameters};
use crate::equipment::{Equipment, Failure};
use crate::settings::{REGISTERS, Settings};
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("E", "Echo", "V.250 6.2.4").execute(echo),
    Command::new("V", "Results in words or digits", "V.250 6.2.6").execute(verbose),
    Command::new("Q", "Results and URCs suppressed", "V.250 6.2.5").execute(quiet),
    Command::new("X", "Call progress reports", "V.250 6.2.7").execute(call_progress),
    Command::new("S", "S-registers", "V.250 5.3.2")
        .read(read_register)
        .set(set_register),
    Command::new("Z", "Back to the settings kept", "V.250 6.1.1").execute(reset),
    Command::new("&F", "Back to the factory's settings", "V.250 6.1.2").execute(factory),
    Command::new("&W", "Keep the settings", "by custom").execute(keep),
    Command::new("&C", "Carrier detect line", "V.250 6.2.8").execute(carrier_detect),
    Command::new("&D", "Terminal ready line", "V.250 6.2.9").execute(terminal_ready),
    Command::new("+CLAC", "List of commands", "27.007 8.37")
        .test("")
        .execute(list_commands),
];

/// The number behind a basic command, 0 when there is none, up to `max`.
fn number(parameters: &Parameters<'_>, max: u8) -> Result<u8, Failure> {
    match u8::try_from(parameters.number.unwrap_or(0)) {
        Ok(number) if number <= max => Ok(number),
        _ => Err(Cme::BAD_PARAMETER.into()),
    }
}

fn echo(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    equipment.settings.echo = number(&parameters, 1)? == 1;
    DONE
}

fn verbose(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    equipment.settings.verbose = number(&parameters, 1)? == 1;
    DONE
}

fn quiet(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    equipment.settings.quiet = number(&parameters, 1)? == 1;
    DONE
}

fn call_progress(
    equipment: &mut Equipment,
    parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    equipment.settings.call_progress = number(&parameters, 4)?;
    DONE
}

fn carrier_detect(
    equipment: &mut Equipment,
    parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    equipment.settings.carrier_detect = number(&parameters, 1)?;
    DONE
}

fn terminal_ready(
    equipment: &mut Equipment,
    parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    equipment.settings.terminal_ready = number(&parameters, 2)?;
    DONE
}

fn reset(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    number(&parameters, 1)?;
    equipment.settings = equipment.saved;
    DONE
}

fn factory(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    number(&parameters, 0)?;
    equipment.settings = Settings::of(equipment.profile());
    DONE
}

fn keep(equipment: &mut Equipment, parameters: Parameters<'_>) -> Result<Outcome, Failure> {
    number(&parameters, 1)?;
    equipment.saved = equipment.settings;
    DONE
}

/// The index of a register in the settings.
fn register(parameters: &Parameters<'_>) -> Result<usize, Failure> {
    let number = parameters.number.unwrap_or(0);
    REGISTERS
        .iter()
        .position(|register| register.number == number)
        .ok_or(Cme::BAD_PARAMETER.into())
}

fn read_register(
    equipment: &mut Equipment,
    parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let value = equipment.settings.registers[register(&parameters)?];
    equipment.reply.info(format_args!("{value:03}"));
    DONE
}

fn set_register(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let index = register(&parameters)?;
    let register = &REGISTERS[index];
    let range = u32::from(register.min)..=u32::from(register.max);
    let value = parameters.args.number(range)?;
    equipment.settings.registers[index] = u8::try_from(value).map_err(|_| Cme::BAD_PARAMETER)?;
    DONE
}

fn list_commands(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    for command in super::commands() {
        equipment.reply.info(format_args!("AT{}", command.name));
    }
    DONE
}
