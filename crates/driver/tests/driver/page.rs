//! Pages of `docs/` that tests make.

#[path = "../../../module/tests/page/mod.rs"]
mod whole;

pub use whole::must_be;
