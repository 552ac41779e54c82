//! What must always hold, whatever is thrown at a module (the numbers are those of
//! `spec/requirements.toml`).

mod anything;
mod framing;
mod limits;
mod output;
mod receiving;
mod rig;
mod sending;
mod under_way;
