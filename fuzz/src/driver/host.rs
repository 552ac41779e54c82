//! A driver and its adapter, and what they may not do whatever happens.

use core::time::Duration;

use allocation_counter::measure;
use simless_driver::{Closed, Driver, Event, Instant, News, Patience, Settings};

use super::well::Well;
use super::{Act, target};

/// More than any number of calls that a moment needs.
const MANY: usize = 100_000;

pub(super) struct Host {
    pub(super) driver: Driver,
    pub(super) now: Instant,
    pub(super) patience: Patience,
    /// What the application was told, in order; data as one, however it was cut.
    pub(super) log: Vec<String>,
    /// What the module was told.
    pub(super) said: Vec<u8>,
    /// Bytes that the driver says were accepted on this connection.
    pub(super) accepted: u64,
    max_send: u16,
    /// It stays here until the driver says what became of it.
    payload: Vec<u8>,
    /// The most bytes the driver is given at once.
    chunk: usize,
    /// What the module was told last and has not answered.
    unanswered: Vec<u8>,
    told_at: Instant,
    module: Well,
    is_up: bool,
}

impl Host {
    pub(super) fn new(settings: Settings, chunk: usize) -> Self {
        let (patience, max_send) = (settings.patience, settings.max_send);
        Self {
            driver: Driver::new(settings),
            now: Instant::ZERO,
            patience,
            log: Vec::new(),
            said: Vec::new(),
            accepted: 0,
            max_send,
            payload: Vec::new(),
            chunk,
            unanswered: Vec::new(),
            told_at: Instant::ZERO,
            module: Well::default(),
            is_up: false,
        }
    }

    pub(super) fn act(&mut self, act: &Act) {
        let now = self.now;
        match act {
            Act::Says(bytes) => self.hear(bytes),
            Act::Answers => self.answers(),
            Act::IsWell => self.is_answered(),
            Act::Time(table) => self.pass(Act::passes(*table)),
            Act::Holds => self.driver.hold(now),
            Act::Connect | Act::ConnectUdp => {
                let target = target(*act == Act::ConnectUdp);
                // It may be busy.
                let _ = call(|| self.driver.connect(target, now));
            }
            Act::Send(count) => self.send(*count),
            Act::Abandon => call(|| self.driver.abandon_send(now)),
            Act::Close => call(|| self.driver.close(now)),
            Act::Resolve => {
                let host = target(false).host;
                let _ = call(|| self.driver.resolve(&host, now));
            }
        }
        self.drain();
    }

    /// The module answers until nothing more is said to it.
    pub(super) fn is_answered(&mut self) {
        for _ in 0..MANY {
            if self.unanswered.is_empty() {
                return;
            }
            self.answers();
        }
        panic!("it never stops asking: {:#?}", self.log);
    }

    pub(super) fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        for _ in 0..MANY {
            let Some(at) = self.driver.poll_timeout().filter(|at| *at <= until) else {
                self.now = until;
                return;
            };
            self.now = self.now.max(at);
            let now = self.now;
            call(|| self.driver.handle_timeout(now));
            self.drain();
        }
        panic!("time stands still: {:#?}", self.log);
    }

    fn send(&mut self, count: u16) {
        let now = self.now;
        // All values, so that the dialect's own bytes are among them when there are many.
        let payload: Vec<u8> = (0..count).map(|at| (at % 251) as u8 ^ 0x40).collect();
        match call(|| self.driver.send(&payload, now)) {
            Ok(()) => {
                assert!(count > 0 && count <= self.max_send, "it took {count} bytes");
                self.payload = payload;
            }
            // H17: not a byte of it.
            Err(_) if self.payload.is_empty() => assert_eq!(self.driver.uart_output(&[]), b""),
            Err(_) => {}
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        let mut data = Vec::new();
        let mut chunks: Vec<&[u8]> = bytes.chunks(self.chunk).collect();
        // A call without bytes lets the driver's time go on.
        chunks.push(&[]);
        for chunk in chunks {
            let mut used = 0;
            for round in 0.. {
                assert!(round < MANY, "H1: it takes nothing");
                let now = self.now;
                let taken = call(|| self.driver.handle_uart(&chunk[used..], now));
                used += taken.used;
                let has_news = taken.news.is_some();
                match taken.news {
                    Some(News::Data { bytes, .. }) => data.extend(bytes),
                    Some(News::Urc(line)) => self.log.push(format!("urc {line}")),
                    None => {}
                }
                let has_moved = self.tell();
                if !has_news && !has_moved && used == chunk.len() {
                    break;
                }
            }
        }
        if !data.is_empty() {
            self.log.push(format!("data {}", data.escape_ascii()));
        }
        // Only now: what is said between two bytes depends on how fast it can be written.
        self.drain();
    }

    /// Lets the driver tell what it has; whether there was anything.
    fn tell(&mut self) -> bool {
        let mut has_told = false;
        while let Some(event) = call(|| self.driver.poll_event()) {
            self.log.push(format!("{event:?}"));
            self.happened(event);
            has_told = true;
        }
        has_told
    }

    /// Lets the driver say and tell what it has.
    fn drain(&mut self) {
        for _ in 0..MANY {
            self.tell();
            let output = self.driver.uart_output(&self.payload).to_vec();
            if output.is_empty() {
                return;
            }
            if output.starts_with(b"AT") && self.payload.is_empty() {
                let line = output.strip_suffix(b"\r").unwrap_or(&output);
                let is_plain = line.iter().all(|byte| matches!(byte, b' '..=b'~'));
                assert!(is_plain, "H22: {}", output.escape_ascii());
            }
            self.said.extend(&output);
            let now = self.now;
            call(|| self.driver.uart_written(output.len(), now));
            if self.told_at != now {
                // What it did not answer then it will not answer now.
                self.unanswered.clear();
                self.told_at = now;
            }
            self.unanswered.extend(output);
        }
        panic!("it never stops talking: {:#?}", self.log);
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Connected => {
                assert!(!self.is_up, "connected twice: {:#?}", self.log);
                self.is_up = true;
                self.accepted = 0;
            }
            Event::Sent(count) => {
                assert_eq!(usize::from(count), self.payload.len(), "{:#?}", self.log);
                self.accepted += u64::from(count);
                self.payload.clear();
            }
            Event::SendFailed(failed) => {
                assert_eq!(failed.accepted, self.accepted, "H15: {:#?}", self.log);
                self.payload.clear();
            }
            Event::Closed(Closed { accepted, .. }) => {
                // What is closed on its way never stood.
                let known = if self.is_up { self.accepted } else { 0 };
                assert_eq!(accepted, known, "H16: {:#?}", self.log);
                self.is_up = false;
            }
            _ => {}
        }
    }

    /// A module that is well answers what it was told at the last moment, line by line.
    fn answers(&mut self) {
        let told = std::mem::take(&mut self.unanswered);
        let answer = self.module.answer(&told);
        self.hear(&answer);
    }
}

/// Calls the driver, which never allocates (H4).
fn call<R>(call: impl FnOnce() -> R) -> R {
    let mut result = None;
    let info = measure(|| result = Some(call()));
    assert_eq!(info.count_total, 0, "H4: the driver allocates");
    result.expect("it was called")
}
