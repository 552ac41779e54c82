//! All memory there is: nothing allocates.
//!
//! covers: H4 H20

use simless_driver::adapter::{asynchronous, blocking, nal};
use simless_driver::{Driver, Session};

/// What a port and a clock have is theirs.
type Blocking = blocking::Modem<(), (), 1024, 512>;
type Asynchronous = asynchronous::Modem<(), (), 1024, 512>;
type Stack = nal::Stack<(), (), 1024, 512>;

#[test]
fn the_buffers_are_nearly_all() {
    let buffers = 1024 + 512;
    let driver = size_of::<Driver>();
    let session = size_of::<Session<1024, 512>>();
    let sizes = [
        ("Driver", driver, 1536),
        (
            "Session beside driver and buffers",
            session - driver - buffers,
            448,
        ),
        (
            "blocking::Modem beside its session",
            size_of::<Blocking>() - session,
            0,
        ),
        (
            "asynchronous::Modem beside its session",
            size_of::<Asynchronous>() - session,
            0,
        ),
        (
            "nal::Stack beside its modem",
            size_of::<Stack>() - size_of::<Asynchronous>(),
            8,
        ),
    ];
    for (name, size, limit) in sizes {
        println!("{name}: {size} bytes");
        assert!(size <= limit, "{name}: {size} bytes, more than {limit}");
    }
}
