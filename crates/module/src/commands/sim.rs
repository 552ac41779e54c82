//! The SIM (guide G2.2; 3GPP TS 27.007, 5.6 and 8.3).

use simless_at::Cme;

use super::{Command, DONE, Parameters};
use crate::SimState;
use crate::equipment::{Equipment, Failure};
use crate::wait::Outcome;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("+CPIN", "PIN of the SIM", "guide 2")
        .test("")
        .read(read_pin_state)
        .set(enter_pin),
    Command::new("+CIMI", "IMSI", "27.007 5.6")
        .test("")
        .execute(imsi),
    Command::new("+CCID", "Number of the SIM card", "by custom")
        .test("")
        .read(iccid)
        .execute(iccid),
];

/// Wrong PINs that block the SIM.
const PIN_TRIES: u8 = 3;

fn read_pin_state(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    let state = match equipment.sim() {
        SimState::Absent => return Err(Cme::NO_SIM.into()),
        SimState::Ready => "READY",
        SimState::Pin => "SIM PIN",
        SimState::Puk => "SIM PUK",
    };
    equipment.reply.info(format_args!("+CPIN:{state}"));
    DONE
}

/// `AT+CPIN="pin"`, and `AT+CPIN="puk","new pin"` where the SIM is blocked.
fn enter_pin(
    equipment: &mut Equipment,
    mut parameters: Parameters<'_>,
) -> Result<Outcome, Failure> {
    let password = parameters.args.text()?;
    let new_pin = parameters.args.optional_text()?;
    parameters.args.end()?;
    let sim = equipment.sim();
    let network = &mut equipment.network;
    match (sim, new_pin) {
        (SimState::Absent, _) => Err(Cme::NO_SIM.into()),
        (SimState::Ready, _) => Err(Cme::NOT_ALLOWED.into()),
        (SimState::Puk, None) => Err(Cme::PUK_REQUIRED.into()),
        (SimState::Puk, Some(new_pin)) if network.puk.is(password) => {
            network.pin = crate::Pin::new(new_pin).ok_or(Cme::BAD_PARAMETER)?;
            unlock(equipment)
        }
        (SimState::Pin, None) if network.pin.is(password) => unlock(equipment),
        (SimState::Pin, _) => {
            equipment.pin_tries += 1;
            if equipment.pin_tries >= PIN_TRIES {
                network.sim = SimState::Puk;
            }
            Err(Cme::WRONG_PASSWORD.into())
        }
        (SimState::Puk, Some(_)) => Err(Cme::WRONG_PASSWORD.into()),
    }
}

fn unlock(equipment: &mut Equipment) -> Result<Outcome, Failure> {
    equipment.network.sim = SimState::Ready;
    equipment.pin_tries = 0;
    DONE
}

fn imsi(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    match equipment.sim() {
        SimState::Absent => return Err(Cme::NO_SIM.into()),
        SimState::Pin => return Err(Cme::PIN_REQUIRED.into()),
        SimState::Puk => return Err(Cme::PUK_REQUIRED.into()),
        SimState::Ready => {}
    }
    let imsi = equipment.profile().identity.imsi;
    equipment.reply.info(format_args!("{imsi}"));
    DONE
}

fn iccid(equipment: &mut Equipment, _: Parameters<'_>) -> Result<Outcome, Failure> {
    if equipment.sim() == SimState::Absent {
        return Err(Cme::NO_SIM.into());
    }
    let iccid = equipment.profile().identity.iccid;
    equipment.reply.info(format_args!("+CCID: {iccid}"));
    DONE
}
