//! How the module is registered, and what it says of changes (guide G2.3).

use simless_at::{Cme, Domain, Registration, Urc};

use crate::equipment::Equipment;
use crate::{Cause, FaultKind, SimState};

impl Equipment {
    /// How the module is registered: what the network says, when SIM and radio allow it.
    pub(crate) fn registration(&self) -> Registration {
        let may_register = self.sim() == SimState::Ready
            && self.radio.functionality == 1
            && self.radio.operator_mode != 2;
        if !may_register {
            Registration::IDLE
        } else if self.faults.holds(FaultKind::CregDenied) {
            Registration::DENIED
        } else if self.faults.holds(FaultKind::Searching) {
            Registration::SEARCHING
        } else {
            self.network.registration
        }
    }

    /// The state of the SIM.
    pub(crate) fn sim(&self) -> SimState {
        match self.faults.holds(FaultKind::SimAbsent) {
            true => SimState::Absent,
            false => self.network.sim,
        }
    }

    /// What keeps the module from attaching, if anything does.
    pub(crate) fn obstacle(&self) -> Option<(Cme, Cause)> {
        match self.sim() {
            SimState::Absent => Some((Cme::NO_SIM, Cause::SimNotReady)),
            SimState::Pin => Some((Cme::PIN_REQUIRED, Cause::SimNotReady)),
            SimState::Puk => Some((Cme::PUK_REQUIRED, Cause::SimNotReady)),
            SimState::Ready if self.registration().is_registered() => None,
            SimState::Ready => Some((Cme::NO_NETWORK, Cause::NotRegistered)),
        }
    }

    /// Notices a change, and tells whether there was one: the DTE is told, and what rested on the
    /// registration goes with it.
    pub(crate) fn report_registration(&mut self) -> bool {
        let registration = self.registration();
        if registration == self.reported_registration {
            return false;
        }
        self.reported_registration = registration;
        if !registration.is_registered() && self.bearer.attachment_exists() {
            self.detach(Some(Cause::NotRegistered));
        }
        let cell = registration.is_registered().then_some(self.network.cell);
        let reports = [
            (Domain::CircuitSwitched, self.settings.registration_reports),
            (
                Domain::PacketSwitched,
                self.settings.packet_registration_reports,
            ),
        ];
        for (domain, n) in reports {
            match n {
                0 => {}
                1 => self.urc(Urc::Registration(domain, registration, None)),
                _ => self.urc(Urc::Registration(domain, registration, cell)),
            }
        }
        true
    }
}
