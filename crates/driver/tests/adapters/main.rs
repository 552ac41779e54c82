//! Programs that know nothing of modems, through the adapters, to servers behind a module.

mod blocking;
mod cancel;
mod mqtt;
mod nal;
#[path = "../network/mod.rs"]
#[allow(dead_code, reason = "the driver's own tests ask for more of it")]
mod network;
mod session;
mod size;
mod stream;
mod world;
