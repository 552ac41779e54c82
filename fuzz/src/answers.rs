//! How the world behind an adapter answers what a module asks.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use simless_module::{Request, SocketEvent, SocketId, Transport};

use crate::socket::{Socket, Stage};

/// The address of every name.
pub(crate) const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// What the world answers at once, if it does. `how` has two bits for each kind of request.
pub(crate) fn answer(
    request: Request<'_>,
    how: u8,
    sockets: &mut BTreeMap<SocketId, Socket>,
) -> Option<(SocketId, SocketEvent<'static>)> {
    match request {
        Request::Resolve { id, .. } => {
            sockets.insert(id, Socket::new(Stage::Resolving, Transport::Tcp));
            match how & 3 {
                0 | 1 => Some((id, SocketEvent::Resolved(ADDRESS))),
                2 => Some((id, SocketEvent::Unresolved)),
                _ => None,
            }
        }
        Request::Connect { id, transport, .. } => {
            sockets.insert(id, Socket::new(Stage::Connecting, transport));
            match how >> 2 & 3 {
                0 => Some((id, SocketEvent::Connected)),
                1 => Some((id, SocketEvent::Refused)),
                2 => Some((id, SocketEvent::Unreachable)),
                _ => None,
            }
        }
        Request::CountUnread { id } => match how >> 4 & 3 {
            3 => None,
            lie => {
                let waiting = sockets.get(&id).map_or(0, |socket| socket.waiting);
                Some((id, SocketEvent::Unread(waiting + usize::from(lie))))
            }
        },
        Request::Shutdown { id } => {
            let socket = sockets.get_mut(&id)?;
            socket.stage = Stage::Ending;
            match how >> 6 {
                0 | 1 => Some((id, SocketEvent::Ended)),
                2 => Some((id, SocketEvent::Reset)),
                _ => None,
            }
        }
        Request::Abort { id } => {
            sockets.remove(&id);
            None
        }
    }
}
