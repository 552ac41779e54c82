//! What a configuration does, in a few words.

use crate::Configuration;

impl Configuration {
    /// Its faults by name, and how many steps there are: `no_credit and drop, 2 steps`.
    pub fn summary(&self) -> String {
        let names: Vec<&str> = self.faults.iter().map(|fault| fault.name()).collect();
        let faults = match names.as_slice() {
            [] => String::new(),
            [name] => format!("fault {name}"),
            [names @ .., last] if names.len() < 6 => {
                format!("faults {} and {last}", names.join(", "))
            }
            names => format!("{} faults", names.len()),
        };
        let steps = match self.steps.len() {
            0 => String::new(),
            1 => String::from("1 step"),
            count => format!("{count} steps"),
        };
        let ports = match self.ports.len() {
            0 => String::new(),
            1 => String::from("1 port"),
            count => format!("{count} ports"),
        };
        let is_given = |name: &str, is: bool| match is {
            true => name.to_owned(),
            false => String::new(),
        };
        let empty = Self::default();
        let parts = [
            ports,
            is_given("a device of its own", self.module != empty.module),
            is_given("times", self.timing != empty.timing),
            is_given("guards", self.guards != empty.guards),
            is_given("limits", self.limits != empty.limits),
            is_given("a network of its own", self.network != empty.network),
            is_given("destinations", self.destinations != empty.destinations),
            faults,
            steps,
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match parts.is_empty() {
            true => String::from("nothing"),
            false => parts.join(", "),
        }
    }
}
