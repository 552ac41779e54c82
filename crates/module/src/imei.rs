//! IMEIs of several modules of one kind (3GPP TS 23.003, 6.2.1): 8 digits for the type, 6 for the
//! serial number, 1 to check them.

use core::fmt;

/// Digits in front of the check digit, and those of the serial number among them.
const CHECKED: usize = 14;
const SERIALS: u64 = 1_000_000;

/// The IMEI of the module with this number, where the first one's is given. Behind the last serial
/// number they begin again.
pub(crate) struct Imei {
    pub(crate) first: &'static str,
    pub(crate) number: u32,
}

impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_imei = self.first.len() == CHECKED + 1;
        let checked = self
            .first
            .get(..CHECKED)
            .and_then(|text| text.parse::<u64>().ok());
        let Some(checked) = checked.filter(|_| is_imei && self.number > 0) else {
            return f.write_str(self.first);
        };
        let serial = (checked + u64::from(self.number)) % SERIALS;
        let checked = checked - checked % SERIALS + serial;
        write!(f, "{checked:0CHECKED$}{}", check_digit(checked))
    }
}

/// The digit of Luhn's formula behind these.
fn check_digit(mut digits: u64) -> u64 {
    let mut sum = 0;
    for place in 0..CHECKED {
        let digit = digits % 10;
        digits /= 10;
        sum += match place % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        };
    }
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    use simless_at::Instant;

    use super::*;
    use crate::{Config, KINGCOM_G3524, Module, Network, Timing};

    fn numbered(first: &'static str, number: u32) -> String {
        Imei { first, number }.to_string()
    }

    #[test]
    fn the_first_is_the_profiles_and_the_check_digit_is_right() {
        let first = KINGCOM_G3524.identity.imei;
        assert_eq!(numbered(first, 0), first);
        assert_eq!(check_digit(35_209_900_176_148), 1);
        // The example of 3GPP TS 23.003, annex B.
        assert_eq!(check_digit(26_053_179_311_383), 7);
    }

    #[test]
    fn a_million_of_them_differ_and_keep_the_type() {
        let first = KINGCOM_G3524.identity.imei;
        assert_eq!(numbered(first, 1), "352099001761499");
        let mut all: Vec<String> = (0..1_000_000)
            .map(|number| numbered(first, number))
            .collect();
        assert!(
            all.iter()
                .all(|imei| imei.len() == 15 && imei.starts_with(&first[..8]))
        );
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1_000_000);
        assert_eq!(numbered(first, 1_000_000), first);
    }

    #[test]
    fn what_is_no_imei_stays() {
        assert_eq!(numbered("unknown", 7), "unknown");
    }

    fn asks(module: &mut Module) -> String {
        module.handle_uart(b"ATE0;+CGSN\r", Instant::ZERO);
        module.handle_timeout(Instant::ZERO);
        let mut slices = [&[][..]; 16];
        let count = module.uart_output(&mut slices);
        let output = slices[..count].concat();
        module.uart_written(output.len(), Instant::ZERO);
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_module_says_its_own_after_a_restart_too() {
        let config = Arc::new(Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: crate::Scenario::default(),
        });
        let mut module = Module::numbered(config, 1);
        let its_own = "\r\n352099001761499\r\n";
        assert!(asks(&mut module).contains(its_own));
        module.handle_control(
            crate::Control::Happens(crate::Happening::PowerCycle),
            Instant::ZERO,
        );
        assert!(asks(&mut module).contains(its_own));
    }
}
