//! Asks a web server for its start page, through a real module on a serial port.
//!
//! ```sh
//! cargo run -p simless-driver --example serial -- /dev/ttyUSB0 CMNET example.com 80
//! ```
//!
//! The port may as well be a module in software: `simless` prints the path of one.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant as Clock};

use embedded_io::{ErrorType, Read, Write};
use serial2::SerialPort;
use simless_driver::adapter::blocking::Modem;
use simless_driver::{Apn, Host, Instant, Notice, Settings, Target};

/// A port of `serial2` as one of `embedded-io`. Its read comes back after a time-out, as it must.
struct Port(SerialPort);

impl ErrorType for Port {
    type Error = io::Error;
}

impl Read for Port {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Port {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Tells on stderr how far it is.
fn tell(notice: Notice<'_>) {
    eprintln!("{notice:?}");
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or("/dev/ttyUSB0".into());
    let apn = arguments.next().unwrap_or("CMNET".into());
    let host = arguments.next().unwrap_or("example.com".into());
    let tcp_port = arguments.next().map_or(Ok(80), |port| port.parse())?;

    let mut port = SerialPort::open(&path, 115_200)?;
    port.set_read_timeout(Duration::from_millis(100))?;
    let start = Clock::now();
    let clock = move || {
        let micros = u64::try_from(start.elapsed().as_micros());
        Instant::from_micros(micros.unwrap_or(u64::MAX))
    };

    let settings = Settings::new(Apn::new(&apn)?);
    let mut modem = Modem::<_, _, 2048, 512>::new(Port(port), clock, settings);
    modem.session().watch(tell);

    let mut link = modem.connect(&Target::tcp(Host::new(&host)?, tcp_port))?;
    write!(link, "GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").map_err(|error| error.to_string())?;
    link.flush()?;
    let mut buf = [0; 512];
    loop {
        match link.read(&mut buf)? {
            0 => break,
            n => io::stdout().write_all(&buf[..n])?,
        }
    }
    link.close()?;
    Ok(())
}
