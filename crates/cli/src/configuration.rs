//! Reading configurations from files.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use simless_runtime::{Endpoint, Rule};
use simless_scenario::{Configuration, Mistake, Word};

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Configuration, Unusable> {
    let unusable = |what| Unusable {
        path: path.into(),
        what,
    };
    let text = read_text(path).map_err(|error| unusable(What::Io(error)))?;
    let text = match String::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let mistake = Mistake {
                line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                what: "this is no UTF-8".into(),
            };
            return Err(unusable(What::Mistakes(vec![mistake])));
        }
    };
    Configuration::read(&text, check).map_err(|mistakes| unusable(What::Mistakes(mistakes)))
}

/// No more than what would be refused for its length.
fn read_text(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = Configuration::LIMIT as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut text)?;
    Ok(text)
}

fn check(word: Word<'_>) -> Result<(), String> {
    match word {
        Word::Endpoint(text) => match text.parse::<Endpoint>() {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
        Word::Rule(text) => match text.parse::<Rule>() {
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    }
}

/// A file that is no configuration.
#[derive(Debug)]
pub(crate) struct Unusable {
    path: PathBuf,
    what: What,
}

#[derive(Debug)]
enum What {
    Io(io::Error),
    Mistakes(Vec<Mistake>),
}

impl fmt::Display for Unusable {
    /// A line for each mistake, as compilers write them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.what {
            What::Io(error) => write!(f, "{path} cannot be read: {error}"),
            What::Mistakes(mistakes) => {
                for (number, Mistake { line, what }) in mistakes.iter().enumerate() {
                    let end = if number == 0 { "" } else { "\n" };
                    write!(f, "{end}{path}:{line}: {what}")?;
                }
                Ok(())
            }
        }
    }
}

impl Error for Unusable {}
