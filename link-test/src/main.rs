//! A program without std, without libc and without a main, that uses `at` and `module`.
//!
//! That it links is the proof; it is not run.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::sync::Arc;

use linked_list_allocator::LockedHeap;
use simless_at::Instant;
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
    taken + module.uart_output(&mut slices)
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
