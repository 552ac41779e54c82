//! A bare relay: what a byte's way costs when nobody looks at it.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::pty::Master;

const SPACE: usize = 64 * 1024;

pub(super) async fn run(master: Master, stream: TcpStream) -> io::Result<()> {
    let master = Arc::new(master);
    let (from, to) = stream.into_split();
    let up = tokio::spawn(up(Arc::clone(&master), to));
    down(&master, from).await?;
    up.await?
}

async fn up(master: Arc<Master>, mut to: OwnedWriteHalf) -> io::Result<()> {
    let mut space = vec![0; SPACE];
    loop {
        match master.read(&mut space).await? {
            0 => return Ok(()),
            read => to.write_all(&space[..read]).await?,
        }
    }
}

async fn down(master: &Master, mut from: OwnedReadHalf) -> io::Result<()> {
    let mut space = vec![0; SPACE];
    loop {
        match from.read(&mut space).await? {
            0 => return Ok(()),
            read => master.write_all(&space[..read]).await?,
        }
    }
}
