//! A module with a DTE on one side and peers on the other, on virtual time.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use simless_at::Instant;
use simless_module::{
    Config, Control, Happening, KINGCOM_G3524, Module, Network, Profile, Rate, Request, Scenario,
    SocketEvent, SocketId, Timing, Transport,
};

/// Steps that one settling may take: a module that needs more never comes to rest (P3).
const PATIENCE: usize = 100_000;

pub struct Rig {
    pub module: Module,
    pub now: Instant,
    /// What the DTE sent and the module did not take yet.
    sending: VecDeque<u8>,
    /// What the DTE read.
    pub output: Vec<u8>,
    pub dte_reads: bool,
    /// The most bytes it reads at once: less than is there leaves the module in the middle.
    pub bite: usize,
    pub peers: BTreeMap<SocketId, Peer>,
    /// Whether servers listen.
    pub listening: bool,
    /// Whether names and connections are answered at once.
    pub answers: bool,
    /// What was asked and has no answer yet.
    pub asked: BTreeMap<SocketId, Asked>,
    /// The newest attempt that was asked for.
    pub newest: SocketId,
}

/// What the module waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Name,
    Connection(Transport),
}

/// The far end of a socket.
pub struct Peer {
    /// What it got, a stream's pieces or datagrams.
    pub got: Vec<Vec<u8>>,
    /// What it sent and the module did not read yet.
    pub sent: VecDeque<u8>,
    /// Its FIN comes after that.
    pub ends: bool,
    pub reads: bool,
    is_stream: bool,
    alive: bool,
}

impl Rig {
    pub fn new() -> Self {
        Self::with(KINGCOM_G3524, Timing::IMMEDIATE)
    }

    pub fn with(profile: Profile, timing: Timing) -> Self {
        let config = Config {
            profile,
            timing,
            network: Network::default(),
            scenario: Scenario::default(),
        };
        Self::numbered(&Arc::new(config), 0)
    }

    /// A rig at a line of this rate, with this seed for its faults.
    pub fn with_line(timing: Timing, rate: Option<Rate>, seed: u64) -> Self {
        let mut config = Config {
            profile: KINGCOM_G3524,
            timing,
            network: Network::default(),
            scenario: Scenario::default(),
        };
        config.scenario.seed = seed;
        let mut rig = Self::numbered(&Arc::new(config), 0);
        rig.module = rig.module.at_rate(rate);
        rig
    }

    /// One of several modules of one configuration.
    pub fn numbered(config: &Arc<Config>, number: u32) -> Self {
        Self {
            module: Module::numbered(config.clone(), number),
            now: Instant::ZERO,
            sending: VecDeque::new(),
            output: Vec::new(),
            dte_reads: true,
            bite: usize::MAX,
            peers: BTreeMap::new(),
            listening: true,
            answers: true,
            asked: BTreeMap::new(),
            newest: SocketId(0),
        }
    }

    /// A rig whose module has no echo and a connection.
    pub fn connected(transport: &str) -> Self {
        let mut rig = Self::new();
        rig.connect(transport);
        rig
    }

    /// The same for a rig that was just made.
    pub fn connect(&mut self, transport: &str) {
        self.say(b"ATE0\r");
        self.say(format!("AT+CIPSTART=\"{transport}\",\"192.0.2.1\",7\r").as_bytes());
        assert!(self.output.ends_with(b"\r\nCONNECT OK\r\n"));
        self.output.clear();
    }

    /// The DTE says something; gives what came back at once.
    pub fn say(&mut self, bytes: &[u8]) -> Vec<u8> {
        let before = self.output.len();
        self.sending.extend(bytes);
        self.settle();
        self.output[before..].to_vec()
    }

    /// The DTE says something, of which more comes at the same instant.
    pub fn say_part(&mut self, bytes: &[u8]) {
        self.sending.extend(bytes);
        self.offer();
    }

    /// The peer of the newest connection.
    pub fn peer(&mut self) -> &mut Peer {
        self.peers.values_mut().next_back().expect("a connection")
    }

    pub fn peer_id(&self) -> SocketId {
        *self.peers.keys().next_back().expect("a connection")
    }

    /// The peer sends.
    pub fn peer_sends(&mut self, bytes: &[u8]) {
        self.peer().sent.extend(bytes);
        self.settle();
    }

    pub fn datagram(&mut self, datagram: &[u8]) {
        let id = self.peer_id();
        self.event(id, SocketEvent::Datagram(datagram));
    }

    /// The adapter reports something, true or not.
    pub fn event(&mut self, id: SocketId, event: SocketEvent<'_>) {
        // What an attempt that has no answer yet is told is its answer.
        self.asked.remove(&id);
        if let (SocketEvent::Reset, Some(peer)) = (event, self.peers.get_mut(&id)) {
            peer.alive = false;
        }
        self.module.handle_socket(id, event, self.now);
        self.settle();
    }

    /// The outside answers what was asked last, if anything was; gives whether it was.
    pub fn answer(&mut self, to_name: SocketEvent<'_>, to_connection: SocketEvent<'_>) -> bool {
        let Some((id, asked)) = self.asked.pop_last() else {
            return false;
        };
        match asked {
            Asked::Name => self.event(id, to_name),
            Asked::Connection(transport) => {
                if to_connection == SocketEvent::Connected {
                    self.peers.insert(id, Peer::new(transport));
                }
                self.event(id, to_connection);
            }
        }
        true
    }

