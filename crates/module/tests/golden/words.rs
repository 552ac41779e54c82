//! The words of a line.

use std::str::FromStr;
use std::time::Duration;

use simless_at::Registration;
use simless_module::{Answer, Cause, Control, SimState};

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

    /// A control.
    pub fn control(&mut self) -> Result<Control, Problem> {
        Ok(match self.next_word()? {
            "dte-left" => Control::DteLeft,
            "sim" => Control::Sim(self.sim()?),
            "registration" => Control::Registration(Registration(self.parse()?)),
            "attach" => Control::Attach(self.answer()?),
            "activation" => Control::Activation(self.answer()?),
            "lose-context" => Control::LoseContext(self.parse()?),
            "detach" => Control::Detach,
            "late-connect-ok" => Control::LateConnectOk(self.choice("off", "on")?),
            "power-cycle" => Control::PowerCycle,
            word => return Err(Problem::Unknown(String::from(word))),
        })
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
            "refuse" => Answer::Refuse(match self.next_word()? {
                "no-credit" => Cause::NoCredit,
                "activation" => Cause::ActivationRefused,
                word => return Err(Problem::Unknown(String::from(word))),
            }),
            word => return Err(Problem::Unknown(String::from(word))),
        })
    }
}
