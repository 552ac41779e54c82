//! The walk through every state that can be reached: each is reached again by the shortest way to
//! it, and then one thing happens.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use simless_at::{Instant, IpState, Registration};
use simless_module::{
    Answer, Config, Control, Happening, KINGCOM_G3524, Module, Network, Request, Scenario,
    SocketEvent, SocketId, Timing,
};

use crate::events::{ALL, Event};

/// The product of the two machines, as far as it can be seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub ip_state: IpState,
    is_registered: bool,
    attachment: char,
    context: char,
    /// The command that waits, if one does.
    running: &'static str,
    /// Two attempts may look alike from outside but wait for different answers.
    asked: Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    Nothing,
    Name,
    Connection,
}

pub struct Move {
    pub from: State,
    pub event: Event,
    pub to: State,
    pub said: String,
}

impl Move {
    /// The event changed nothing and made the module say nothing.
    pub fn is_nothing(&self) -> bool {
        self.from == self.to && self.said.is_empty()
    }
}

pub fn all_moves() -> Vec<Move> {
    let mut ways: Vec<(State, Vec<Event>)> = vec![(World::new().state(), Vec::new())];
    let mut queue = VecDeque::from([0]);
    let mut moves = Vec::new();
    while let Some(index) = queue.pop_front() {
        let (from, way) = ways[index].clone();
        for event in ALL {
            let mut world = World::new();
            way.iter().for_each(|step| world.happen(*step));
            world.said.clear();
            world.happen(event);
            let to = world.state();
            if !ways.iter().any(|(known, _)| *known == to) {
                queue.push_back(ways.len());
                ways.push((to, [way.as_slice(), &[event]].concat()));
            }
            moves.push(Move {
                from,
                event,
                to,
                said: world.said(),
            });
        }
    }
    moves
}

struct World {
    module: Module,
    now: Instant,
    said: Vec<u8>,
    /// The socket's last request that awaits an answer, and the socket itself.
    asked: BTreeMap<SocketId, Asked>,
    socket: Option<SocketId>,
    running: &'static str,
    attachment: char,
    context: char,
}

impl World {
    fn new() -> Self {
        let network = Network {
            attach: Answer::Silence,
            activation: Answer::Silence,
            ..Network::default()
        };
        let mut world = Self {
            module: Module::new(Arc::new(Config {
                profile: KINGCOM_G3524,
                timing: Timing::IMMEDIATE,
                network,
                scenario: Scenario::default(),
            })),
            now: Instant::ZERO,
            said: Vec::new(),
            asked: BTreeMap::new(),
            socket: None,
            running: "",
            attachment: '-',
            context: '-',
        };
        world.say("ATE0;+CREG=0;+CGREG=0;+CGDCONT=1,\"IP\",\"CMNET\"\r");
        world
    }

    fn state(&self) -> State {
        let snapshot = self.module.snapshot();
        State {
            ip_state: snapshot.state,
            is_registered: snapshot.registration.is_registered(),
            attachment: self.attachment,
            context: self.context,
            running: if snapshot.at_rest { "" } else { self.running },
            asked: self
                .asked
                .values()
                .next_back()
                .copied()
                .unwrap_or(Asked::Nothing),
        }
    }

    fn said(&self) -> String {
        let text = String::from_utf8_lossy(&self.said).replace("\r\n", "\n");
        let lines: Vec<_> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        lines.join(" · ")
    }

