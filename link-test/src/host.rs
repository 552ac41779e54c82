//! The host side, which allocates nothing.

use core::future::pending;
use core::net::{Ipv4Addr, SocketAddr};
use core::pin::pin;
use core::task::{Context, Waker};

use embedded_io::{ErrorKind, ErrorType};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};
use simless_driver::adapter::asynchronous::{self, Timer};
use simless_driver::adapter::{Error, blocking, nal};
use simless_driver::{Apn, Host, Instant, Settings, Target};

/// A line that nobody is at the other end of.
struct Uart;

impl ErrorType for Uart {
    type Error = ErrorKind;
}

impl embedded_io::Read for Uart {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        Err(ErrorKind::TimedOut)
    }
}

impl embedded_io::Write for Uart {
    fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        Ok(buf.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

impl embedded_io_async::Read for Uart {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        pending().await
    }
}

impl embedded_io_async::Write for Uart {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        Ok(buf.len())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Time that stands still.
struct Never;

impl Timer for Never {
    fn now(&self) -> Instant {
        Instant::ZERO
    }

    async fn wait_until(&self, _: Instant) {
        pending().await
    }
}

fn settings() -> Option<Settings> {
    Some(Settings::new(Apn::new("CMNET").ok()?))
}

/// Gives how many bytes came back.
pub fn blocking() -> usize {
    use embedded_io::{Read, Write};
    let exchange = || {
        let mut seconds = 0;
        let clock = move || {
            seconds += 1;
            Instant::from_micros(seconds * 1_000_000)
        };
        let mut modem = blocking::Modem::<_, _, 1024, 512>::new(Uart, clock, settings()?);
        let target = Target::tcp(Host::new("192.0.2.1").ok()?, 80);
        let mut link = modem.connect(&target).ok()?;
        link.write_all(b"hello").ok()?;
        let n = link.read(&mut [0; 16]).ok()?;
        link.close().ok()?;
        Some(n)
    };
    exchange().unwrap_or_default()
}

/// Gives how many futures were done at once.
pub fn asynchronous() -> usize {
    let Some(settings) = settings() else {
        return 0;
    };
    let modem = asynchronous::Modem::<_, _, 1024, 512>::new(Uart, Never, settings);
    let stack = nal::Stack::new(modem);
    let exchange = pin!(exchange(&stack));
    let mut context = Context::from_waker(Waker::noop());
    usize::from(exchange.poll(&mut context).is_ready())
}

async fn exchange(stack: &nal::Stack<Uart, Never>) -> Result<(), Error<ErrorKind>> {
    use embedded_io_async::{Read, Write};
    let address = stack
        .get_host_by_name("example.com", AddrType::Either)
        .await?;
    let mut connection = TcpConnect::connect(stack, SocketAddr::new(address, 80)).await?;
    connection.write_all(b"hello").await?;
    connection.flush().await?;
    connection.read(&mut [0; 16]).await?;
    connection.close().await?;
    let peer = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 53);
    let (_, mut socket) = UdpStack::connect(&stack, peer).await?;
    socket.send(b"question").await?;
    socket.receive_into(&mut [0; 16]).await?;
    Ok(())
}
