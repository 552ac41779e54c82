//! What goes wrong, and what is told of it.

use std::io::ErrorKind;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use simless_at::IpState;
use simless_driver::tokio::{LinkFailure, Modem, ModemError};
use simless_driver::{Ended, Event, Failure, Host, SendFailure, SendForm, Step};
use simless_module::{Fault, FaultKind, Happening, Scenario, Step as Happens};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::closing::cause;
use crate::prelude::{
    PORT, config, linked, loopback, module, random, server, settings, soon, watch, works,
};

// covers: H21 H15
#[tokio::test]
async fn a_module_that_loses_its_power_in_the_middle_ends_the_link_and_works_again() {
    soon(async {
        let power = Happens {
            on_state: Some(IpState::ConnectOk),
            delay: Duration::from_millis(100),
            times: Some(1),
            event: Some(Happening::PowerCycle),
            ..Happens::default()
        };
        let config = config(Scenario {
            steps: vec![power],
            ..Scenario::default()
        });
        let mut settings = settings();
        // A send that lost its power is not waited for as long as one that waits for room.
        settings.patience.send = Duration::from_secs(3);
        let mut modem = Modem::new(module(config, PORT), settings);
        let seen = watch(&mut modem);
        let (mut link, mut peer) = linked(&mut modem).await;
        let reading = tokio::spawn(async move {
            let mut got = Vec::new();
            // A module without power resets its connections, or ends them.
            let _ = peer.read_to_end(&mut got).await;
            got
        });
        let block = random(1, 1460);
        let mut written = 0_u64;
        let error = loop {
            match link.write(&block).await {
                Ok(n) => written += n as u64,
                Err(error) => break error,
            }
        };
        let told = cause(&error);
        assert!(
            matches!(
                told.kind,
                LinkFailure::Send(
                    SendFailure::Rebooted | SendFailure::Silent | SendFailure::NoPrompt
                ) | LinkFailure::Ended(Ended::Rebooted)
            ),
            "{error}"
        );
        assert!(told.accepted > 0 && told.accepted <= written, "{error}");
        assert!(written <= told.accepted + 1460, "{error}");
        // The rest of the link's life fails the same way; nothing is read as an end.
        assert_eq!(link.write(b"x").await.unwrap_err().kind(), error.kind());
        assert!(link.shutdown().await.is_err());
        drop(link);
        works(&mut modem).await;
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        let connected = seen.iter().filter(|event| **event == Event::Connected);
        // The stream was not made anew behind anybody's back.
        assert_eq!(connected.count(), 2, "{seen:?}");
        let got = reading.await.unwrap();
        // What reached the peer is a beginning of what was taken (L1).
        let all: Vec<u8> = block.iter().copied().cycle().take(got.len()).collect();
        assert!(got == all && got.len() as u64 <= written);
    })
    .await;
}

#[tokio::test]
async fn a_refused_connection_tells_its_step_and_the_modem_works_on() {
    soon(async {
        let mut settings = settings();
        settings.patience.attempts = 2;
        settings.patience.pause = Duration::from_millis(1);
        let config = config(Scenario::default());
        let mut modem = Modem::new(module(config, PORT), settings);
        let (listener, port) = server().await;
        drop(listener);
        let error = modem.connect(loopback(), port).await.err().unwrap();
        let ModemError::Failed(error) = error else {
            panic!("{error}");
        };
        assert_eq!((error.step, error.kind), (Step::Connect, Failure::Refused));
        works(&mut modem).await;
    })
    .await;
}

/// A send that the module refuses leaves a hole, so nothing may follow it. Reading goes on.
#[tokio::test]
async fn a_refused_send_breaks_the_writing_half_only() {
    soon(async {
        let mut refusal = Fault::new(FaultKind::CmeError);
        refusal.attributes.command = Some("AT+CIPSEND".into());
        refusal.times = Some(1);
        let config = config(Scenario {
            faults: vec![refusal],
            ..Scenario::default()
        });
        let mut modem = Modem::new(module(config, PORT), settings());
        let (mut link, mut peer) = linked(&mut modem).await;
        link.write_all(b"lost").await.unwrap();
        let error = cause(&link.flush().await.unwrap_err());
        assert!(matches!(
            error.kind,
            LinkFailure::Send(SendFailure::Refused(_))
        ));
        assert_eq!((error.accepted, error.in_doubt), (0, 0));
        assert_eq!(cause(&link.write(b"more").await.unwrap_err()), error);
        peer.write_all(b"still here").await.unwrap();
        let mut got = [0; 10];
        link.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"still here");
        assert_eq!(cause(&link.shutdown().await.unwrap_err()), error);
        let mut got = Vec::new();
        peer.read_to_end(&mut got).await.unwrap();
        assert!(got.is_empty());
        drop(link);
        works(&mut modem).await;
    })
    .await;
}

