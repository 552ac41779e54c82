//! A task as it would run on a chip: it asks a server through a module and sleeps by `embassy-time`.
//! Here the UART is a module in software with one server behind it, so that it runs anywhere.
//!
//! ```sh
//! cargo run -p simless-driver --example embassy
//! ```
//!
//! On a chip, `main` is the executor's, the UART is a buffered one of the HAL, split or not, and the
//! HAL brings the time driver along:
//!
//! ```ignore
//! #[embassy_executor::main]
//! async fn main(_: Spawner) {
//!     let uart = BufferedUart::new(…);
//!     match report(uart).await { … }
//! }
//! ```

use core::net::SocketAddr;
use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use embedded_io_async::{ErrorType, Read, Write};
use embedded_nal_async::{AddrType, Dns, TcpConnect};
use simless_driver::adapter::Error;
use simless_driver::adapter::asynchronous::{EmbassyTimer, Modem, Timer as _};
use simless_driver::adapter::nal::Stack;
use simless_driver::{Apn, Settings};
use simless_module::{
    Config, KINGCOM_G3524, Module, Network, Request, Scenario, SocketEvent, SocketId, Timing,
};

/// What the chip does. It knows a UART, and nothing of how it is made.
async fn report<U: Read + Write>(uart: U) -> Result<usize, Error<U::Error>> {
    let apn = Apn::new("CMNET").map_err(|_| Error::BadName)?;
    // 1 KiB for what is received, 512 bytes for what is to be sent.
    let modem = Modem::<_, _, 1024, 512>::new(uart, EmbassyTimer, Settings::new(apn));
    let stack = Stack::new(modem);
    let address = stack
        .get_host_by_name("example.com", AddrType::IPv4)
        .await?;
    let mut connection = stack.connect(SocketAddr::new(address, 7)).await?;
    connection.write_all(b"21.5 degrees").await?;
    connection.flush().await?;
    let mut answer = [0; 64];
    let n = connection.read(&mut answer).await?;
    println!(
        "the server says {:?}",
        String::from_utf8_lossy(&answer[..n])
    );
    connection.close().await?;
    Ok(n)
}

fn main() {
    match block_on(report(Uart::new())) {
        Ok(n) => println!("{n} bytes came back"),
        Err(error) => eprintln!("{error}"),
    }
}

/// A UART with a module at its other end, and a server behind that which sends back what it gets.
#[derive(Clone)]
struct Uart(Rc<RefCell<Wired>>);

struct Wired {
    module: Module,
    unheard: Vec<u8>,
    server: Option<SocketId>,
    /// What the server sends back.
    echo: Vec<u8>,
}

impl Uart {
    fn new() -> Self {
        Self(Rc::new(RefCell::new(Wired {
            module: Module::new(Arc::new(Config {
                profile: KINGCOM_G3524,
                timing: Timing {
                    attach: Duration::from_millis(300),
                    connect: Duration::from_millis(200),
                    ..Timing::IMMEDIATE
                },
                network: Network::default(),
                scenario: Scenario::default(),
            })),
            unheard: Vec::new(),
            server: None,
            echo: Vec::new(),
        })))
    }
}

impl ErrorType for Uart {
    type Error = Infallible;
}

impl Read for Uart {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        loop {
            let n = self.0.borrow_mut().read(buf);
            if n > 0 {
                return Ok(n);
            }
            let until = self.0.borrow().module.poll_timeout();
            EmbassyTimer.wait(until).await;
        }
    }
}

impl Write for Uart {
    async fn write(&mut self, buf: &[u8]) -> Result<usize, Infallible> {
        self.0.borrow_mut().unheard.extend(buf);
        Ok(buf.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Wired {
    /// What the module has to say now.
    fn read(&mut self, buf: &mut [u8]) -> usize {
        let now = EmbassyTimer.now();
        // Rounds until nothing moves any more would be exact; a few are enough, as a deadline that
        // is due wakes the reader again.
        for _ in 0..4 {
            let taken = self.module.handle_uart(&self.unheard, now);
            self.unheard.drain(..taken);
            self.module.handle_timeout(now);
            while self.module.poll_event().is_some() {}
            self.serve();
        }
        let mut slices = [&[][..]; 8];
        let count = self.module.uart_output(&mut slices);
        let said = slices[..count].concat();
        let n = said.len().min(buf.len());
        buf[..n].copy_from_slice(&said[..n]);
        self.module.uart_written(n, now);
        n
    }

    fn serve(&mut self) {
        let now = EmbassyTimer.now();
        while let Some(request) = self.module.poll_request() {
            let (id, event) = match request {
                Request::Resolve { id, .. } => (id, SocketEvent::Resolved([192, 0, 2, 7].into())),
                Request::Connect { id, .. } => {
                    self.server = Some(id);
                    (id, SocketEvent::Connected)
                }
                Request::CountUnread { id } => (id, SocketEvent::Unread(self.echo.len())),
                Request::Shutdown { id } => (id, SocketEvent::Ended),
                Request::Abort { .. } => continue,
            };
            self.module.handle_socket(id, event, now);
        }
        let Some(id) = self.server else {
            return;
        };
        let sent = self.module.socket_output(id).to_vec();
        self.module.socket_written(id, sent.len(), now);
        self.echo.extend(&sent);
        let space = self.module.socket_space(id);
        let n = space.len().min(self.echo.len());
        space[..n].copy_from_slice(&self.echo[..n]);
        self.echo.drain(..n);
        if n > 0 {
            self.module.socket_filled(id, n, now);
        }
    }
}

/// The smallest executor there is: a thread that sleeps until it is woken.
fn block_on<A>(future: impl Future<Output = A>) -> A {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
