//! Everything a run can be given, as one TOML file: the module, its times and limits, the network
//! and the SIM, faults, steps, ports, destinations. Presets are such files, too.
//!
//! There is no I/O in here: a text goes in, and a [`Configuration`] comes out, or every mistake
//! with its line. `docs/scenarios.md` describes the tables.
//!
//! ```
//! use simless_module::{Config, FaultKind};
//! use simless_scenario::{Configuration, Preset};
//!
//! let text = r#"
//! [guards]
//! connect = "2 s"
//!
//! [[fault]]
//! type = "no_credit"
//! times = 2
//! "#;
//! let mut configuration = Configuration::read(text, |_| Ok(())).unwrap();
//! configuration.add(Preset::named("no-prompt").unwrap().configuration());
//! let config: Config = configuration.config()?;
//! assert_eq!(config.profile.guards.connect.as_secs(), 2);
//! assert_eq!(config.scenario.faults[1].kind, FaultKind::NoPrompt);
//!
//! // A mistake has its line, and the word that was probably meant.
//! let mistakes = Configuration::read("[[fault]]\ntype = \"no_credt\"", |_| Ok(())).unwrap_err();
//! assert_eq!(mistakes[0].line, 2);
//! assert_eq!(mistakes[0].what, "there is no `no_credt`, did you mean `no_credit`?");
//! # Ok::<(), simless_scenario::Contradiction>(())
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod change;
mod checked;
mod configuration;
mod device;
mod mistake;
mod nearest;
mod network;
mod place;
mod preset;
mod reading;
mod summary;

pub use change::{GuardTimes, LimitChange, Times};
pub use configuration::{Configuration, Contradiction};
pub use device::{DeviceChange, TimingName};
pub use mistake::Mistake;
pub use nearest::nearest;
pub use network::NetworkTable;
pub use place::{Destinations, PortTable};
pub use preset::Preset;
pub use reading::Word;
