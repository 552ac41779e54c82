//! What can happen to a module.

use std::fmt;

/// Everything that can happen, one kind each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Command(&'static str),
    AttachAccepted,
    AttachRefused,
    ActivationAccepted,
    ActivationRefused,
    NameFound,
    NameUnknown,
    ServerAccepts,
    ServerRefuses,
    ServerCloses,
    ServerResets,
    ContextLost,
    Detached,
    RegistrationLost,
    RegistrationBack,
    /// The module's longest guard runs out.
    GuardRunsOut,
}

pub const ALL: [Event; 26] = [
    Event::Command("+CSTT=\"CMNET\""),
    Event::Command("+CIICR"),
    Event::Command("+CIFSR"),
    Event::Command("+CIPSTART=\"TCP\",\"host\",80"),
    Event::Command("+CIPSEND"),
    Event::Command("+CIPCLOSE"),
    Event::Command("+CIPSHUT"),
    Event::Command("+CGATT=1"),
    Event::Command("+CGATT=0"),
    Event::Command("+CGACT=1,1"),
    Event::Command("+CGACT=0,1"),
    Event::AttachAccepted,
    Event::AttachRefused,
    Event::ActivationAccepted,
    Event::ActivationRefused,
    Event::NameFound,
    Event::NameUnknown,
    Event::ServerAccepts,
    Event::ServerRefuses,
    Event::ServerCloses,
    Event::ServerResets,
    Event::ContextLost,
    Event::Detached,
    Event::RegistrationLost,
    Event::RegistrationBack,
    Event::GuardRunsOut,
];

impl Event {
    /// For the drawing: without parameters.
    pub fn label(self) -> String {
        match self {
            Self::Command(command) => match command.split_once("=\"") {
                Some((name, _)) => name.trim_start_matches('+').into(),
                None => command.trim_start_matches('+').into(),
            },
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command(command) => return write!(f, "`AT{command}`"),
            Self::AttachAccepted => "attach accepted",
            Self::AttachRefused => "attach refused",
            Self::ActivationAccepted => "activation accepted",
            Self::ActivationRefused => "activation refused",
            Self::NameFound => "name found",
            Self::NameUnknown => "name unknown",
            Self::ServerAccepts => "server accepts",
            Self::ServerRefuses => "server refuses",
            Self::ServerCloses => "server closes",
            Self::ServerResets => "server resets",
            Self::ContextLost => "context lost",
            Self::Detached => "network detaches",
            Self::RegistrationLost => "registration lost",
            Self::RegistrationBack => "registration back",
            Self::GuardRunsOut => "guard runs out",
        })
    }
}
