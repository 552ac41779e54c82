//! IMEIs of several modules of one kind (3GPP TS 23.003, 6.2.1): 8 digits for the type, 6 for the
//! serial number, 1 to check them.

use alloc::borrow::Cow;

const TYPE: usize = 8;
const SERIAL: usize = 6;

/// The IMEI of the module with this number. The serial numbers begin again behind the last one.
pub(crate) fn numbered(first: &'static str, number: u32) -> Cow<'static, str> {
    let digits = first.len() == TYPE + SERIAL + 1 && first.bytes().all(|b| b.is_ascii_digit());
    if number == 0 || !digits {
        return Cow::Borrowed(first);
    }
    let serials = 10_u64.pow(SERIAL as u32);
    let (kind, rest) = first.split_at(TYPE);
    let serial = rest[..SERIAL]
        .bytes()
        .fold(0, |sum, b| sum * 10 + u64::from(b - b'0'));
    let serial = (serial + u64::from(number)) % serials;
    let mut imei = alloc::format!("{kind}{serial:0SERIAL$}");
    imei.push(check_digit(&imei));
    Cow::Owned(imei)
}

/// The digit of Luhn's formula behind these.
fn check_digit(digits: &str) -> char {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, b)| match (u32::from(b - b'0'), place % 2) {
            (digit, 0) => digit * 2 / 10 + digit * 2 % 10,
            (digit, _) => digit,
        })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    use simless_at::Instant;

    use super::*;
    use crate::{Config, KINGCOM_G3524, Module, Network, Timing};

    #[test]
    fn the_first_is_the_profiles_and_the_check_digit_is_right() {
        let first = KINGCOM_G3524.identity.imei;
        assert_eq!(numbered(first, 0), first);
        assert_eq!(check_digit(&first[..14]), first.chars().last().unwrap());
        // The example of 3GPP TS 23.003, annex B.
        assert_eq!(check_digit("26053179311383"), '7');
    }

    #[test]
    fn a_million_of_them_differ_and_keep_the_type() {
        let first = KINGCOM_G3524.identity.imei;
        assert_eq!(numbered(first, 1), "352099001761499");
        let mut all: Vec<String> = (0..1_000_000)
            .map(|number| numbered(first, number).into_owned())
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
        });
        let mut module = Module::numbered(config, 1);
        let its_own = "\r\n352099001761499\r\n";
        assert!(asks(&mut module).contains(its_own));
        module.handle_control(crate::Control::PowerCycle, Instant::ZERO);
        assert!(asks(&mut module).contains(its_own));
    }
}
