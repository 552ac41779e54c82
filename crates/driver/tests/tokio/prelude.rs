//! A module in memory, and servers on loopback.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use simless_driver::tokio::{Modem, Notice, TcpLink};
use simless_driver::{Apn, Event, Host, Settings};
use simless_module::{
    Config, Event as ModuleEvent, KINGCOM_G3524, Module, Network, Scenario, Snapshot, Timing,
};
use simless_runtime::{Port, PortNews, PortObserver, drive};
use simless_trace::Observer;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// When a test that waits has failed.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// What a serial port's buffer holds.
pub const PORT: usize = 4096;

pub type Link = TcpLink<DuplexStream>;

struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &ModuleEvent, _: &Snapshot<'_>) {}
}

impl PortObserver for Silent {
    fn port(&mut self, _: &PortNews) {}
}

pub fn config(scenario: Scenario) -> Config {
    Config {
        profile: KINGCOM_G3524,
        timing: Timing::IMMEDIATE,
        network: Network::default(),
        scenario,
    }
}

pub fn settings() -> Settings {
    Settings::new(Apn::new("CMNET").unwrap())
}

pub fn loopback() -> Host {
    Host::new("127.0.0.1").unwrap()
}

/// A module that runs by itself, and the other end of its port.
pub fn module(config: Config, port: usize) -> DuplexStream {
    let (host, module) = tokio::io::duplex(port);
    tokio::spawn(drive(
        Module::new(Arc::new(config)),
        Port::of_stream(module),
        Arc::default(),
        Silent,
        std::future::pending(),
    ));
    host
}

pub fn modem() -> Modem<DuplexStream> {
    Modem::new(module(config(Scenario::default()), PORT), settings())
}

/// All that a modem tells.
pub fn watch(modem: &mut Modem<DuplexStream>) -> Arc<Mutex<Vec<Event>>> {
    let seen = Arc::<Mutex<Vec<Event>>>::default();
    let watched = Arc::clone(&seen);
    modem.observe(move |notice| {
        if let Notice::Event(event) = notice {
            watched.lock().unwrap().push(*event);
        }
    });
    seen
}

/// A server for one connection.
pub async fn server() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A server that sends everything back, and ends when its client does.
pub async fn echo() -> (JoinHandle<usize>, u16) {
    let (listener, port) = server().await;
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut from, mut to) = stream.split();
        let count = tokio::io::copy(&mut from, &mut to).await.unwrap();
        usize::try_from(count).unwrap()
    });
    (task, port)
}

/// A link and the server's end of it.
pub async fn linked(modem: &mut Modem<DuplexStream>) -> (Link, TcpStream) {
    let (listener, port) = server().await;
    let (link, accepted) = tokio::join!(modem.connect(loopback(), port), listener.accept());
    (link.unwrap(), accepted.unwrap().0)
}

/// A UDP socket of loopback.
pub async fn udp_peer() -> (tokio::net::UdpSocket, SocketAddr) {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// Shows that a modem works: something goes there and back.
pub async fn works(modem: &mut Modem<DuplexStream>) {
    let (task, port) = echo().await;
    let mut link = modem.connect(loopback(), port).await.unwrap();
    link.write_all(b"are you there?").await.unwrap();
    let mut answer = [0; 14];
    link.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"are you there?");
    link.shutdown().await.unwrap();
    assert_eq!(task.await.unwrap(), 14);
}

/// Bytes of every value, the same for the same seed (xorshift).
pub fn random(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

/// Bounded in time.
pub async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it hangs")
}

/// Polls a future this often and drops it; gives what it came to, if it did.
pub async fn polls<T>(count: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = count;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => {
                // The others have their turn, and then this one again, woken or not.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    })
    .await
}
