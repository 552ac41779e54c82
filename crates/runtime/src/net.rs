//! The module's sockets.

mod resolve;
mod tcp;
#[cfg(test)]
mod tests;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustix::io::Errno;
use simless_at::Instant;
use simless_module::{SocketEvent, SocketId, Transport};
use simless_trace::{Observed, Observer};

use crate::policy::Policy;

use resolve::Resolving;
use tcp::{Connecting, Connection};
use udp::Udp;

/// Every attempt that is on its way or stands. An idle module has none and no memory for them.
pub(crate) struct Net {
    policy: Arc<Policy>,
    attempts: Vec<Attempt>,
    /// The look-up that runs, for its attempt or, when that was cancelled, for nobody. The system's
    /// resolver can't be interrupted: a module never has more than one at work, or a few modules
    /// that cancel would leave no thread to look up the names of the others.
    look_up: Option<(Option<SocketId>, Resolving)>,
    /// Where datagrams are read to, while there is a UDP socket.
    datagram: Option<Box<[u8]>>,
}

struct Attempt {
    id: SocketId,
    state: State,
}

enum State {
    /// It wants this name looked up.
    Resolving(String),
    Connecting(Connecting),
    Tcp(Connection),
    Udp(Udp),
}

/// What came of having looked at an attempt.
pub(crate) enum Step {
    /// Nothing.
    Idle,
    /// Bytes or news were handed on.
    Moved,
    /// They were, and it is the turn of others.
    Rest,
    /// The attempt is over, and the module knows.
    Over,
}

impl Net {
    pub(crate) fn new(policy: Arc<Policy>) -> Self {
        Self {
            policy,
            attempts: Vec::new(),
            datagram: None,
            look_up: None,
        }
    }

    /// Looks a name up.
    pub(crate) fn resolve(&mut self, id: SocketId, name: &str) {
        self.add(id, State::Resolving(name.to_owned()));
    }

