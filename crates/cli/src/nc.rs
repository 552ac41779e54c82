//! `simless nc`: standard input and output, a module, and a server.

mod converse;
mod steps;

use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use simless_driver::Settings;
use simless_driver::tokio::{Modem, TcpLink, UdpLink};
use simless_runtime::{Line, console};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::time::timeout;

use crate::args::NcArgs;
use crate::one_thread;
use crate::own::{self, Own};
use crate::run::code;
use crate::say::Talk;
use crate::signals::Signals;

use converse::{LastHeard, both, converse, quiet};
use steps::Steps;

/// How long a module may take to close a connection when somebody wants the program to end.
const CLOSING: Duration = Duration::from_secs(2);

/// What is read at once.
const BLOCK: usize = 16 * 1024;

/// The most one datagram holds: one send (guide G5.6).
const DATAGRAM: usize = 1460;

/// Connects the two; the code to exit with.
pub(crate) fn nc(options: &NcArgs, talk: &Talk) -> Result<ExitCode> {
    one_thread::run(run(options, talk))
}

async fn run(options: &NcArgs, talk: &Talk) -> Result<ExitCode> {
    let mut signals = Signals::catch().context("signals cannot be caught")?;
    let console = console().context("standard input and output cannot be used")?;
    let (line, own) = match signals.or(own::reach(&options.host, talk)).await {
        Ok(reached) => reached?,
        Err(wish) => return Ok(code(Some(wish))),
    };
    let mut modem = Modem::new(line, settings(options));
    let mut steps = Steps::new(talk.clone());
    modem.observe(move |notice| steps.notice(&notice));
    let ended = match signals.or(talk_to(options, &mut modem, console)).await {
        Ok(ended) => ended.map(|()| ExitCode::SUCCESS),
        Err(wish) => {
            close(&mut modem, &mut signals).await;
            Ok(code(Some(wish)))
        }
    };
    if let Some(own) = own {
        end(own, &mut signals).await;
    }
    ended
}

async fn talk_to(options: &NcArgs, modem: &mut Modem<Line>, console: Line) -> Result<()> {
    let (input, output) = split(console);
    let (server, port) = (options.server.clone(), options.server_port);
    match options.udp {
        false => {
            let link = modem.connect(server, port).await?;
            stream(link, input, output, options.linger).await
        }
        true => {
            let link = modem.connect_udp(server, port).await?;
            datagrams(link, input, output, options.linger).await
        }
    }
}

type Input = ReadHalf<Line>;
type Output = WriteHalf<Line>;

async fn stream(
    link: TcpLink<Line>,
    mut input: Input,
    mut output: Output,
    linger: Duration,
) -> Result<()> {
    let (reader, mut writer) = split(link);
    let heard = LastHeard::new();
    let up = async {
        let mut space = vec![0; BLOCK];
        loop {
            match input.read(&mut space).await? {
                0 => break,
                n => writer.write_all(&space[..n]).await?,
            }
        }
        writer.flush().await?;
        Ok(())
    };
    // It has bytes in its hands, so it is the same one to the end.
    let mut down = pin!(async {
        let mut reader = reader;
        let mut space = vec![0; BLOCK];
        let printed = loop {
            match reader.read(&mut space).await {
                Ok(0) => break output.flush().await,
                Ok(n) => match heard.while_printing(output.write_all(&space[..n])).await {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
                Err(error) => break Err(error),
            }
        };
        (printed, reader)
    });
    let (ended, over) = converse(up, down.as_mut(), &heard, linger).await;
    let rest = async {
        let (printed, mut reader) = match over {
            Some(over) => over,
            // What the peer has sent is printed, whatever else happened.
            None => down.await,
        };
        // The result of a send may stand behind what nobody wants any more.
        let mut space = vec![0; BLOCK];
        while reader.read(&mut space).await.is_ok_and(|n| n > 0) {}
        printed
    };
    let (closed, printed) = both(writer.shutdown(), rest).await;
    ended.and(quiet(printed)).and(closed.map_err(Into::into))
}

async fn datagrams(
    link: UdpLink<Line>,
    mut input: Input,
    mut output: Output,
    linger: Duration,
) -> Result<()> {
    let (mut sender, receiver) = link.split();
    let heard = LastHeard::new();
    let up = async {
        let mut space = vec![0; DATAGRAM];
        loop {
            match input.read(&mut space).await? {
                0 => return Ok(()),
                n => sender.send(&space[..n]).await?,
            }
        }
    };
    let mut down = pin!(async {
        let mut receiver = receiver;
        let mut space = vec![0; BLOCK];
        let printed = loop {
            match receiver.recv(&mut space).await {
                Ok(n) => match heard.while_printing(output.write_all(&space[..n])).await {
                    Ok(()) => {}
                    Err(error) => break Err(error),
                },
                Err(error) => break Err(error),
            }
        };
        (printed, receiver)
    });
    let (ended, over) = converse(up, down.as_mut(), &heard, linger).await;
    let printed = match over {
        Some((printed, mut receiver)) => {
            // As above.
            let mut space = vec![0; BLOCK];
            let rest = async { while receiver.recv(&mut space).await.is_ok() {} };
            let (closed, ()) = both(sender.close(), rest).await;
            quiet(printed).and(closed.map_err(Into::into))
        }
        None => sender.close().await.map_err(Into::into),
    };
    ended.and(printed)
}

/// So that the module is not left with a connection that nobody wants.
async fn close(modem: &mut Modem<Line>, signals: &mut Signals) {
    // Whoever asks twice does not want to wait.
    let _ = signals.or(timeout(CLOSING, modem.close())).await;
}

async fn end(own: Own, signals: &mut Signals) {
    let _ = signals.or(own.end()).await;
}

fn settings(options: &NcArgs) -> Settings {
    let mut settings = Settings::new(options.apn.clone());
    settings.pin.clone_from(&options.pin);
    settings.patience.attempts = options.attempts;
    // Several that start at once try again at different times.
    settings.seed = std::process::id().into();
    settings
}
