//! An application of tokio: at the driver's tokio adapter, or at the socket.

use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;

use simless_driver::tokio::Modem;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::runtime;

use super::{Job, SPACE, Way, ended, failed, peer, settings};
use crate::dte::{CIPSEND, OK, PROMPT};

pub(super) fn driver(near: StdUnixStream, job: &Job<'_>) -> io::Result<()> {
    at(near, async |near| {
        let mut modem = Modem::new(near, settings()?);
        let mut link = modem.connect(peer()?, 7).await.map_err(failed)?;
        job.ready.wait();
        match job.way {
            Way::Receive { .. } => receive(job, link).await,
            Way::Send => {
                for number in 0..job.blocks {
                    link.write_all(job.block(number)).await?;
                    link.flush().await?;
                }
                Ok(())
            }
        }
    })
}

pub(super) fn raw(near: StdUnixStream, job: &Job<'_>) -> io::Result<()> {
    at(near, async |mut near| {
        job.ready.wait();
        match job.way {
            Way::Receive { .. } => receive(job, near).await,
            Way::Send => {
                for number in 0..job.blocks {
                    near.write_all(CIPSEND).await?;
                    expect(&mut near, PROMPT).await?;
                    near.write_all(job.block(number)).await?;
                    expect(&mut near, OK).await?;
                }
                Ok(())
            }
        }
    })
}

fn at(
    near: StdUnixStream,
    application: impl AsyncFnOnce(UnixStream) -> io::Result<()>,
) -> io::Result<()> {
    near.set_nonblocking(true)?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async { application(UnixStream::from_std(near)?).await })
}

async fn receive(job: &Job<'_>, mut from: impl AsyncRead + Unpin) -> io::Result<()> {
    let mut space = vec![0; SPACE];
    let mut check = job.pattern.check();
    while check.position() < job.bytes() {
        match from.read(&mut space).await? {
            0 => return Err(ended(check.position(), job)),
            n => check.take(&space[..n])?,
        }
    }
    Ok(())
}

async fn expect(near: &mut UnixStream, answer: &[u8]) -> io::Result<()> {
    let mut said = [0; OK.len()];
    let said = &mut said[..answer.len()];
    near.read_exact(said).await?;
    match said == answer {
        true => Ok(()),
        false => Err(io::Error::other("the script answers something else")),
    }
}
