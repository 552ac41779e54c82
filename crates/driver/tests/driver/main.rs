//! What must always hold for the host side (the numbers are those of `spec/requirements.toml`).

mod closing;
mod flow;
mod hostile;
#[path = "../network/mod.rs"]
mod network;
mod pair;
mod prelude;
mod receiving;
mod recovery;
mod sending;
mod size;
mod storms;
mod texts;
