//! A program without std, without libc and without a main, that uses `at`, `module` and `driver`.
//!
//! That it links is the proof; it is not run.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::sync::Arc;

use linked_list_allocator::LockedHeap;
use simless_at::Instant;
use simless_driver::{Apn, Driver, Host, Settings, Target};
use simless_module::{Config, KINGCOM_G3524, Line, Module, Network, Rate, Scenario, Timing, Wire};

#[global_allocator]
static HEAP: LockedHeap = LockedHeap::empty();

/// The symbol a linker starts from. Naming it counts as unsafe; there is no other way, and this
/// program is no part of the product.
#[unsafe(no_mangle)]
extern "C" fn _start() -> usize {
    let mut module = Module::new(Arc::new(Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario: Scenario::default(),
    }));
    let mut wire = Wire::new(
        Line {
            rate: Rate::new(115_200),
            fifo: 64,
        },
        0,
    );
    wire.push(b"AT+CIPSTART=\"TCP\",\"192.0.2.1\",80\r", Instant::ZERO);
    let mut taken = 0;
    while let Some(now) = wire.poll_timeout() {
        wire.handle_timeout(now);
        let n = module.handle_uart(wire.arrived()[0], now);
        wire.take(n, now);
        taken += n;
    }
    module.handle_timeout(Instant::ZERO);
    while module.poll_request().is_some() {}
    let mut slices = [&[][..]; 4];
    taken + module.uart_output(&mut slices) + say_something()
}

/// The host side needs no heap, either.
fn say_something() -> usize {
    let (Ok(apn), Ok(host)) = (Apn::new("CMNET"), Host::new("192.0.2.1")) else {
        return 0;
    };
    let mut driver = Driver::new(Settings::new(apn));
    let now = Instant::ZERO;
    let is_begun = driver.connect(Target::tcp(host, 80), now).is_ok();
    let taken = driver.handle_uart(b"\r\nOK\r\n", now).used;
    driver.handle_timeout(now);
    while driver.poll_event().is_some() {}
    taken + usize::from(is_begun) + driver.uart_output(&[]).len()
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
