//! The far end of all links: what comes goes back.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// So many doors: a thousand may wait at each, and all modules come at once.
const DOORS: usize = 8;

/// Longer than what is under way of one module.
const SPACE: usize = 8 * 1024;

/// Dropping it closes everything.
pub(crate) struct Echo {
    addresses: Vec<SocketAddr>,
    _doors: JoinSet<()>,
}

impl Echo {
    /// `holds`: what has ended from the other side is not closed here.
    pub(crate) async fn open(holds: bool) -> io::Result<Self> {
        let (mut addresses, mut doors) = (Vec::new(), JoinSet::new());
        for _ in 0..DOORS {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            addresses.push(listener.local_addr()?);
            doors.spawn(serve(listener, holds));
        }
        Ok(Self {
            addresses,
            _doors: doors,
        })
    }

    /// Where this module shall connect to.
    pub(crate) fn address(&self, module: usize) -> SocketAddr {
        self.addresses[module % DOORS]
    }
}

async fn serve(listener: TcpListener, holds: bool) {
    let mut links = JoinSet::new();
    while let Ok((mut link, _)) = listener.accept().await {
        while links.try_join_next().is_some() {}
        links.spawn(async move {
            // A broken link shows at the DTE.
            let _ = echo(&mut link).await;
            if holds {
                std::future::pending::<()>().await;
            }
        });
    }
}

async fn echo(link: &mut TcpStream) -> io::Result<()> {
    link.set_nodelay(true)?;
    let mut space = vec![0; SPACE];
    loop {
        match link.read(&mut space).await? {
            0 => return Ok(()),
            n => link.write_all(&space[..n]).await?,
        }
    }
}
