//! Futures that are dropped at any await.
//!
//! covers: P41 H19

use std::time::Duration;

use simless_module::Scenario;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::prelude::{
    config, linked, loopback, modem, module, polls, random, server, settings, soon, udp_peer, works,
};
use simless_driver::tokio::Modem;

/// Through a port this small every command is an await or two.
fn tight_modem() -> Modem<tokio::io::DuplexStream> {
    let mut settings = settings();
    // What was given up is waited for no longer than it takes here.
    settings.patience.quiet = Duration::from_millis(20);
    settings.patience.wake_every = Duration::from_millis(50);
    Modem::new(module(config(Scenario::default()), 3), settings)
}

#[tokio::test]
async fn connecting_can_be_given_up_after_every_poll() {
    soon(async {
        let mut given_up = 0;
        for count in 0.. {
            let mut modem = tight_modem();
            let (listener, port) = server().await;
            let accepting = tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    let mut got = Vec::new();
                    let _ = stream.read_to_end(&mut got).await;
                    assert!(got.is_empty());
                }
            });
            let link = polls(count, modem.connect(loopback(), port)).await;
            let is_done = link.is_some();
            drop(link);
            works(&mut modem).await;
            accepting.abort();
            if is_done {
                break;
            }
            given_up += 1;
        }
        assert!(given_up > 30, "{given_up}");
    })
    .await;
}

#[tokio::test]
async fn writing_and_flushing_can_be_dropped_after_every_poll() {
    soon(async {
        let mut modem = tight_modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(7, 60_000);
        let reading = tokio::spawn(async move {
            let mut got = Vec::new();
            peer.read_to_end(&mut got).await.unwrap();
            got
        });
        let mut sent = 0;
        let mut dropped = 0;
        for count in (1..200).cycle() {
            if sent == data.len() {
                break;
            }
            let end = data.len().min(sent + 1 + count * 7);
            match polls(count % 5, link.write(&data[sent..end])).await {
                Some(n) => sent += n.unwrap(),
                None => dropped += 1,
            }
            match polls(count % 9, link.flush()).await {
                Some(flushed) => flushed.unwrap(),
                None => dropped += 1,
            }
        }
        while polls(2, link.shutdown()).await.is_none() {
            dropped += 1;
        }
        assert!(reading.await.unwrap() == data);
        assert!(dropped > 100, "{dropped}");
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn reading_can_be_dropped_after_every_poll() {
    soon(async {
        let mut modem = tight_modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(8, 60_000);
        let sent = data.clone();
        let writing = tokio::spawn(async move { peer.write_all(&sent).await.unwrap() });
        let mut got = Vec::new();
        let mut space = [0; 700];
        let mut dropped = 0;
        for count in (0..7).cycle() {
            match polls(count, link.read(&mut space)).await {
                Some(read) => match read.unwrap() {
                    0 => break,
                    n => got.extend_from_slice(&space[..n]),
                },
                None => dropped += 1,
            }
        }
        writing.await.unwrap();
        assert!(got == data);
        assert!(dropped > 20, "{dropped}");
    })
    .await;
}

/// A datagram is sent once or not at all; one that is waited for is sent.
#[tokio::test]
async fn sending_and_receiving_datagrams_can_be_dropped_after_every_poll() {
    soon(async {
        let mut modem = tight_modem();
        let (peer, address) = udp_peer().await;
        let mut link = modem.connect_udp(loopback(), address.port()).await.unwrap();
        let mut space = [0; 64];
        let mut arrived = Vec::new();
        let mut waited_for = Vec::new();
        for number in 0..120_u8 {
            let datagram = [number; 9];
            if polls(usize::from(number) % 40, link.send(&datagram))
                .await
                .is_some()
            {
                waited_for.push(number);
            }
        }
        link.send(&[255; 9]).await.unwrap();
        let from = loop {
            let (n, from) = peer.recv_from(&mut space).await.unwrap();
            assert!(n == 9 && space[..9].iter().all(|byte| *byte == space[0]));
            arrived.push(space[0]);
            if space[0] == 255 {
                break from;
            }
        };
        assert!(arrived.is_sorted_by(|a, b| a < b), "{arrived:?}");
        assert!(waited_for.iter().all(|number| arrived.contains(number)));
        assert!(arrived.len() < 120 && arrived.len() > 20, "{arrived:?}");

        for number in 0..100_u8 {
            peer.send_to(&[number; 9], from).await.unwrap();
            // Never more than the module has room for.
            let mut count = 0;
            loop {
                count += 1;
                if let Some(n) = polls(count, link.recv(&mut space)).await {
                    assert_eq!((n.unwrap(), space[0], space[8]), (9, number, number));
                    break;
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn looking_up_can_be_dropped_after_every_poll() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        for count in 0..12 {
            let name = simless_driver::Host::new("localhost").unwrap();
            let resolved = polls(count, modem.resolve(name)).await;
            if let Some(address) = resolved {
                assert!(address.unwrap().unwrap().is_loopback());
            }
            link.write_all(b"x").await.unwrap();
            link.flush().await.unwrap();
            peer.read_exact(&mut [0]).await.unwrap();
        }
        let name = simless_driver::Host::new("localhost").unwrap();
        assert!(modem.resolve(name).await.unwrap().is_some());
    })
    .await;
}
