//! A driver without a module, and what a module that is well would answer it.

use std::time::Duration;

use simless_at::Instant;
use simless_driver::{Driver, Event, News};

use crate::pair::{settings, target};

pub const OK: &str = "\r\nOK\r\n";

#[derive(Clone, Debug)]
pub enum Step {
    Says(Vec<u8>),
    Time(u64),
    Connect,
    Send(Vec<u8>),
    Close,
    Resolve,
    Abandon,
}

/// Drives a driver; writes down all that comes of it.
pub struct Host {
    pub driver: Driver,
    pub now: Instant,
    pub payload: Vec<u8>,
    pub chunk: usize,
    pub log: Vec<String>,
    pub events: Vec<Event>,
}

impl Host {
    pub fn new(chunk: usize) -> Self {
        Self {
            driver: Driver::new(settings()),
            now: Instant::ZERO,
            payload: Vec::new(),
            chunk,
            log: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Lets the driver say and tell what it has.
    pub fn drain(&mut self) {
        for round in 0.. {
            assert!(round < 10_000, "it never comes to rest");
            let mut moved = false;
            while let Some(event) = self.driver.poll_event() {
                self.log.push(format!("{event:?}"));
                self.events.push(event);
                moved = true;
            }
            let output = self.driver.uart_output(&self.payload).to_vec();
            if !output.is_empty() {
                self.driver.uart_written(output.len(), self.now);
                self.log.push(output.escape_ascii().to_string());
                moved = true;
            }
            if !moved {
                return;
            }
        }
    }

    pub fn hear(&mut self, bytes: &[u8]) {
        let mut data = Vec::new();
        for chunk in bytes.chunks(self.chunk) {
            let mut used = 0;
            let mut rounds = 0;
            loop {
                rounds += 1;
                assert!(rounds < 10_000, "it takes nothing");
                let taken = self.driver.handle_uart(&chunk[used..], self.now);
                used += taken.used;
                let has_news = taken.news.is_some();
                match taken.news {
                    Some(News::Data { bytes, .. }) => data.extend(bytes),
                    Some(News::Urc(line)) => self.log.push(format!("urc {line}")),
                    None => {}
                }
                self.drain();
                if !has_news && used == chunk.len() {
                    break;
                }
            }
        }
        if !data.is_empty() {
            self.log.push(format!("data {}", data.escape_ascii()));
        }
    }

    pub fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        let mut rounds = 0;
        while let Some(at) = self.driver.poll_timeout().filter(|at| *at <= until) {
            rounds += 1;
            assert!(rounds < 10_000, "time stands still");
            self.now = self.now.max(at);
            self.driver.handle_timeout(self.now);
            self.drain();
        }
        self.now = until;
    }

    pub fn act(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::Says(bytes) => self.hear(bytes),
            Step::Time(millis) => self.pass(Duration::from_millis(*millis)),
            Step::Connect => {
                let _ = self.driver.connect(target(), now);
            }
            Step::Send(payload) => {
                if self.driver.send(payload, now).is_ok() {
                    self.payload = payload.clone();
                }
            }
            Step::Close => self.driver.close(now),
            Step::Resolve => {
                let _ = self.driver.resolve(&target().host, now);
            }
            Step::Abandon => self.driver.abandon_send(now),
        }
        self.drain();
    }
}

/// What a healthy module answers.
pub fn answer(line: &str) -> Option<&'static str> {
    Some(match line {
        "AT+CIPSTATUS\\r" => "\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
        "AT+CPIN?\\r" => "\r\n+CPIN:READY\r\n\r\nOK\r\n",
        "AT+CREG?\\r" => "\r\n+CREG: 1,1\r\n\r\nOK\r\n",
        line if line.starts_with("AT+CIPSTART") => "\r\nOK\r\n\r\nCONNECT OK\r\n",
        line if line.contains("AT") => OK,
        _ => return None,
    })
}

/// Answers the last line that was said; gives whether there was one.
pub fn answer_last(host: &mut Host) -> bool {
    let Some(answer) = host.log.pop().and_then(|line| answer(&line)) else {
        return false;
    };
    host.hear(answer.as_bytes());
    true
}

/// Answers everything as a healthy module would.
pub fn healthy(host: &mut Host) {
    while answer_last(host) {}
}
