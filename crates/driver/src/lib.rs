//! The host side of a G-series GPRS module as a pure state machine: what a host says to its module,
//! what it makes of the answers, and when.
//!
//! There is no clock, no port, no thread, no allocation and no environment in here. Bytes and the
//! time go in; commands, received data, events and the next deadline come out. Handling input
//! cannot fail, whatever a module says.
//!
//! A driver follows the guide's flow (G9.4) behind a prelude that brings a module into step, sends
//! and receives, and is not fooled by late results, by results that got lost, by a module that
//! starts again, or by payload that looks like an answer.
//!
//! # The contract
//!
//! An adapter owns the port, the clock and the payload of the send under way, and does in any
//! order, again and again:
//!
//! 1. [`Driver::handle_uart`] with what came from the module, also with nothing, until it gives no
//!    news and has taken everything. It stops at each event and at each piece of data: what comes
//!    behind happened later.
//! 2. [`Driver::handle_timeout`] when [`Driver::poll_timeout`] says so.
//! 3. After each of them, and after a verb of the application's: [`Driver::poll_event`] until
//!    there is none, and then write what [`Driver::uart_output`] holds, as far as it goes.
//!
//! An application that does not take [`News::Data`] is not asked for more: the adapter stops
//! calling `handle_uart`, bytes wait in the port, and the driver's time stands still until the
//! next call (H20). What the driver holds is its own size, about 1.3 KiB.
//!
//! ```
//! use simless_at::Instant;
//! use simless_driver::{Apn, Driver, Event, Host, News, Settings, Target, TextError};
//!
//! // Answers each line as a module of the guide does.
//! fn module(line: &[u8]) -> &'static [u8] {
//!     match line {
//!         b"AT+CIPSTATUS\r" => b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
//!         b"AT+CPIN?\r" => b"\r\n+CPIN:READY\r\n\r\nOK\r\n",
//!         b"AT+CREG?\r" => b"\r\n+CREG: 1,1\r\n\r\nOK\r\n",
//!         b"AT+CIPSEND=5\r" => b"\r\n> ",
//!         b"hello" => b"\r\nOK\r\n\r\n+IPD:11\r\nKINGCOMTEST",
//!         line if line.starts_with(b"AT+CIPHEAD=1;+CIPSTART") => b"\r\nOK\r\n\r\nCONNECT OK\r\n",
//!         _ => b"\r\nOK\r\n",
//!     }
//! }
//!
//! let mut driver = Driver::new(Settings::new(Apn::new("CMNET")?));
//! let now = Instant::ZERO;
//! driver.connect(Target::tcp(Host::new("example.com")?, 80), now).unwrap();
//!
//! let payload = b"hello";
//! let mut received = Vec::<u8>::new();
//! let mut rx: &[u8] = b"";
//! while received.is_empty() {
//!     let taken = driver.handle_uart(rx, now);
//!     let used = taken.used;
//!     if let Some(News::Data { bytes, .. }) = taken.news {
//!         received.extend(bytes);
//!     }
//!     rx = &rx[used..];
//!     while let Some(event) = driver.poll_event() {
//!         if event == Event::Connected {
//!             driver.send(payload, now).unwrap();
//!         }
//!     }
//!     // The payload stays with the application; the driver gives a part of it when it is its turn.
//!     let line = driver.uart_output(payload).to_vec();
//!     if !line.is_empty() {
//!         driver.uart_written(line.len(), now);
//!         rx = module(&line);
//!     }
//! }
//! assert_eq!(received, b"KINGCOMTEST");
//! assert!(driver.is_connected() && driver.is_idle());
//! # Ok::<(), TextError>(())
//! ```
//!
//! # Adapters
//!
//! Most programs want a stream and no loop. A [`Session`] is a driver with its buffers: it does the
//! loop above but for the port and the clock, and says what it needs from them ([`Todo`]). The
//! features `embedded-io`, `embedded-io-async` (with `embassy`) and `embedded-nal-async` put a port
//! and a clock around it; see [`adapter`]. None is on by itself, and none allocates.
//!
//! This is all that an adapter does:
//!
//! ```
//! use simless_driver::{Instant, Session, Todo};
//! # trait Port { fn write(&mut self, bytes: &[u8]) -> usize; fn read(&mut self, space: &mut [u8], until: Option<Instant>) -> usize; }
//!
//! /// Asks until there is an answer. Who stops asking, at any time, has lost nothing.
//! fn drive<A>(
//!     session: &mut Session<1024, 512>,
//!     port: &mut impl Port,
//!     clock: impl Fn() -> Instant,
//!     mut question: impl FnMut(&mut Session<1024, 512>) -> Option<A>,
//! ) -> A {
//!     session.resume(clock());
//!     loop {
//!         session.step(clock());
//!         if let Some(answer) = question(session) {
//!             return answer;
//!         }
//!         match session.todo() {
//!             Todo::Write { bytes, .. } => {
//!                 let n = port.write(bytes);
//!                 session.written(n, clock());
//!             }
//!             Todo::Read { space, until } => {
//!                 let n = port.read(space, until);
//!                 session.filled(n);
//!             }
//!         }
//!     }
//! }
//! ```
#![cfg_attr(not(test), warn(clippy::unwrap_used))]
#![no_std]

#[cfg(feature = "tokio")]
extern crate std;

pub mod adapter;
mod close;
mod command;
mod driver;
mod error;
mod event;
mod flow;
mod hear;
mod heard;
mod patience;
mod plan;
mod reader;
mod recover;
mod resolve;
mod send;
mod session;
mod settings;
mod state;
mod target;
mod text;

#[cfg(feature = "tokio")]
pub use adapter::tokio;
pub use driver::{Driver, News, Taken};
pub use error::{
    BusyError, ConnectError, Failure, LinkError, PossibleCause, SendError, SendFailed, SendFailure,
};
pub use event::{Closed, Ended, Event, Step};
pub use patience::Patience;
pub use session::{Datagram, Notice, Session, Todo};
pub use settings::{SendForm, Settings};
/// Time, as the driver takes it.
pub use simless_at::Instant;
pub use target::{Target, Transport};
pub use text::{Apn, Host, Pin, TextError};
