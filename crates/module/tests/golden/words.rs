//! The words of a line.

use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use simless_at::Registration;
use simless_module::{Answer, Control, Happening, Pin, SimState};

use crate::format::Problem;

/// What is left of a line.
pub struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    /// The words of `line`.
    pub fn new(line: &'a str) -> Self {
        Self(line)
    }

    /// The next word.
    pub fn next_word(&mut self) -> Result<&'a str, Problem> {
        let (word, rest) = self.0.split_once(' ').unwrap_or((self.0, ""));
        self.0 = rest;
        match word {
            "" => Err(Problem::Incomplete),
            word => Ok(word),
        }
    }

    /// The next word as a value.
    pub fn parse<T: FromStr>(&mut self) -> Result<T, Problem> {
        let word = self.next_word()?;
        word.parse()
            .map_err(|_| Problem::Malformed(String::from(word)))
    }

    /// The next word as a number.
    pub fn number(&mut self) -> Result<usize, Problem> {
        self.parse()
    }

    /// One of two words; whether it is the second.
    pub fn choice(&mut self, first: &str, second: &str) -> Result<bool, Problem> {
        match self.next_word()? {
            word if word == first => Ok(false),
            word if word == second => Ok(true),
            word => Err(Problem::Unknown(String::from(word))),
        }
    }

    /// A number and a unit.
    pub fn duration(&mut self) -> Result<Duration, Problem> {
        let number = self.parse()?;
        match self.next_word()? {
            "s" => Ok(Duration::from_secs(number)),
            "ms" => Ok(Duration::from_millis(number)),
            "us" => Ok(Duration::from_micros(number)),
            word => Err(Problem::Unknown(String::from(word))),
        }
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a str {
        core::mem::take(&mut self.0)
    }

    /// What is left behind the word `datagram`, if that is next.
    pub fn datagram(&mut self) -> Option<&'a str> {
        let rest = self.0.strip_prefix("datagram")?;
        // Without a blank it is an empty datagram, or data that begins with these letters.
        let text = match rest {
            "" => Some(rest),
            rest => rest.strip_prefix(' '),
        };
        if text.is_some() {
            self.0 = "";
        }
        text
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left.
    pub fn end(&self) -> Result<(), Problem> {
        match self.0 {
            "" => Ok(()),
            rest => Err(Problem::Unknown(String::from(rest))),
        }
    }

    /// All that is left, as a value of TOML.
    pub fn table<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        #[derive(Deserialize)]
        struct Named<T> {
            value: T,
        }
        let text = format!("value = {}", self.rest());
        let named: Result<Named<T>, _> = toml::from_str(&text);
        named
            .map(|named| named.value)
            .map_err(|error| Problem::Malformed(error.to_string()))
    }

    /// A control.
    pub fn control(&mut self) -> Result<Control, Problem> {
        Ok(match self.next_word()? {
            "dte-left" => Control::DteLeft,
            "sim" => Control::sim(self.sim()?),
            "registration" => Control::registration(Registration(self.parse()?)),
            "attach" => Control::attach(self.answer()?),
            "activation" => Control::activation(self.answer()?),
            "lose-context" => Control::LoseContext(self.parse()?),
            "detach" => Control::Happens(Happening::Detach),
            "late-connect-ok" => Control::late_connect_ok(self.choice("off", "on")?),
            "set" => Control::Set(self.table()?),
            "fault" => Control::Fault(self.table()?),
            "clear" => Control::Clear(self.next_word()?.into()),
            "urc" => Control::Urc(self.rest().into()),
            "event" => Control::Happens(self.table()?),
            "power-cycle" => Control::Happens(Happening::PowerCycle),
            word => return Err(Problem::Unknown(String::from(word))),
        })
    }

    /// A PIN or a PUK.
    pub fn pin(&mut self) -> Result<Pin, Problem> {
        let word = self.next_word()?;
        Pin::new(word).ok_or_else(|| Problem::Malformed(String::from(word)))
    }

    /// A SIM's state.
    pub fn sim(&mut self) -> Result<SimState, Problem> {
        Ok(match self.next_word()? {
            "absent" => SimState::Absent,
            "ready" => SimState::Ready,
            "pin" => SimState::Pin,
            "puk" => SimState::Puk,
            word => return Err(Problem::Unknown(String::from(word))),
        })
    }

    /// What the network answers.
    pub fn answer(&mut self) -> Result<Answer, Problem> {
        Ok(match self.next_word()? {
            "accept" => Answer::Accept,
            "silence" => Answer::Silence,
            "refuse" => match self.next_word()? {
                "no-credit" => Answer::NoCredit,
                "activation" | "attach" => Answer::Refuse,
                word => return Err(Problem::Unknown(String::from(word))),
            },
            word => return Err(Problem::Unknown(String::from(word))),
        })
    }
}
