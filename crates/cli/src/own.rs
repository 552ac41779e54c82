//! The module that a host verb talks to: one that is somewhere, or one that it brings along.

use std::sync::Arc;

use anyhow::Result;
use simless_at::Final;
use simless_module::{Event, Module, Rate, Snapshot};
use simless_runtime::{End, Line, Port, PortNews, PortObserver, dial, drive};
use simless_scenario::Configuration;
use simless_trace::Observer;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::args::{GivenArgs, HostArgs};
use crate::given;
use crate::say::Talk;
use crate::shortage::Shortage;
use crate::watch::Watch;

/// What a serial port keeps for who is slow.
const PORT: usize = 4096;

/// A module in memory, which runs until it is ended.
pub(crate) struct Own {
    stop: oneshot::Sender<()>,
    driving: JoinHandle<End>,
}

/// Reaches the module. Needs a `LocalSet` around it.
pub(crate) async fn reach(options: &HostArgs, talk: &Talk) -> Result<(Line, Option<Own>)> {
    match &options.endpoint {
        Some(endpoint) => Ok((dial(endpoint).await?, None)),
        None => {
            let (line, own) = Own::start(&options.given, talk)?;
            Ok((line, Some(own)))
        }
    }
}

impl Own {
    fn start(given: &GivenArgs, talk: &Talk) -> Result<(Line, Self)> {
        let mut configuration = given::gather(given, &mut Vec::new())?;
        given.win_over(&mut configuration);
        let (host, module) = tokio::io::duplex(PORT);
        let port = Port::of_stream(module);
        let watch = Causes(Watch::new(
            talk.clone(),
            Shortage::default(),
            &port.address(),
            false,
        ));
        let (stop, stopped) = oneshot::channel();
        let driving = drive(
            simulated(&configuration)?,
            port,
            Arc::new(given.policy(&configuration)),
            watch,
            async {
                // An error means that the sender is gone, and everything with it.
                let _ = stopped.await;
            },
        );
        let own = Self {
            stop,
            driving: tokio::task::spawn_local(driving),
        };
        Ok((Line::of_stream(host), own))
    }

    /// Lets accepted bytes reach their peer, and ends.
    pub(crate) async fn end(self) {
        let _ = self.stop.send(());
        let _ = self.driving.await;
    }
}

/// Says what is behind a code. A plain ERROR is what a driver expects of some of its commands, and
/// has no more behind it than it says.
struct Causes(Watch);

impl Observer for Causes {
    fn event(&mut self, event: &Event, snapshot: &Snapshot<'_>) {
        match event {
            Event::Failed(Final::Error, _) => {}
            event => self.0.event(event, snapshot),
        }
    }
}

impl PortObserver for Causes {
    /// There is one DTE: this program.
    fn port(&mut self, _: &PortNews) {}
}

/// The module as data, and the rate of the line to it.
fn simulated(configuration: &Configuration) -> Result<Module> {
    let rate = configuration.module.baud.and_then(Rate::new);
    Ok(Module::new(Arc::new(configuration.config()?)).at_rate(rate))
}
