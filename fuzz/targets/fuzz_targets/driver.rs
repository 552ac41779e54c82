#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| simless_fuzz::driver(input));
