//! Looking a name up: once, and the first address is the answer, so that the address that is
//! allowed is the one that is connected (P39).

use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use simless_module::SocketEvent;

/// A look-up on its way. Dropping it forgets the answer; the system's resolver runs to its end on
/// tokio's blocking pool.
pub(super) struct Resolving(Pin<Box<dyn Future<Output = Option<IpAddr>> + Send>>);

impl Resolving {
    pub(super) fn start(name: &str) -> Self {
        let name = name.to_owned();
        Self::by(async move {
            let mut addresses = tokio::net::lookup_host((name, 0)).await.ok()?;
            Some(addresses.next()?.ip())
        })
    }

    /// By whom else than the system's resolver.
    pub(super) fn by(answer: impl Future<Output = Option<IpAddr>> + Send + 'static) -> Self {
        Self(Box::pin(answer))
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<SocketEvent<'static>> {
        self.0.as_mut().poll(cx).map(|answer| match answer {
            Some(address) => SocketEvent::Resolved(address),
            None => SocketEvent::Unresolved,
        })
    }
}
