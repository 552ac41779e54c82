//! Programs that know nothing of modems, through the adapters, to servers behind a module.

mod blocking;
mod cancel;
mod mqtt;
mod nal;
mod session;
mod size;
mod stream;
mod world;
