//! Ends of links.

use simless_driver::tokio::{LinkError, LinkFailure, ModemError};
use simless_driver::{BusyError, Ended};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::prelude::{linked, loopback, modem, random, server, soon, works};

pub fn cause(error: &std::io::Error) -> LinkError {
    let inner = error.get_ref().expect("an inner error");
    *inner.downcast_ref().expect("a LinkError")
}

// covers: L4
#[tokio::test]
async fn shutting_down_closes_after_all_was_accepted() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let data = random(1, 5000);
        link.write_all(&data).await.unwrap();
        link.shutdown().await.unwrap();
        let mut got = Vec::new();
        peer.read_to_end(&mut got).await.unwrap();
        assert!(got == data);
        // Twice is once, and there is nothing more to read or write.
        link.shutdown().await.unwrap();
        assert_eq!(link.read(&mut [0]).await.unwrap(), 0);
        let error = cause(&link.write(b"x").await.unwrap_err());
        assert_eq!(error.kind, LinkFailure::Ended(Ended::ByUs));
        assert_eq!(error.accepted, 5000);
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn the_peers_end_is_the_end_of_reading() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        peer.write_all(b"bye").await.unwrap();
        drop(peer);
        let mut got = Vec::new();
        link.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"bye");
        let error = link.write(b"x").await.unwrap_err();
        assert_eq!(cause(&error).kind, LinkFailure::Ended(Ended::ByPeer));
        link.shutdown().await.unwrap();
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn there_is_one_link_at_a_time_and_dropping_it_makes_room() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let (_other, port) = server().await;
        let error = modem.connect(loopback(), port).await.err().unwrap();
        assert!(matches!(error, ModemError::Busy(BusyError::Connected)));
        link.write_all(b"dropped in the middle").await.unwrap();
        drop(link);
        // What was taken comes first, then the end, then the next one.
        let mut got = Vec::new();
        let (read, ()) = tokio::join!(peer.read_to_end(&mut got), works(&mut modem));
        read.unwrap();
        assert_eq!(got, b"dropped in the middle");
    })
    .await;
}

/// A peer that floods can't keep a link from being closed, and what is lost by that is told.
#[tokio::test]
async fn who_closes_without_reading_is_told_what_it_lost() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        let flood = tokio::spawn(async move {
            let mut sent = 0;
            while let Ok(n) = peer.write(&[b'x'; 65536]).await {
                sent += n;
            }
            sent
        });
        link.read_exact(&mut [0; 100_000]).await.unwrap();
        link.shutdown().await.unwrap();
        let mut rest = Vec::new();
        match link.read_to_end(&mut rest).await {
            Ok(_) => {}
            Err(error) => {
                let LinkFailure::Unread(lost) = cause(&error).kind else {
                    panic!("{error}");
                };
                assert!(lost > 0);
            }
        }
        drop(link);
        works(&mut modem).await;
        assert!(flood.await.unwrap() >= 100_000);
    })
    .await;
}

/// The result of a send stands behind more data than the link keeps, and nobody reads it.
#[tokio::test]
async fn a_result_behind_data_that_nobody_reads_does_not_keep_a_link_open() {
    soon(async {
        let mut modem = modem();
        let (mut link, mut peer) = linked(&mut modem).await;
        tokio::spawn(async move { while peer.write(&[b'x'; 65536]).await.is_ok() {} });
        // The link's buffer is full, and the module's.
        link.read_exact(&mut [0; 100_000]).await.unwrap();
        link.write_all(b"hello").await.unwrap();
        link.shutdown().await.unwrap();
        drop(link);
        works(&mut modem).await;
    })
    .await;
}
