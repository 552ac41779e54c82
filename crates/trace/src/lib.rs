//! A module's session as a sequence of steps: what its adapter and the module said to each other,
//! and when.
//!
//! A session is recorded step by step ([`Step`]), each with its time. It is printed for people
//! ([`Transcript`], in the words of the golden dialogues) and as JSON Lines ([`Line`]), a
//! stable form that programs read. Because the module has no clock, no socket and no chance of its
//! own, the steps are all there is: a [`Player`] plays them to a fresh module and finds the first
//! that came out otherwise.
//!
//! An adapter records by driving an [`Observed`] module instead of a bare one.
//!
//! There is no I/O in here. `docs/traces.md` describes the fields.
//!
//! ```
//! use simless_trace::{Header, Line, Player};
//!
//! let recorded = r#"
//! {"trace":1,"modem":0,"profile":"kingcom-g3524","timing":"immediate"}
//! {"t":0,"modem":0,"lane":"uart","dir":"up","data":"QVQN"}
//! {"t":0,"modem":0,"lane":"time"}
//! {"t":9,"modem":0,"lane":"uart","dir":"down","data":"QVQNDQpPSw0K"}
//! "#;
//!
//! let mut player = None;
//! for line in recorded.trim().lines() {
//!     match Line::parse(line)? {
//!         Line::Header(header) => player = Some(Player::new(&header)?),
//!         Line::Record(record) => player.as_mut().unwrap().play(&record)?,
//!     }
//! }
//!
//! // A module that answers something else is found out.
//! let other = r#"{"t":9,"modem":0,"lane":"uart","dir":"down","data":"RVJST1INCg=="}"#;
//! let Line::Record(record) = Line::parse(other)? else { panic!() };
//! let difference = player.unwrap().play(&record).unwrap_err();
//! assert_eq!(difference.to_string(), "0.000009: recorded <- ERROR␍␊, played nothing");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod data;
mod header;
mod line;
mod observed;
mod player;
mod step;
mod text;
mod transcript;

pub use header::{Header, UnknownProfile};
pub use line::{Line, NotALine};
pub use observed::{Observed, Observer};
pub use player::{Difference, Player};
pub use simless_scenario::TimingName;
pub use step::{Ask, Direction, News, Record, SLICES, Step, What, unread};
pub use transcript::Transcript;
