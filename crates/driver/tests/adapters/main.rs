//! Programs that know nothing of modems, through the adapters, to servers behind a module.

mod blocking;
mod cancel;
mod nal;
mod size;
mod stream;
mod world;