    fn happen(&mut self, event: Event) {
        use Asked::{Connection, Name};
        let address = [192, 0, 2, 1].into();
        match event {
            // A command that arrives while another runs waits for it (F6): not a case of its own.
            Event::Command(_) if !self.module.snapshot().at_rest => {}
            Event::Command("+CIPSEND") => self.say("AT+CIPSEND\r\x1b"),
            Event::Command(command) => {
                self.running = command;
                self.say(&format!("AT{command}\r"));
            }
            Event::AttachAccepted => self.answer(Control::attach, Answer::Accept),
            Event::AttachRefused => {
                self.answer(Control::attach, Answer::NoCredit);
            }
            Event::ActivationAccepted => self.answer(Control::activation, Answer::Accept),
            Event::ActivationRefused => {
                self.answer(Control::activation, Answer::Refuse);
            }
            Event::NameFound => self.socket_event(Name, SocketEvent::Resolved(address)),
            Event::NameUnknown => self.socket_event(Name, SocketEvent::Unresolved),
            Event::ServerAccepts => self.socket_event(Connection, SocketEvent::Connected),
            Event::ServerRefuses => self.socket_event(Connection, SocketEvent::Refused),
            Event::ServerCloses => self.stream_event(SocketEvent::Ended),
            Event::ServerResets => self.stream_event(SocketEvent::Reset),
            Event::ContextLost => self.control(Control::LoseContext(1)),
            Event::Detached => self.control(Control::Happens(Happening::Detach)),
            Event::RegistrationLost => {
                self.control(Control::registration(Registration::SEARCHING));
            }
            Event::RegistrationBack => self.control(Control::registration(Registration::HOME)),
            Event::GuardRunsOut => {
                let until = self.now + Duration::from_secs(130);
                while let Some(at) = self.module.poll_timeout().filter(|at| *at <= until) {
                    self.now = at;
                    self.settle();
                }
                self.now = until;
            }
        }
        self.settle();
        self.look();
    }

    /// The network answers once, and is silent again.
    fn answer(&mut self, gate: fn(Answer) -> Control, answer: Answer) {
        self.control(gate(answer));
        self.control(gate(Answer::Silence));
    }

    fn control(&mut self, control: Control) {
        self.module.handle_control(control, self.now);
        self.settle();
    }

    fn socket_event(&mut self, awaited: Asked, event: SocketEvent<'_>) {
        let Some((&id, _)) = self.asked.iter().find(|(_, asked)| **asked == awaited) else {
            return;
        };
        self.asked.remove(&id);
        if event == SocketEvent::Connected {
            self.socket = Some(id);
        }
        self.module.handle_socket(id, event, self.now);
    }

    fn stream_event(&mut self, event: SocketEvent<'_>) {
        if let Some(id) = self.socket.take() {
            self.module.handle_socket(id, event, self.now);
        }
    }

    fn say(&mut self, line: &str) {
        let taken = self.module.handle_uart(line.as_bytes(), self.now);
        assert_eq!(taken, line.len(), "{line}");
        self.settle();
    }

    fn settle(&mut self) {
        self.module.handle_timeout(self.now);
        while let Some(request) = self.module.poll_request() {
            let answer = match request {
                Request::Resolve { id, .. } => {
                    self.asked.insert(id, Asked::Name);
                    continue;
                }
                Request::Connect { id, .. } => {
                    self.asked.insert(id, Asked::Connection);
                    continue;
                }
                Request::CountUnread { id } => (id, SocketEvent::Unread(0)),
                Request::Shutdown { id } => {
                    self.socket = None;
                    (id, SocketEvent::Ended)
                }
                Request::Abort { id } => {
                    self.asked.remove(&id);
                    self.socket = None;
                    continue;
                }
            };
            self.module.handle_socket(answer.0, answer.1, self.now);
        }
        self.read();
    }

    fn read(&mut self) {
        let mut slices = [&[][..]; 16];
        let count = self.module.uart_output(&mut slices);
        let read = slices[..count].concat();
        self.module.uart_written(read.len(), self.now);
        self.said.extend(read);
    }

    /// What only questions tell, asked of the module between two commands.
    fn look(&mut self) {
        let snapshot = self.module.snapshot();
        (self.attachment, self.context) = (
            if snapshot.attached { 'A' } else { '-' },
            if snapshot.address.is_some() { 'C' } else { '-' },
        );
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let registration = if self.is_registered { 'R' } else { '-' };
        let (attachment, context) = (self.attachment, self.context);
        write!(f, "{} {registration}{attachment}{context}", self.ip_state)?;
        match self.asked {
            Asked::Nothing => {}
            Asked::Name => f.write_str(", name asked")?,
            Asked::Connection => f.write_str(", server asked")?,
        }
        match self.running {
            "" => Ok(()),
            command => write!(f, ", {command} waits"),
        }
    }
}
