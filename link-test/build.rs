//! How the program is linked. Here rather than in a configuration file, because flags in one would
//! also hold for the build scripts of dependencies, which are ordinary programs.

/// No C runtime, no libc: what still links needs neither. The entry point is never run.
///
/// The five symbols are what compiled Rust itself may call on any target: memory functions, which a
/// bare-metal target brings along, and the name of the unwinder, which `panic = "abort"` never
/// calls. Any other missing symbol fails the link.
const LINK: [&str; 5] = [
    "-nostartfiles",
    "-nostdlib",
    "-static",
    "-Wl,--defsym=memcpy=0,--defsym=memmove=0,--defsym=memset=0,--defsym=bcmp=0",
    "-Wl,--defsym=rust_eh_personality=0",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for argument in LINK {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
