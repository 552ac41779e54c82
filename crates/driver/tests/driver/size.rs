//! All memory there is.
//!
//! covers: H4 H20

use simless_driver::{Driver, Event};

/// Buffers, queues and settings. There is no allocation beside it: the crate has no alloc.
#[test]
fn a_driver_is_this_large() {
    let size = size_of::<Driver>();
    println!("Driver: {size} bytes, Event: {} bytes", size_of::<Event>());
    // On a 64-bit machine. Whoever makes it larger should know.
    assert!(size <= 1328, "{size}");
}
