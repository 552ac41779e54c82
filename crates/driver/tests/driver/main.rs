//! What must always hold for the host side (the numbers are those of `spec/requirements.toml`).

mod closing;
mod flow;
mod flow_page;
mod hostile;
#[path = "../network/mod.rs"]
mod network;
mod page;
mod pair;
mod prelude;
mod presets;
mod receiving;
mod recovery;
mod restarts;
mod sending;
mod session;
mod size;
mod storms;
mod texts;
mod timeline;