    /// Opens a socket to an address the policy allows, wherever that came from (P39); the answer,
    /// when it is there at once.
    pub(crate) fn connect(
        &mut self,
        id: SocketId,
        transport: Transport,
        address: SocketAddr,
    ) -> Option<SocketEvent<'static>> {
        if self.policy.denies(address) {
            return Some(SocketEvent::Denied);
        }
        match transport {
            Transport::Tcp => {
                self.add(id, State::Connecting(Connecting::start(address)));
                None
            }
            Transport::Udp => Some(match Udp::connect(address) {
                Ok(udp) => {
                    self.datagram.get_or_insert_with(udp::space);
                    self.add(id, State::Udp(udp));
                    SocketEvent::Connected
                }
                Err(error) => failure(&error),
            }),
        }
    }

    /// How much can be read at this moment (guide G7.4). Datagrams have no sum: they are handed
    /// over here and now, and nothing is left.
    pub(crate) fn count_unread(
        &mut self,
        id: SocketId,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> usize {
        let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.id == id) else {
            return 0;
        };
        match (&mut attempt.state, &mut self.datagram) {
            (State::Tcp(connection), _) => connection.unread(),
            (State::Udp(udp), Some(space)) => {
                udp.read_all(space, |datagram| {
                    module.handle_socket(id, SocketEvent::Datagram(datagram), now);
                });
                0
            }
            _ => 0,
        }
    }

    /// Ends a connection in order; the answer, when it is there at once.
    pub(crate) fn shutdown(&mut self, id: SocketId) -> Option<SocketEvent<'static>> {
        let attempt = self.attempts.iter_mut().find(|attempt| attempt.id == id)?;
        if let State::Tcp(connection) = &mut attempt.state {
            connection.shutdown();
            return None;
        }
        self.forget(id);
        Some(SocketEvent::Ended)
    }

    /// Forgets an attempt at once.
    pub(crate) fn abort(&mut self, id: SocketId) {
        if let Some(Attempt {
            state: State::Tcp(connection),
            ..
        }) = self.attempts.iter().find(|attempt| attempt.id == id)
        {
            connection.abort();
        }
        self.forget(id);
    }

    /// How many attempts there are.
    pub(crate) fn len(&self) -> usize {
        self.attempts.len()
    }

    /// Hands on what the attempt at this place of the list has for the module.
    pub(crate) fn poll_in(
        &mut self,
        index: usize,
        cx: &mut Context<'_>,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> Step {
        let Some(Attempt { id, state }) = self.attempts.get_mut(index) else {
            return Step::Idle;
        };
        let id = *id;
        match state {
            State::Resolving(name) => {
                let look_up = self
                    .look_up
                    .get_or_insert_with(|| (Some(id), Resolving::start(name)));
                let Poll::Ready(answer) = look_up.1.poll(cx) else {
                    return Step::Idle;
                };
                let asked = self.look_up.take().and_then(|(asked, _)| asked);
                if asked != Some(id) {
                    // It was a cancelled one's.
                    return Step::Moved;
                }
                self.forget(id);
                module.handle_socket(id, answer, now);
                Step::Over
            }
            State::Connecting(connecting) => match connecting.poll(cx) {
                Poll::Pending => Step::Idle,
                Poll::Ready(Ok(connection)) => {
                    *state = State::Tcp(connection);
                    module.handle_socket(id, SocketEvent::Connected, now);
                    Step::Moved
                }
                Poll::Ready(Err(answer)) => {
                    self.forget(id);
                    module.handle_socket(id, answer, now);
                    Step::Over
                }
            },
            State::Tcp(connection) => {
                let step = connection.poll_in(id, cx, module, now);
                if let Step::Over = step {
                    self.forget(id);
                }
                step
            }
            State::Udp(udp) => match &mut self.datagram {
                Some(space) => udp.poll_in(cx, space, |datagram| {
                    module.handle_socket(id, SocketEvent::Datagram(datagram), now);
                }),
                None => Step::Idle,
            },
        }
    }

    /// Hands on what the module has for the attempt at this place of the list.
    pub(crate) fn poll_out(
        &mut self,
        index: usize,
        cx: &mut Context<'_>,
        module: &mut Observed<impl Observer>,
        now: Instant,
    ) -> Step {
        match self.attempts.get_mut(index) {
            Some(Attempt {
                id,
                state: State::Tcp(connection),
            }) => connection.poll_out(*id, cx, module, now),
            Some(Attempt {
                id,
                state: State::Udp(udp),
            }) => udp.poll_out(*id, cx, module, now),
            _ => Step::Idle,
        }
    }

    /// The program ends: sends FIN wherever the module has nothing more to send, and forgets what
    /// has no FIN. What is left needs to be polled on.
    pub(crate) fn close(&mut self, module: &Observed<impl Observer>) {
        self.attempts
            .retain_mut(|Attempt { id, state }| match state {
                State::Resolving(_) | State::Connecting(_) => false,
                State::Udp(_) => !module.socket_output(*id).is_empty(),
                State::Tcp(connection) => {
                    if connection.is_broken() {
                        return false;
                    }
                    if module.socket_output(*id).is_empty() {
                        connection.shutdown();
                    }
                    true
                }
            });
    }

    fn add(&mut self, id: SocketId, state: State) {
        self.attempts.push(Attempt { id, state });
    }

    fn forget(&mut self, id: SocketId) {
        self.attempts.retain(|attempt| attempt.id != id);
        if let Some((asked, _)) = &mut self.look_up
            && *asked == Some(id)
        {
            *asked = None;
        }
        let is_udp = |attempt: &Attempt| matches!(attempt.state, State::Udp(_));
        if !self.attempts.iter().any(is_udp) {
            self.datagram = None;
        }
        if self.attempts.is_empty() {
            self.attempts = Vec::new();
        }
    }
}

/// What the module is told about a socket that did not come to stand.
fn failure(error: &io::Error) -> SocketEvent<'static> {
    match Errno::from_io_error(error) {
        // Open files of this program or of all, ports, memory.
        Some(Errno::MFILE | Errno::NFILE | Errno::ADDRNOTAVAIL | Errno::NOBUFS | Errno::NOMEM) => {
            SocketEvent::NoSocket
        }
        _ if error.kind() == io::ErrorKind::ConnectionRefused => SocketEvent::Refused,
        _ => SocketEvent::Unreachable,
    }
}
