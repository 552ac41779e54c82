//! What must always hold, whatever is thrown at a module (the numbers are those of
//! `spec/requirements.toml`).

mod anything;
mod attempts;
mod context;
mod framing;
mod history;
mod limits;
mod output;
mod receiving;
mod restart;
mod rig;
mod sending;
mod serial_line;
mod timing;
mod under_way;
mod wrong_state;
