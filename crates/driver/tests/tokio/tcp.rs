//! Streams.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::prelude::{echo, linked, loopback, modem, module, random, settings, soon, works};
use simless_driver::tokio::Modem;

const MUCH: usize = 10 << 20;

// covers: L1 L3
#[tokio::test]
async fn ten_megabytes_come_back_unchanged() {
    soon(async {
        let mut modem = modem();
        let (task, port) = echo().await;
        let link = modem.connect(loopback(), port).await.unwrap();
        let (mut reader, mut writer) = tokio::io::split(link);
        let data = random(1, MUCH);
        let sent = data.clone();
        // Two tasks, so that each has to be woken by the other.
        let writing = tokio::spawn(async move {
            writer.write_all(&sent).await.unwrap();
            writer.flush().await.unwrap();
            writer
        });
        let mut back = vec![0; MUCH];
        reader.read_exact(&mut back).await.unwrap();
        assert!(back == data);
        let writer = writing.await.unwrap();
        let mut link = reader.unsplit(writer);
        link.shutdown().await.unwrap();
        assert_eq!(link.read(&mut [0]).await.unwrap(), 0);
        assert_eq!(task.await.unwrap(), MUCH);
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn a_port_of_one_byte_is_enough() {
    soon(async {
        let config = crate::prelude::config(simless_module::Scenario::default());
        let mut modem = Modem::new(module(config, 1), settings());
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(2, 20_000);
        let there = async {
            link.write_all(&data).await.unwrap();
            link.flush().await.unwrap();
        };
        let mut got = vec![0; data.len()];
        let (_, read) = tokio::join!(there, peer.read_exact(&mut got));
        read.unwrap();
        assert!(got == data);
        peer.write_all(&data).await.unwrap();
        drop(peer);
        let mut got = Vec::new();
        link.read_to_end(&mut got).await.unwrap();
        assert!(got == data);
    })
    .await;
}

/// What stands before a result is kept, and the result is seen.
#[tokio::test]
async fn who_writes_before_it_reads_does_not_wait_for_itself() {
    soon(async {
        let mut modem = modem();
        let (_task, port) = echo().await;
        let mut link = modem.connect(loopback(), port).await.unwrap();
        let data = random(3, 10_000);
        link.write_all(&data).await.unwrap();
        link.flush().await.unwrap();
        let mut back = vec![0; data.len()];
        link.read_exact(&mut back).await.unwrap();
        assert!(back == data);
    })
    .await;
}

// covers: H20
#[tokio::test]
async fn a_slow_reader_slows_the_peer_down_and_loses_nothing() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(4, 64 << 20);
        // Nothing is read: everything between the two fills up, and the peer can't go on.
        let mut sent = 0;
        let mut byte = [0];
        loop {
            let pause = Duration::from_millis(500);
            match tokio::time::timeout(pause, peer.write(&data[sent..])).await {
                Ok(n) => sent += n.unwrap(),
                Err(_) => break,
            }
            assert!(sent < data.len(), "64 MiB went somewhere");
            if sent < 100 {
                link.read_exact(&mut byte).await.unwrap();
            }
        }
        drop(peer);
        let mut got = Vec::new();
        let mut space = vec![0; 1000];
        loop {
            match link.read(&mut space).await.unwrap() {
                0 => break,
                n => got.extend_from_slice(&space[..n]),
            }
        }
        assert_eq!(got.len(), sent);
        assert!(got == data[..sent]);
    })
    .await;
}