// covers: H17
#[tokio::test]
async fn what_the_form_cant_carry_is_refused_and_the_link_goes_on() {
    soon(async {
        let mut settings = settings();
        settings.send_form = SendForm::CtrlZ {
            refuses_nul: false,
            refuses_backspace: false,
        };
        let config = config(Scenario::default());
        let mut modem = Modem::new(module(config, PORT), settings);
        let (mut link, mut peer) = linked(&mut modem).await;
        link.write_all(b"before ").await.unwrap();
        link.flush().await.unwrap();
        let error = link.write(b"a \x1a in it").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        link.write_all(b"after").await.unwrap();
        link.shutdown().await.unwrap();
        let mut got = Vec::new();
        peer.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"before after");
    })
    .await;
}

#[tokio::test]
async fn a_port_that_ends_ends_everything() {
    soon(async {
        let (near, far) = tokio::io::duplex(PORT);
        let mut modem = Modem::new(near, settings());
        drop(far);
        for _ in 0..2 {
            let error = modem.connect(loopback(), 1).await.err().unwrap();
            let ModemError::Port(error) = error else {
                panic!("{error}");
            };
            assert!(matches!(
                error.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe
            ));
        }
    })
    .await;
}

/// Nobody polls for longer than anything may take, and all the while the answer lies there.
#[tokio::test]
async fn who_does_not_poll_for_long_takes_no_module_for_silent() {
    soon(async {
        let mut settings = settings();
        settings.patience.send = Duration::from_millis(200);
        settings.patience.answer = Duration::from_millis(200);
        let config = config(Scenario::default());
        let mut modem = Modem::new(module(config, PORT), settings);
        let (mut link, _peer) = linked(&mut modem).await;
        for _ in 0..3 {
            link.write_all(b"taken").await.unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
            link.flush().await.unwrap();
        }
    })
    .await;
}

/// A port that has something to read whenever it is asked, and takes everything.
struct Talker;

impl AsyncRead for Talker {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        buf.put_slice(b"\r\n+WORDS: 1\r\n");
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Talker {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

// covers: H3
#[tokio::test]
async fn a_module_that_never_stops_talking_ends_in_time() {
    soon(async {
        let mut settings = settings();
        settings.patience.total = Duration::from_millis(500);
        let mut modem = Modem::new(Talker, settings);
        let error = modem.connect(loopback(), 1).await.err().unwrap();
        let ModemError::Failed(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.kind, Failure::OutOfTime);
    })
    .await;
}

/// Taken while the driver was busy with something else, and then the connection ended.
// covers: H15
#[tokio::test]
async fn what_was_taken_and_never_sent_is_told() {
    soon(async {
        let mut late = Fault::new(FaultKind::LateOk);
        late.attributes.command = Some("AT+CDNSGIP".into());
        late.attributes.delay = Some(Duration::from_millis(300));
        let config = config(Scenario {
            faults: vec![late],
            ..Scenario::default()
        });
        let mut modem = Modem::new(module(config, PORT), settings());
        let (mut link, peer) = linked(&mut modem).await;
        let writing = async {
            tokio::task::yield_now().await;
            link.write_all(b"never sent").await.unwrap();
            drop(peer);
            link.flush().await.unwrap_err()
        };
        let name = Host::new("localhost").unwrap();
        let (_, error) = tokio::join!(modem.resolve(name), writing);
        let error = cause(&error);
        assert_eq!(error.kind, LinkFailure::Ended(Ended::ByPeer));
        assert_eq!((error.accepted, error.in_doubt), (0, 0));
    })
    .await;
}

/// A result stands behind far more than there is room for. While nobody reads, no time passes.
// covers: H20
#[tokio::test]
async fn who_does_not_read_for_long_takes_no_module_for_silent() {
    soon(async {
        let mut settings = settings();
        settings.patience.send = Duration::from_millis(300);
        settings.patience.answer = Duration::from_millis(300);
        settings.patience.block = Duration::from_millis(300);
        let config = config(Scenario::default());
        let mut modem = Modem::new(module(config, PORT), settings);
        let (link, mut peer) = linked(&mut modem).await;
        let data = random(5, 200_000);
        let sent = data.clone();
        let talking = tokio::spawn(async move {
            peer.write_all(&sent).await.unwrap();
            let mut got = [0; 5];
            peer.read_exact(&mut got).await.unwrap();
            got
        });
        // Until it is all in the sockets' buffers, in front of what follows.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let (mut reader, mut writer) = tokio::io::split(link);
        let writing = tokio::spawn(async move {
            writer.write_all(b"hello").await.unwrap();
            writer.flush().await
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut got = vec![0; data.len()];
        reader.read_exact(&mut got).await.unwrap();
        assert!(got == data);
        writing.await.unwrap().unwrap();
        assert_eq!(&talking.await.unwrap(), b"hello");
    })
    .await;
}
