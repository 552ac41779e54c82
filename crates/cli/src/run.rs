//! `simless run`: modules at ports, until somebody wants it to end.

use std::future::poll_fn;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::Poll;

use anyhow::{Context as _, Result};
use simless_module::{Module, Rate};
use simless_runtime::{Address, End, Port, Recording, drive};
use simless_trace::Header;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::args::RunArgs;
use crate::exit::INTERRUPTED;
use crate::files;
use crate::given::Given;
use crate::one_thread;
use crate::ready;
use crate::say::Talk;
use crate::shortage::Shortage;
use crate::signals::{Signals, Wish};
use crate::watch::Watch;

/// Runs the modules; the code to exit with.
pub(crate) fn run(options: &RunArgs, talk: &Talk) -> Result<ExitCode> {
    let given = Given::read(options)?;
    let ended = one_thread::run(modules(options, &given, talk));
    talk.set_raw(false);
    ended
}

async fn modules(options: &RunArgs, given: &Given, talk: &Talk) -> Result<ExitCode> {
    // Before anything that has to be put right at the end, such as a link, is there.
    let mut signals = Signals::catch().context("signals cannot be caught")?;
    let recording = recording(options, talk)?;
    let endpoints = given.ports.concat();
    let left = files::make_room(&endpoints)?;
    let mut ports = Vec::with_capacity(endpoints.len());
    for endpoint in &endpoints {
        // A host's name may take its time to be looked up.
        match signals.or(Port::open(endpoint)).await {
            Ok(port) => ports.push(port?),
            Err(wish) => return Ok(code(Some(wish))),
        }
    }
    drop(endpoints);
    let addresses: Vec<Address> = ports.iter().map(Port::address).collect();
    talk.set_raw(addresses.contains(&Address::Stdio { terminal: true }));
    ready::people(talk, given, &addresses, left.as_ref());
    if options.json {
        ready::json(given, &addresses).context("the ready object cannot be written to stdout")?;
    }

    let (stop, stopped) = watch::channel(false);
    let policy = Arc::new(given.policy.clone());
    let shortage = Shortage::default();
    let mut drives = JoinSet::new();
    let several = addresses.len() > 1;
    for (number, (port, address)) in (0..).zip(ports.into_iter().zip(addresses)) {
        let watch = Watch::new(talk.clone(), shortage.clone(), &address, several);
        let baud = given.baud_of(&address);
        let recorder = recording.as_ref().map(|recording| {
            let configuration = &given.configuration;
            let header = Header::new(number, &given.config.profile, configuration.timing());
            recording.recorder(Header { baud, ..header }.with(configuration))
        });
        let mut stopped = stopped.clone();
        drives.spawn_local(drive(
            Module::numbered(Arc::clone(&given.config), number).at_rate(baud.and_then(Rate::new)),
            port,
            Arc::clone(&policy),
            (watch, recorder),
            async move {
                // An error means that the sender is gone, and everything with it.
                let _ = stopped.wait_for(|stop| *stop).await;
            },
        ));
    }

    let mut wish = None;
    let mut failed = false;
    loop {
        match next(&mut signals, &mut drives).await {
            Next::Wish(_) if wish == Some(Wish::Interrupt) => break,
            Next::Wish(signal) => {
                wish = Some(signal);
                stop.send_replace(true);
            }
            Next::Ended(ended) => {
                let end = ended.context("a module failed, and this is a defect of simless")?;
                failed |= end == End::DteFailed;
            }
            Next::AllEnded => break,
        }
    }
    // The recorders have gone with their modules.
    drop(drives);
    match recording.map_or(0, Recording::finish) {
        0 => {}
        lost => talk.notice(format_args!(
            "{lost} steps are missing in the trace: they came faster than they could be written"
        )),
    }
    match failed {
        true => Ok(ExitCode::FAILURE),
        false => Ok(code(wish)),
    }
}

/// Starts to record, where that was asked for.
fn recording(options: &RunArgs, talk: &Talk) -> Result<Option<Recording>> {
    if options.traces.is_empty() {
        return Ok(None);
    }
    let talk = talk.clone();
    let complain = move |error| {
        let error = anyhow::Error::from(error);
        talk.error(format_args!("{error:#}; the modules run on"));
    };
    Ok(Some(Recording::start(&options.traces, complain)?))
}

/// What to exit with when somebody wanted an end, or nobody.
pub(crate) fn code(wish: Option<Wish>) -> ExitCode {
    match wish {
        Some(Wish::Interrupt) => INTERRUPTED.into(),
        _ => ExitCode::SUCCESS,
    }
}

enum Next {
    Wish(Wish),
    Ended(Result<End, JoinError>),
    AllEnded,
}

async fn next(signals: &mut Signals, drives: &mut JoinSet<End>) -> Next {
    poll_fn(|cx| {
        if let Poll::Ready(wish) = signals.poll(cx) {
            return Poll::Ready(Next::Wish(wish));
        }
        drives.poll_join_next(cx).map(|ended| match ended {
            Some(ended) => Next::Ended(ended),
            None => Next::AllEnded,
        })
    })
    .await
}
