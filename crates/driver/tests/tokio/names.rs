//! Names, which the module looks up: with a link, without one, and on the way to one.

use simless_driver::tokio::{Modem, ModemError, Notice};
use simless_driver::{ConnectError, Event, Failure, Host, Step};
use simless_module::{Scenario, SimState};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::prelude::{
    DEADLINE, PORT, config, linked, loopback, modem, module, polls, random, settings, soon, works,
};

fn name() -> Host {
    Host::new("localhost").unwrap()
}

#[tokio::test]
async fn while_a_link_stands_its_stream_goes_on() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(5, 100_000);
        let writing = async {
            link.write_all(&data).await.unwrap();
            link.shutdown().await.unwrap();
        };
        let mut got = Vec::new();
        let (address, (), read) =
            tokio::join!(modem.resolve(name()), writing, peer.read_to_end(&mut got));
        assert!(address.unwrap().unwrap().is_loopback());
        read.unwrap();
        assert!(got == data);
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_link_the_way_there_is_gone_first() {
    soon(async {
        let mut modem = modem();
        assert!(modem.resolve(name()).await.unwrap().unwrap().is_loopback());
        // The context is active by now.
        assert!(modem.resolve(name()).await.unwrap().unwrap().is_loopback());
        works(&mut modem).await;
        // That link was dropped: it is closed first.
        assert!(modem.resolve(name()).await.unwrap().unwrap().is_loopback());
        let (link, peer) = linked(&mut modem).await;
        drop(peer);
        assert!(modem.resolve(name()).await.unwrap().unwrap().is_loopback());
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_link_it_can_be_dropped_after_every_poll() {
    soon(async {
        for count in 0..40 {
            let mut modem = modem();
            if let Some(resolved) = polls(count, modem.resolve(name())).await {
                assert!(resolved.unwrap().unwrap().is_loopback());
            }
            // What it has left is given up, for a link or for another name.
            match count % 2 {
                0 => works(&mut modem).await,
                _ => assert!(modem.resolve(name()).await.unwrap().is_some()),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_way_that_fails_is_told_with_its_step() {
    soon(async {
        let mut config = config(Scenario::default());
        config.network.sim = SimState::Absent;
        let mut settings = settings();
        settings.patience.attempts = 1;
        let mut modem = Modem::new(module(config, PORT), settings);
        for _ in 0..2 {
            let error = modem.resolve(name()).await.unwrap_err();
            let ModemError::Failed(ConnectError { step, kind, .. }) = error else {
                panic!("{error}");
            };
            assert_eq!((step, kind), (Step::Sim, Failure::NoSim));
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_nobody_wants_any_more_is_not_waited_for() {
    let mut config = config(Scenario::default());
    config.timing.connect = 4 * DEADLINE;
    let mut modem = Modem::new(module(config, PORT), settings());
    let (began, mut begins) = tokio::sync::mpsc::unbounded_channel();
    modem.observe(move |notice| {
        if let Notice::Event(Event::StepBegan(Step::Connect)) = notice {
            began.send(()).unwrap();
        }
    });
    soon(async {
        tokio::select! {
            connected = modem.connect(loopback(), 9) => panic!("{:?}", connected.is_ok()),
            begun = begins.recv() => begun.unwrap(),
        }
        assert!(modem.resolve(name()).await.unwrap().is_some());
    })
    .await;
}
