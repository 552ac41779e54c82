//! A port where there is always something to read.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use simless_driver::tokio::Modem;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use crate::prelude::{loopback, settings, soon};

const BLOCK: &[u8] = b"\r\n+IPD:5\r\nwater";

/// It answers what is written, and brings blocks without end once it is connected.
#[derive(Default)]
struct Fountain {
    said: &'static [u8],
    is_open: bool,
    has_payload: Arc<AtomicBool>,
}

impl AsyncRead for Fountain {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let said = match std::mem::take(&mut self.said) {
            b"" if self.is_open => BLOCK,
            b"" => return Poll::Pending,
            said => said,
        };
        let (now, later) = said.split_at(said.len().min(buf.remaining()));
        buf.put_slice(now);
        self.said = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Fountain {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.said = match bytes {
            b"AT+CIPSTATUS\r" => b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
            b"AT+CPIN?\r" => b"\r\n+CPIN:READY\r\n\r\nOK\r\n",
            b"AT+CREG?\r" => b"\r\n+CREG: 1,1\r\n\r\nOK\r\n",
            b"AT+CIPSEND=5\r" => b"\r\n> ",
            line if line.starts_with(b"AT+CIPSTART") => {
                self.is_open = true;
                b"\r\nOK\r\n\r\nCONNECT OK\r\n"
            }
            b"hello" => {
                self.has_payload.store(true, Ordering::Relaxed);
                b"\r\nOK\r\n"
            }
            _ => b"\r\nOK\r\n",
        };
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Who reads has what it waits for after every read of the port. What was taken for sending goes out
/// nevertheless, though nobody waits for it.
#[tokio::test]
async fn data_without_end_keeps_no_send_back() {
    soon(async {
        let port = Fountain::default();
        let has_payload = Arc::clone(&port.has_payload);
        let mut modem = Modem::new(port, settings());
        let mut link = modem.connect(loopback(), 7).await.unwrap();
        link.write_all(b"hello").await.unwrap();
        let mut got = Vec::new();
        while !has_payload.load(Ordering::Relaxed) {
            assert!(got.len() < 100_000, "the payload is kept back");
            link.read_buf(&mut got).await.unwrap();
        }
        assert!(got.chunks(5).all(|block| b"water".starts_with(block)));
    })
    .await;
}
