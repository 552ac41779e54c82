//! Datagrams.

use simless_driver::SendError;
use simless_driver::tokio::LinkFailure;

use crate::closing::cause;
use crate::prelude::{loopback, modem, random, soon, udp_peer, works};

// covers: P29
#[tokio::test]
async fn one_send_is_one_datagram_and_so_is_one_receive() {
    soon(async {
        let mut modem = modem();
        let (peer, address) = udp_peer().await;
        let mut link = modem.connect_udp(loopback(), address.port()).await.unwrap();
        let mut space = vec![0; 4096];
        for length in [1, 2, 255, 256, 1000, 1459, 1460] {
            let datagram = random(length, usize::try_from(length).unwrap());
            link.send(&datagram).await.unwrap();
            let (n, from) = peer.recv_from(&mut space).await.unwrap();
            assert!(space[..n] == datagram);
            peer.send_to(&datagram, from).await.unwrap();
            peer.send_to(b"\r\nOK\r\n", from).await.unwrap();
            let n = link.recv(&mut space).await.unwrap();
            assert!(space[..n] == datagram, "{n} of {length}");
            assert_eq!(link.recv(&mut space).await.unwrap(), 6);
            assert_eq!(&space[..6], b"\r\nOK\r\n");
        }
        let error = link.send(&[]).await.unwrap_err();
        let inner = error.into_inner().unwrap();
        assert_eq!(inner.downcast_ref(), Some(&SendError::Empty));
        let error = link.send(&[0; 1461]).await.unwrap_err();
        let inner = error.into_inner().unwrap();
        assert_eq!(inner.downcast_ref(), Some(&SendError::TooLong(1460)));
        link.close().await.unwrap();
        let error = link.send(b"x").await.unwrap_err();
        assert!(matches!(cause(&error).kind, LinkFailure::Ended(_)));
        assert!(link.recv(&mut space).await.is_err());
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_cut_and_the_next_one_is_whole() {
    soon(async {
        let mut modem = modem();
        let (peer, address) = udp_peer().await;
        let mut link = modem.connect_udp(loopback(), address.port()).await.unwrap();
        link.send(b"hello").await.unwrap();
        let mut space = [0; 9];
        let (_, from) = peer.recv_from(&mut space).await.unwrap();
        peer.send_to(b"a long one that is cut", from).await.unwrap();
        peer.send_to(b"whole", from).await.unwrap();
        assert_eq!(link.recv(&mut space[..6]).await.unwrap(), 6);
        assert_eq!(&space[..6], b"a long");
        assert_eq!(link.recv(&mut space).await.unwrap(), 5);
        assert_eq!(&space[..5], b"whole");
    })
    .await;
}

fn length(number: u32) -> usize {
    4 + number as usize % 300
}

/// Both halves, in two tasks. Sockets are looked at after some dozens of polls of busy tasks, so
/// the answers come in bursts; these are so small that the module has room for such a burst.
#[tokio::test]
async fn datagrams_both_ways_at_once() {
    soon(async {
        let mut modem = modem();
        let (peer, address) = udp_peer().await;
        let link = modem.connect_udp(loopback(), address.port()).await.unwrap();
        let echoing = tokio::spawn(async move {
            let mut space = [0; 2048];
            loop {
                let (n, from) = peer.recv_from(&mut space).await.unwrap();
                peer.send_to(&space[..n], from).await.unwrap();
            }
        });
        let (mut sender, mut receiver) = link.split();
        let sending = tokio::spawn(async move {
            for number in 0..500_u32 {
                let mut datagram = random(number.into(), length(number));
                datagram[..4].copy_from_slice(&number.to_be_bytes());
                sender.send(&datagram).await.unwrap();
            }
            sender
        });
        let mut space = [0; 2048];
        for expected in 0..500_u32 {
            let n = receiver.recv(&mut space).await.unwrap();
            let number = u32::from_be_bytes(space[..4].try_into().unwrap());
            assert_eq!((number, n), (expected, length(expected)));
            assert!(space[4..n] == random(number.into(), n)[4..]);
        }
        sending.await.unwrap().close().await.unwrap();
        echoing.abort();
    })
    .await;
}
