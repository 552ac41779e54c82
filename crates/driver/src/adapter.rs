//! The driver on real ports. Each adapter is a feature, and thin: it moves bytes and time, and
//! decides nothing that the driver could.

#[cfg(feature = "tokio")]
pub mod tokio;
