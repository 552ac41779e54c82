//! The module of the guide: firmware `G3524_SHNZ_B5_R04_A01_D160927`.

use core::time::Duration;

use simless_at::{Cme, Dialect, ErrorDetail};

use super::{Guards, Identity, Limits, OnNul, PlainError, Profile, Timing};

/// The default profile: what the guide says, and our decisions where it is silent.
pub const KINGCOM_G3524: Profile = Profile {
    name: "kingcom-g3524",
    dialect: Dialect::G_SERIES,
    identity: Identity {
        manufacturer: "Kingcom_Ltd",
        model: "Kingcom_G3524",
        revision: "G3524_SHNZ_B5_R04_A01_D160927",
        // A test number (TAC 35209900, reserved for tests) with its check digit.
        imei: "352099001761481",
        imsi: "460001234567890",
        iccid: "89860012345678901234",
    },
    limits: Limits {
        links: 1,
        line: 512,
        send: 1460,
        unsent: 16 * 1024,
        received: 16 * 1024,
        block: 1460,
        datagram: 2048,
        datagrams: 256,
        urcs: 64,
        closing: 3,
    },
    timing: Timing {
        command: Duration::from_millis(30),
        attach: Duration::from_millis(950),
        activate: Duration::from_millis(670),
        connect: Duration::from_millis(5820),
        shut: Duration::from_millis(570),
        send: Duration::from_millis(470),
    },
    guards: Guards {
        packet: Duration::from_secs(45),
        bring_up: Duration::from_secs(40),
        connect: Duration::from_secs(45),
        resolve: Duration::from_secs(10),
        send: Duration::from_secs(120),
        flush: Duration::from_secs(120),
        linger: Duration::from_secs(10),
        line_feed: Duration::from_millis(20),
    },
    plain_errors: &[
        PlainError {
            command: "+CIFSR",
            codes: &[],
        },
        // A wrong format is ERROR, a wrong state is +CME ERROR: 50 (G4.2, G4.4).
        PlainError {
            command: "+CIPSTART",
            codes: &[Cme::BAD_PARAMETER, Cme::BAD_LINE],
        },
        PlainError {
            command: "+CIPSEND",
            codes: &[],
        },
        PlainError {
            command: "+CIPHEAD",
            codes: &[],
        },
        PlainError {
            command: "+CIPCLOSE",
            codes: &[],
        },
    ],
    error_detail: ErrorDetail::Code,
    registration_reports: 1,
    on_nul: OnNul::Pass,
    backspace_edits_payload: false,
    shut_drops_definition: false,
};