    /// The sockets the adapter holds.
    pub fn sockets(&self) -> impl Iterator<Item = SocketId> {
        let standing = self.peers.iter().filter(|(_, peer)| peer.alive);
        let standing = standing.map(|(id, _)| *id);
        standing.chain(self.asked.keys().copied())
    }

    pub fn control(&mut self, control: Control) {
        // Bytes that the module has not taken are not offered behind these.
        if matches!(
            control,
            Control::Happens(Happening::PowerCycle) | Control::DteLeft
        ) {
            self.sending.clear();
        }
        self.module.handle_control(control, self.now);
        self.settle();
    }

    /// Time passes; every deadline on the way is served at its moment.
    pub fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(at) = self.module.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.module.handle_timeout(self.now);
            self.settle();
        }
        self.now = until;
        self.settle();
    }

    /// Does all that is due at this moment.
    pub fn settle(&mut self) {
        for _ in 0..PATIENCE {
            let moved = [
                self.feed_sockets(),
                self.offer(),
                self.serve_timeout(),
                self.serve_requests(),
                self.read_output(),
                self.drain_sockets(),
            ];
            if !moved.contains(&true) {
                return;
            }
        }
        panic!("the module never comes to rest");
    }

    fn offer(&mut self) -> bool {
        let taken = self
            .module
            .handle_uart(self.sending.make_contiguous(), self.now);
        self.sending.drain(..taken);
        taken > 0
    }

    fn serve_timeout(&mut self) -> bool {
        let due = self.module.poll_timeout().is_some_and(|at| at <= self.now);
        if due {
            self.module.handle_timeout(self.now);
        }
        due
    }

    fn read_output(&mut self) -> bool {
        if !self.dte_reads {
            return false;
        }
        let mut slices = [&[][..]; 4];
        let count = self.module.uart_output(&mut slices);
        let mut read = slices[..count].concat();
        read.truncate(self.bite);
        self.module.uart_written(read.len(), self.now);
        self.output.extend(&read);
        !read.is_empty()
    }

    fn feed_sockets(&mut self) -> bool {
        let mut moved = false;
        for (&id, peer) in self.peers.iter_mut().filter(|(_, peer)| peer.alive) {
            while !peer.sent.is_empty() {
                let space = self.module.socket_space(id);
                let n = space.len().min(peer.sent.len());
                if n == 0 {
                    break;
                }
                space[..n].copy_from_slice(&peer.sent.make_contiguous()[..n]);
                peer.sent.drain(..n);
                self.module.socket_filled(id, n, self.now);
                moved = true;
            }
            if peer.ends && peer.sent.is_empty() {
                peer.ends = false;
                self.module.handle_socket(id, SocketEvent::Ended, self.now);
                moved = true;
            }
        }
        moved
    }

    fn drain_sockets(&mut self) -> bool {
        let mut moved = false;
        for (&id, peer) in self.peers.iter_mut() {
            while peer.reads && peer.alive {
                let output = self.module.socket_output(id);
                let bite = if peer.is_stream {
                    self.bite
                } else {
                    usize::MAX
                };
                let output = output[..output.len().min(bite)].to_vec();
                if output.is_empty() {
                    break;
                }
                self.module.socket_written(id, output.len(), self.now);
                peer.got.push(output);
                moved = true;
            }
        }
        moved
    }

    fn serve_requests(&mut self) -> bool {
        let mut answers = Vec::new();
        let mut asked = false;
        while let Some(request) = self.module.poll_request() {
            asked = true;
            if let Request::Resolve { id, .. } | Request::Connect { id, .. } = request {
                self.newest = self.newest.max(id);
            }
            answers.push(match request {
                Request::Resolve { id, .. } if !self.answers => {
                    self.asked.insert(id, Asked::Name);
                    continue;
                }
                Request::Connect { id, transport, .. } if !self.answers => {
                    self.asked.insert(id, Asked::Connection(transport));
                    continue;
                }
                Request::Resolve { id, name } if name.ends_with(".invalid") => {
                    (id, SocketEvent::Unresolved)
                }
                Request::Resolve { id, .. } => {
                    (id, SocketEvent::Resolved(IpAddr::from([192, 0, 2, 1])))
                }
                Request::Connect { id, .. } if !self.listening => (id, SocketEvent::Refused),
                Request::Connect { id, transport, .. } => {
                    self.peers.insert(id, Peer::new(transport));
                    (id, SocketEvent::Connected)
                }
                Request::CountUnread { id } => {
                    let unread = self.peers.get(&id).map_or(0, |peer| peer.sent.len());
                    (id, SocketEvent::Unread(unread))
                }
                Request::Shutdown { id } => {
                    if let Some(peer) = self.peers.get_mut(&id) {
                        peer.alive = false;
                    }
                    (id, SocketEvent::Ended)
                }
                Request::Abort { id } => {
                    self.asked.remove(&id);
                    if let Some(peer) = self.peers.get_mut(&id) {
                        peer.alive = false;
                    }
                    continue;
                }
            });
        }
        for (id, event) in &answers {
            self.module.handle_socket(*id, *event, self.now);
        }
        asked
    }
}

impl Peer {
    fn new(transport: Transport) -> Self {
        Self {
            is_stream: transport == Transport::Tcp,
            got: Vec::new(),
            sent: VecDeque::new(),
            ends: false,
            reads: true,
            alive: true,
        }
    }

    /// Whether the adapter still holds its socket.
    pub fn is_alive(&self) -> bool {
        self.alive
    }

    /// All it got, as one stream.
    pub fn stream(&self) -> Vec<u8> {
        self.got.concat()
    }
}
