//! No C runtime, no libc: what still links needs neither. The entry point is never run.
//!
//! These flags are the program's alone. As flags of the whole build they would also strip build
//! scripts of dependencies of what they need to run.

/// What compiled Rust itself may call on any target: memory functions, which a bare-metal target
/// brings along, and the name of the unwinder, which `panic = "abort"` never calls. Any other
/// missing symbol fails the link.
const SYMBOLS: [&str; 5] = ["memcpy", "memmove", "memset", "bcmp", "rust_eh_personality"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for flag in ["-nostartfiles", "-nostdlib", "-static"] {
        println!("cargo::rustc-link-arg-bins={flag}");
    }
    for symbol in SYMBOLS {
        println!("cargo::rustc-link-arg-bins=-Wl,--defsym={symbol}=0");
    }
}
