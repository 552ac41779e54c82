//! What a DTE can set, and `AT&W` keeps (V.250, 6.1 and 6.2).

use simless_at::ErrorDetail;

use crate::Profile;

/// Everything a DTE can set. `ATZ` brings back what `AT&W` kept, `AT&F` the profile's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `ATE`
    pub(crate) echo: bool,
    /// `ATV`
    pub(crate) verbose: bool,
    /// `ATQ`
    pub(crate) quiet: bool,
    /// `AT+CMEE`
    pub(crate) error_detail: ErrorDetail,
    /// `AT+CREG`
    pub(crate) registration_reports: u8,
    /// `AT+CGREG`
    pub(crate) packet_registration_reports: u8,
    /// `AT+CIPHEAD`
    pub(crate) headers: bool,
    /// `ATX`. There are no calls whose progress it could report.
    pub(crate) call_progress: u8,
    /// `AT&C`. A port without modem lines has no use for it.
    pub(crate) carrier_detect: u8,
    /// `AT&D`. A port without modem lines has no use for it.
    pub(crate) terminal_ready: u8,
    /// `ATS`: values in the order of [`REGISTERS`].
    pub(crate) registers: [u8; REGISTERS.len()],
    /// `AT+IPR`; 0 is automatic. The port's own rate is the adapter's.
    pub(crate) rate: u32,
    /// `AT+IFC`
    pub(crate) flow_control: (u8, u8),
}

/// An S-register: its number, its value at power-up and the values it takes.
pub(crate) struct Register {
    pub(crate) number: u16,
    pub(crate) initial: u8,
    pub(crate) min: u8,
    pub(crate) max: u8,
}

const fn register(number: u16, initial: u8, min: u8, max: u8) -> Register {
    Register {
        number,
        initial,
        min,
        max,
    }
}

/// The registers there are. S3 and S4 are fixed: every framing rule of the guide rests on them.
pub(crate) const REGISTERS: [Register; 8] = [
    register(0, 0, 0, 255),
    register(3, 13, 13, 13),
    register(4, 10, 10, 10),
    BACKSPACE,
    register(6, 2, 0, 255),
    register(7, 60, 1, 255),
    register(8, 2, 0, 255),
    register(10, 15, 1, 254),
];

/// A control character, or DEL: a printable one would lock the DTE out.
const BACKSPACE: Register = register(5, 8, 0, 31);
const BACKSPACE_INDEX: usize = 3;

impl Settings {
    pub(crate) fn of(profile: &Profile) -> Self {
        Self {
            echo: true,
            verbose: true,
            quiet: false,
            error_detail: profile.error_detail,
            registration_reports: profile.registration_reports,
            packet_registration_reports: profile.registration_reports,
            headers: false,
            call_progress: 4,
            carrier_detect: 1,
            terminal_ready: 2,
            registers: core::array::from_fn(|i| REGISTERS[i].initial),
            rate: 115_200,
            flow_control: (0, 0),
        }
    }

    /// S5: the character that edits a command line, beside DEL (guide F8).
    pub(crate) fn backspace(&self) -> u8 {
        self.registers[BACKSPACE_INDEX]
    }
}
