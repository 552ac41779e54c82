//! The driver over tokio: a module in memory, real sockets behind it, and whoever uses them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cancel;
mod closing;
mod failing;
mod fountain;
mod http;
mod mqtt;
mod names;
mod prelude;
mod tcp;
mod timing;
mod udp;
