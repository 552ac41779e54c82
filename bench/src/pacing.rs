//! Whether a port keeps to the rate it is held to: bytes over a real port in real time, each
//! direction alone and both at once.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use simless_module::{
    Config, Event, KINGCOM_G3524, Module, Network, Rate, Scenario, Snapshot, Timing,
};
use simless_runtime::{Address, Endpoint, Port, PortNews, PortObserver, drive};
use simless_trace::Observer;
use tokio::sync::oneshot;

use crate::pty::open_slave;

const RATES: [u32; 8] = [
    9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
];

/// How often each is measured, and how long it takes. The median counts: a host that takes the core
/// away for longer than the line has bytes makes it idle, and that time is gone.
const ROUNDS: usize = 3;
const SECONDS: usize = 1;
/// A run takes no longer.
pub(crate) const LIMIT: Duration = Duration::from_secs(400);

/// What the DTE says around what is measured: a byte for the peer, who takes the time.
const MARK: &[u8] = b"AT+CIPSEND=1\rx";
const ANSWER: &[u8] = b"\r\n> \r\nOK\r\n";
/// What the peer sends, and no answer contains.
const DATA: u8 = b'd';

/// Measures every rate at both kinds of ports; prints a row for each, and gives whether all are
/// within one in a hundred.
pub(crate) fn run() -> io::Result<bool> {
    println!("port  nominal         up alone       down alone       up at once     down at once");
    let mut all_kept = true;
    for kind in ["pty", "tcp"] {
        for baud in RATES {
            let mut line = Line::start(kind, baud)?;
            let mut rounds = [[0.0; 4]; ROUNDS];
            for round in &mut rounds {
                let (up, down) = (line.up()?, line.down()?);
                let (up_at_once, down_at_once) = line.both()?;
                *round = [up, down, up_at_once, down_at_once];
            }
            let mut row = format!("{kind}  {baud:>9}");
            for way in 0..4 {
                let mut measured = rounds.map(|round| round[way]);
                measured.sort_by(f64::total_cmp);
                let measured = measured[ROUNDS / 2];
                let ratio = measured / f64::from(baud);
                all_kept &= (0.99..=1.01).contains(&ratio);
                // Writing to a String can't fail.
                let _ = write!(row, "  {measured:>8.0} {ratio:.4}");
            }
            println!("{row}");
        }
    }
    Ok(all_kept)
}

/// A DTE at a module at a paced port, and the peer of its connection.
struct Line {
    from: File,
    to: File,
    peer: TcpStream,
    /// How many bytes take so long as is measured.
    bytes: usize,
    _module: ModuleEnd,
}

impl Line {
    fn start(kind: &str, baud: u32) -> io::Result<Self> {
        let module = ModuleEnd::start(kind, baud)?;
        let line: OwnedFd = match &module.address {
            Address::Pty { path, .. } => open_slave(path, 1, 0)?,
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address)?;
                stream.set_nodelay(true)?;
                stream.into()
            }
            other => return Err(io::Error::other(format!("no DTE can be at {other:?}"))),
        };
        let (mut from, mut to) = (File::from(line.try_clone()?), File::from(line));
        let server = TcpListener::bind("127.0.0.1:0")?;
        let port = server.local_addr()?.port();
        to.write_all(b"ATE0\r")?;
        expect(&mut from, b"ATE0\r\r\nOK\r\n")?;
        to.write_all(format!("AT+CIPSTART=\"TCP\",\"127.0.0.1\",{port}\r").as_bytes())?;
        expect(&mut from, b"\r\nOK\r\n\r\nCONNECT OK\r\n")?;
        let (peer, _) = server.accept()?;
        peer.set_nodelay(true)?;
        Ok(Self {
            from,
            to,
            peer,
            bytes: baud as usize / 10 * SECONDS,
            _module: module,
        })
    }

    fn up(&mut self) -> io::Result<f64> {
        let (from, to, peer, bytes) = (&mut self.from, &mut self.to, &mut self.peer, self.bytes);
        thread::scope(|scope| {
            let saying = scope.spawn(|| say(to, bytes));
            let rate = rate_of_marks(peer, bytes)?;
            join(saying)?;
            expect(from, &ANSWER.repeat(2))?;
            Ok(rate)
        })
    }

    fn down(&mut self) -> io::Result<f64> {
        let (from, peer, bytes) = (&mut self.from, &mut self.peer, self.bytes);
        thread::scope(|scope| {
            let sending = scope.spawn(|| peer.write_all(&vec![DATA; bytes]));
            let (rate, others) = rate_of_data(from, bytes, || ())?;
            join(sending)?;
            match others {
                0 => Ok(rate),
                _ => Err(io::Error::other("the DTE got more than was sent")),
            }
        })
    }

    fn both(&mut self) -> io::Result<(f64, f64)> {
        let (from, to, bytes) = (&mut self.from, &mut self.to, self.bytes);
        let (mut reader, mut writer) = (self.peer.try_clone()?, self.peer.try_clone()?);
        let (go, going) = mpsc::channel();
        thread::scope(|scope| {
            let sending = scope.spawn(move || writer.write_all(&vec![DATA; bytes]));
            let saying = scope.spawn(move || {
                let _ = going.recv();
                say(to, bytes)
            });
            let marks = scope.spawn(move || rate_of_marks(&mut reader, bytes));
            let (down, others) = rate_of_data(from, bytes, || {
                // Nobody waits for it only when the other thread has failed.
                let _ = go.send(());
            })?;
            let up = join(marks)?;
            join(saying)?;
            join(sending)?;
            // What did not come between the data comes behind it.
            let answers = ANSWER.repeat(2);
            expect(from, answers.get(others..).unwrap_or_default())?;
            Ok((up, down))
        })
    }
}

