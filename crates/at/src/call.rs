//! Calls: what a DTE says in a command line (V.250, 5.2 to 5.4; guide F1, F5).

use core::fmt;

use memchr::memchr2_iter;

use crate::args::Args;

/// One command of a line: `+CREG?`, `E0`, `+CIPSTART="TCP","example.com",80`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'a> {
    /// The name as it was typed, `+` or `&` included. Case does not matter: see [`Call::is`].
    pub name: &'a str,
    /// The number behind a basic command (`E0`, `S7`). Extended commands have none.
    pub number: Option<u16>,
    /// What is asked of the command.
    pub form: Form<'a>,
}

/// The forms of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form<'a> {
    /// `AT+CIFSR`
    Execute,
    /// `AT+CREG?`
    Read,
    /// `AT+CREG=1`
    Set(Args<'a>),
    /// `AT+CREG=?`
    Test,
}

/// What stands in a line is no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl<'a> Call<'a> {
    /// Whether the call is of this name, which is given in capitals.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Takes the first command off `line`, what stands between `AT` and CR.
    ///
    /// Gives the command and the rest of the line; `None` when nothing is left.
    pub fn split_first(line: &'a [u8]) -> Option<(Result<Self, Malformed>, &'a [u8])> {
        let start = line.iter().position(|b| !matches!(b, b' ' | b';'))?;
        let line = &line[start..];
        Some(match line[0] {
            b'+' => {
                let (call, rest) = line.split_at(end_of_extended(line));
                (Self::extended(call), rest)
            }
            _ => match Self::basic(line) {
                Ok((call, rest)) => (Ok(call), rest),
                // Where a basic command ends is known only once it is understood.
                Err(malformed) => (Err(malformed), &[]),
            },
        })
    }

    fn extended(call: &'a [u8]) -> Result<Self, Malformed> {
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || b"+!%-./:_".contains(b);
        let end = call.iter().position(|b| !is_name(b)).unwrap_or(call.len());
        let (name, rest) = call.split_at(end);
        let form = match rest.trim_ascii() {
            b"" => Form::Execute,
            b"?" => Form::Read,
            [b'=', arguments @ ..] => match arguments.trim_ascii() {
                b"?" => Form::Test,
                arguments => Form::Set(Args::new(arguments)),
            },
            _ => return Err(Malformed),
        };
        if name.len() < 2 {
            return Err(Malformed);
        }
        Ok(Self {
            name: core::str::from_utf8(name).map_err(|_| Malformed)?,
            number: None,
            form,
        })
    }

    /// A basic command needs no `;` behind it: its shape tells where it ends.
    fn basic(line: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let letters = match line {
            [b'&', letter, ..] if letter.is_ascii_alphabetic() => 2,
            [letter, ..] if letter.is_ascii_alphabetic() => 1,
            _ => return Err(Malformed),
        };
        let (name, rest) = line.split_at(letters);
        let (number, rest) = take_number(rest)?;
        let (form, rest) = match rest {
            [b'=', b'?', rest @ ..] => (Form::Test, rest),
            [b'?', rest @ ..] => (Form::Read, rest),
            [b'=', value @ ..] => {
                let digits = count_digits(value);
                let (value, rest) = value.split_at(digits);
                (Form::Set(Args::new(value)), rest)
            }
            rest => (Form::Execute, rest),
        };
        let name = core::str::from_utf8(name).map_err(|_| Malformed)?;
        Ok((Self { name, number, form }, rest))
    }
}

impl fmt::Display for Call<'_> {
    /// Writes the command as it stands in a line. A line is `AT`, commands with `;` between them
    /// and CR.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(number) = self.number {
            write!(f, "{number}")?;
        }
        match self.form {
            Form::Execute => Ok(()),
            Form::Read => f.write_str("?"),
            Form::Test => f.write_str("=?"),
            Form::Set(args) => write!(f, "={args}"),
        }
    }
}

/// An extended command ends at a `;` outside quotes.
fn end_of_extended(line: &[u8]) -> usize {
    let mut quoted = false;
    for at in memchr2_iter(b'"', b';', line) {
        match line[at] {
            b'"' => quoted = !quoted,
            _ if !quoted => return at,
            _ => {}
        }
    }
    line.len()
}

fn count_digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn take_number(bytes: &[u8]) -> Result<(Option<u16>, &[u8]), Malformed> {
    let (digits, rest) = bytes.split_at(count_digits(bytes));
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let text = core::str::from_utf8(digits).map_err(|_| Malformed)?;
    let number = text.parse().map_err(|_| Malformed)?;
    Ok((Some(number), rest))
}

#[cfg(test)]
mod tests;
