//! From a text to a configuration: table by table, so that one mistake does not hide the others.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::{DeserializeOwned, IntoDeserializer};
use simless_module::{Fault, KINDS, Step, commands};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::configuration::Configuration;
use crate::mistake::{no_such, reword};
use crate::{LimitChange, Mistake, NetworkTable, PortTable};

type Value<'a> = Spanned<DeValue<'a>>;
type Table<'a> = DeTable<'a>;

/// A text whose meaning another crate knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// A port, as `--port` names it.
    Endpoint(&'a str),
    /// A rule about destinations, as `--allow` and `--deny` take it.
    Rule(&'a str),
}

impl Configuration {
    /// The longest text that is read, in bytes.
    pub const LIMIT: usize = 1024 * 1024;

    /// Reads a file's text. `check` says what is wrong about a word of another crate. Gives every
    /// mistake that can be seen beside the others, in the order of their lines.
    pub fn read(
        text: &str,
        check: impl Fn(Word<'_>) -> Result<(), String>,
    ) -> Result<Self, Vec<Mistake>> {
        let mut reader = Reader {
            text,
            check: &check,
            mistakes: Vec::new(),
        };
        let configuration = reader.read();
        reader.mistakes.sort();
        match reader.mistakes.is_empty() {
            true => Ok(configuration),
            false => Err(reader.mistakes),
        }
    }
}

/// How many mistakes are told: behind so many, something else is wrong.
const MOST: usize = 20;

struct Reader<'a> {
    text: &'a str,
    check: &'a dyn Fn(Word<'_>) -> Result<(), String>,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Configuration {
        let mut configuration = Configuration::default();
        if self.text.len() > Configuration::LIMIT {
            let what = format!("a configuration has at most {} bytes", Configuration::LIMIT);
            self.mistakes.push(Mistake { line: 1, what });
            return configuration;
        }
        let tables = match Table::parse(self.text) {
            Ok(tables) => tables.into_inner(),
            Err(error) => {
                self.mistake(error.span().unwrap_or(0..0), &error);
                return configuration;
            }
        };
        for (key, value) in tables {
            let Configuration {
                module,
                timing,
                guards,
                limits,
                network,
                ports,
                destinations,
                faults,
                steps,
            } = &mut configuration;
            match key.get_ref().as_ref() {
                "module" => *module = self.table(value),
                "timing" => *timing = self.table(value),
                "guards" => *guards = self.table(value),
                "limits" => *limits = self.limits(value),
                "network" => *network = self.network(value),
                "port" => *ports = self.array(value, Self::port),
                "destinations" => {
                    self.rules(&value);
                    *destinations = self.table(value);
                }
                "fault" => *faults = self.faults(value),
                "step" => *steps = self.array(value, Self::step),
                other => {
                    let what = no_such("table", other, &Configuration::TABLES);
                    self.say(key.span(), what);
                }
            }
        }
        configuration
    }

    fn limits(&mut self, value: Value<'a>) -> LimitChange {
        let span = value.span();
        let limits = self.table::<LimitChange>(value);
        let alone = Configuration {
            limits,
            ..Configuration::default()
        };
        if let Err(contradiction) = alone.config() {
            self.say(span, contradiction.to_string());
        }
        limits
    }

    fn network(&mut self, value: Value<'a>) -> NetworkTable {
        let span = value.span();
        let DeValue::Table(keys) = value.into_inner() else {
            self.say(span, String::from("`network` is a table: [network]"));
            return NetworkTable::default();
        };
        // What is not a change stands beside it in the same table.
        let (own, change): (Vec<_>, Vec<_>) = keys.into_iter().partition(|(key, _)| {
            let key: &str = key.get_ref();
            NetworkTable::OWN.contains(&key)
        });
        let table =
            |table: Vec<_>| Spanned::new(span.clone(), DeValue::Table(Table::from_iter(table)));
        let mut network: NetworkTable = self.table(table(own));
        network.change = self.single_values(table(change), &NetworkTable::OWN);
        network
    }

    fn port(&mut self, value: Value<'a>) -> Option<PortTable> {
        let endpoint = value.get_ref().get("endpoint").map(Spanned::span);
        let count = value.get_ref().get("count").map(Spanned::span);
        let port: PortTable = self.value(value, &[])?;
        self.word(endpoint, Word::Endpoint(&port.endpoint));
        if let (Some(0), Some(span)) = (port.count, count) {
            let what = "a port has at least one module; leave the table out to have none";
            self.say(span, what.into());
        }
        Some(port)
    }

    fn rules(&mut self, value: &Value<'a>) {
        for list in ["allow", "deny"] {
            let rules = value
                .get_ref()
                .get(list)
                .and_then(|list| list.get_ref().as_array());
            for rule in rules.into_iter().flat_map(|rules| rules.iter()) {
                if let Some(text) = rule.get_ref().as_str() {
                    self.word(Some(rule.span()), Word::Rule(text));
                }
            }
        }
    }

    fn faults(&mut self, value: Value<'a>) -> Vec<Fault> {
        let mut named: BTreeMap<String, usize> = BTreeMap::new();
        self.array(value, |reader, value| {
            let span = value.span();
            let fault = reader.fault(value)?;
            if let Some(at) = named.insert(fault.name().into(), span.start) {
                let name = fault.name();
                let line = reader.line(at);
                let what = format!(
                    "there is a fault `{name}` in line {line} already; give this one a `name` of its own"
                );
                reader.say(span, what);
            }
            Some(fault)
        })
    }

    fn fault(&mut self, value: Value<'a>) -> Option<Fault> {
        let span = value.span();
        if self.misplaced(&value) {
            return None;
        }
        let command = command_of(value.get_ref(), &["attributes", "command"]);
        let fault: Fault = self.value(value, &[])?;
        self.check_fault(&fault, &span);
        self.command(command);
        Some(fault)
    }

    fn check_fault(&mut self, fault: &Fault, span: &Range<usize>) {
        if let Err(error) = fault.check() {
            self.say(span.clone(), error.to_string());
        }
    }

    /// An attribute that stands beside `type`; whether there is one.
    fn misplaced(&mut self, value: &Value<'a>) -> bool {
        let before = self.mistakes.len();
        for (key, _) in value.get_ref().as_table().into_iter().flatten() {
            let name: &str = key.get_ref();
            let mut attributes = KINDS.iter().flat_map(|kind| kind.attributes);
            if attributes.any(|attribute| attribute.name == name) {
                let what = format!("`{name}` is an attribute; write attributes = {{ {name} = … }}");
                self.say(key.span(), what);
            }
        }
        self.mistakes.len() > before
    }

    fn step(&mut self, value: Value<'a>) -> Option<Step> {
        let span = value.span();
        let fault = value.get_ref().get("fault");
        let fault_span = fault.map_or(span.clone(), Spanned::span);
        if fault.is_some_and(|fault| self.misplaced(fault)) {
            return None;
        }
        let commands = [
            command_of(value.get_ref(), &["on_command"]),
            command_of(value.get_ref(), &["fault", "attributes", "command"]),
        ];
        let step: Step = self.value(value, &[])?;
        if let Err(error) = step.check() {
            self.say(span, error.to_string());
        }
        if let Some(fault) = &step.fault {
            self.check_fault(fault, &fault_span);
        }
        commands
            .into_iter()
            .for_each(|command| self.command(command));
        Some(step)
    }

    /// A command that the module has not would never come.
    fn command(&mut self, command: Option<(Range<usize>, String)>) {
        let Some((span, text)) = command else { return };
        let meant = text.to_ascii_uppercase();
        let bare = meant.strip_prefix("AT").unwrap_or(&meant);
        let is =
            |name: &str| [&meant, bare].contains(&name) || name.strip_prefix('+') == Some(&meant);
        if !commands().any(|command| is(command.name)) {
            let known: Vec<String> = commands()
                .map(|command| format!("AT{}", command.name))
                .collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let hint = match crate::nearest(&format!("AT{bare}"), &known) {
                Some(right) => format!(", did you mean `{right}`?"),
                None => String::from("; docs/commands.md lists them"),
            };
            self.say(span, format!("the module has no command `{text}`{hint}"));
        }
    }

    fn word(&mut self, span: Option<Range<usize>>, word: Word<'_>) {
        if let (Some(span), Err(what)) = (span, (self.check)(word)) {
            self.say(span, what);
        }
    }

    /// A table of single values, each read on its own first; when one of them cannot be read, a
    /// table that says nothing.
    fn table<T: DeserializeOwned + Default>(&mut self, value: Value<'a>) -> T {
        self.single_values(value, &[])
    }

    fn single_values<T>(&mut self, value: Value<'a>, more: &[&str]) -> T
    where
        T: DeserializeOwned + Default,
    {
        let before = self.mistakes.len();
        for (key, one) in value.get_ref().as_table().into_iter().flatten() {
            let alone = Table::from_iter([(key.clone(), one.clone())]);
            let _ = self.value::<T>(Spanned::new(value.span(), DeValue::Table(alone)), more);
        }
        match self.mistakes.len() == before {
            true => self.value(value, more).unwrap_or_default(),
            false => T::default(),
        }
    }

    /// Every element that can be read.
    fn array<T>(
        &mut self,
        value: Value<'a>,
        mut read: impl FnMut(&mut Self, Value<'a>) -> Option<T>,
    ) -> Vec<T> {
        let span = value.span();
        match value.into_inner() {
            DeValue::Array(values) => values
                .into_iter()
                .filter_map(|value| read(self, value))
                .collect(),
            _ => {
                let what = "there can be several of these: write the name in double brackets";
                self.say(span, what.into());
                Vec::new()
            }
        }
    }

    fn value<T: DeserializeOwned>(&mut self, value: Value<'a>, more: &[&str]) -> Option<T> {
        let span = value.span();
        match T::deserialize(value.into_deserializer()) {
            Ok(value) => Some(value),
            Err(error) => {
                let what = reword(error.message(), more);
                self.say(error.span().unwrap_or(span), what);
                None
            }
        }
    }

    fn mistake(&mut self, span: Range<usize>, error: &toml::de::Error) {
        self.say(span, reword(error.message(), &[]));
    }

    fn say(&mut self, span: Range<usize>, what: String) {
        if self.mistakes.len() >= MOST {
            return;
        }
        let line = self.line(span.start);
        self.mistakes.push(Mistake { line, what });
    }

    fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// The command that is named at this place, if it is a text.
fn command_of(value: &DeValue<'_>, path: &[&str]) -> Option<(Range<usize>, String)> {
    let (last, tables) = path.split_last()?;
    let mut table = value;
    for name in tables {
        table = table.get(name)?.get_ref();
    }
    let command = table.get(last)?;
    Some((command.span(), command.get_ref().as_str()?.into()))
}