/// The DTE says so many bytes that lead to nothing, with a byte for the peer before and behind.
fn say(to: &mut File, bytes: usize) -> io::Result<()> {
    to.write_all(MARK)?;
    to.write_all(&vec![b'.'; bytes])?;
    to.write_all(b"\r")?;
    to.write_all(MARK)
}

/// The rate at which bytes came by between the two marks.
fn rate_of_marks(peer: &mut TcpStream, bytes: usize) -> io::Result<f64> {
    let mut mark = [0];
    peer.read_exact(&mut mark)?;
    let start = Instant::now();
    peer.read_exact(&mut mark)?;
    Ok(rate(bytes + 1 + MARK.len(), start.elapsed()))
}

/// The rate at which bytes came until all of the data was there, and how many were none of it.
/// `begun` hears of the first ones.
fn rate_of_data(from: &mut File, bytes: usize, begun: impl FnOnce()) -> io::Result<(f64, usize)> {
    let mut space = vec![0; 65_536];
    let mut count = |from: &mut File| -> io::Result<(usize, usize)> {
        let read = from.read(&mut space)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok((
            read,
            space[..read].iter().filter(|byte| **byte == DATA).count(),
        ))
    };
    let (first, mut data) = count(from)?;
    let start = Instant::now();
    begun();
    let mut all = first;
    while data < bytes {
        let (read, of_data) = count(from)?;
        all += read;
        data += of_data;
    }
    Ok((rate(all - first, start.elapsed()), all - data))
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 * 10.0 / time.as_secs_f64()
}

fn expect(from: &mut File, bytes: &[u8]) -> io::Result<()> {
    let mut got = vec![0; bytes.len()];
    from.read_exact(&mut got)?;
    match got == bytes {
        true => Ok(()),
        false => Err(io::Error::other(format!(
            "{:?} came where {:?} was due",
            String::from_utf8_lossy(&got),
            String::from_utf8_lossy(bytes)
        ))),
    }
}

fn join<T>(thread: thread::ScopedJoinHandle<'_, io::Result<T>>) -> io::Result<T> {
    let failed = |_| io::Error::other("a thread failed");
    thread.join().map_err(failed)?
}

/// A module on a thread of its own, as the program runs it. Dropping it ends it.
struct ModuleEnd {
    address: Address,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<io::Result<()>>>,
}

impl ModuleEnd {
    fn start(kind: &str, baud: u32) -> io::Result<Self> {
        let endpoint = match kind {
            "pty" => {
                let name = format!("simless-bench-pacing-{}", std::process::id());
                let link = Some(std::env::temp_dir().join(name));
                Endpoint::Pty { link }
            }
            _ => Endpoint::Tcp {
                host: "127.0.0.1".into(),
                port: 0,
            },
        };
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || serve(&endpoint, baud, &tell, stopped));
        let address = told
            .recv()
            .map_err(|_| io::Error::other("the module's port cannot be opened"))?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for ModuleEnd {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}

fn serve(
    endpoint: &Endpoint,
    baud: u32,
    tell: &mpsc::Sender<Address>,
    stop: oneshot::Receiver<()>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let port = Port::open(endpoint).await.map_err(io::Error::other)?;
        let _ = tell.send(port.address());
        let module = Module::new(Arc::new(Config {
            profile: KINGCOM_G3524,
            timing: Timing::IMMEDIATE,
            network: Network::default(),
            scenario: Scenario::default(),
        }));
        let module = module.at_rate(Rate::new(baud));
        drive(module, port, Arc::default(), Silent, async {
            let _ = stop.await;
        })
        .await;
        Ok(())
    })
}

/// Nobody watches.
struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event, _: &Snapshot<'_>) {}
}

impl PortObserver for Silent {
    fn port(&mut self, _: &PortNews) {}
}
