//! Programs that block.
//!
//! covers: H3 H15 H18 H20

use std::time::Duration;

use embedded_io::{Read, Write};
use simless_driver::adapter::Error;
use simless_driver::adapter::blocking::{Modem, Polled};
use simless_driver::{Ended, Failure, Host, LinkError, SendError, Step};
use simless_module::{Control, Fault, FaultKind, Happening};

use crate::world::{Blocking, World, settings, tcp, udp};

macro_rules! modem {
    ($world:expr) => {
        Modem::<_, _, 1024, 512>::new(Blocking($world.clone()), $world.clock(), settings())
    };
}

#[test]
fn what_is_written_comes_back() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    let data: Vec<u8> = (0..400_u16).map(|n| n as u8).collect();
    link.write_all(&data).unwrap();
    link.flush().unwrap();
    assert_eq!(world.got(), data);
    let mut back = [0; 400];
    link.read_exact(&mut back).unwrap();
    assert_eq!(back[..], data);
    link.close().unwrap();
    assert!(world.said().ends_with("AT+CIPCLOSE\r"), "{}", world.said());
    assert_eq!(
        modem.session().driver().firmware(),
        "Revision: G3524_SHNZ_B5_R04_A01_D160927"
    );
}

/// Small writes share a send.
#[test]
fn writes_are_gathered() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    for _ in 0..10 {
        link.write_all(b"ten bytes.").unwrap();
    }
    link.flush().unwrap();
    assert!(world.said().contains("AT+CIPSEND=100\r"));
}

#[test]
fn a_read_sends_what_was_written() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    link.write_all(b"ping").unwrap();
    let mut back = [0; 4];
    link.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"ping");
}

/// More than both buffers hold, while the peer talks, too.
#[test]
fn who_does_not_read_is_told_and_loses_nothing() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    let data: Vec<u8> = (0..20_000_u32).map(|n| (n * 7 / 3) as u8).collect();
    let (mut sent, mut back) = (0, Vec::<u8>::new());
    let mut told = 0;
    let mut buf = [0; 333];
    while back.len() < data.len() {
        match link.write(&data[sent..]) {
            Ok(n) if n > 0 => {
                sent += n;
                continue;
            }
            Ok(_) => {}
            Err(Error::Link(LinkError::Unread)) => told += 1,
            Err(error) => panic!("{error}"),
        }
        let n = link.read(&mut buf).unwrap();
        back.extend(&buf[..n]);
    }
    assert!(told > 0, "the buffers never filled");
    assert!(back == data && world.got() == data);
}

#[test]
fn the_end_of_a_stream() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    world.peer_sends(b"last words");
    world.peer_ends();
    let mut buf = [0; 64];
    assert_eq!(link.read(&mut buf), Ok(10));
    assert_eq!(link.read(&mut buf), Ok(0));
    assert_eq!(link.read(&mut buf), Ok(0), "an end stays one");
    let ended = Err(Error::Link(LinkError::Ended(Ended::ByPeer)));
    assert_eq!(link.write(b"x"), ended);
    modem.connect(&tcp()).unwrap();
}

/// A dropped link is closed, what it had accepted goes out, and its data are nobody's.
#[test]
fn a_dropped_link() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    link.write_all(b"for the first").unwrap();
    let mut link = modem.connect(&tcp()).unwrap();
    assert_eq!(world.got(), b"for the first");
    assert!(world.said().contains("AT+CIPCLOSE\r"));
    link.write_all(b"second").unwrap();
    let mut back = [0; 6];
    link.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"second");
}

/// The stream of before the reboot does not go on as the driver's next connection.
#[test]
fn a_reboot_ends_a_stream() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    world.control(Control::Happens(Happening::PowerCycle));
    link.write_all(b"lost").unwrap();
    let error = link.flush().unwrap_err();
    assert!(
        matches!(
            error,
            Error::Link(LinkError::Ended(Ended::Rebooted) | LinkError::Send(_))
        ),
        "{error}"
    );
    let mut buf = [0; 8];
    assert!(link.read(&mut buf).is_err());
    modem.close().unwrap();
    assert!(!modem.session().driver().is_connected());
    modem.connect(&tcp()).unwrap();
}

#[test]
fn no_connection() {
    let world = World::echoing();
    world.refuse();
    let mut modem = modem!(world);
    let Err(Error::Connect(error)) = modem.connect(&tcp()) else {
        panic!("it connected");
    };
    assert_eq!((error.step, error.kind), (Step::Connect, Failure::Refused));
    let kind = embedded_io::Error::kind(&Error::<embedded_io::ErrorKind>::Connect(error));
    assert_eq!(kind, embedded_io::ErrorKind::ConnectionRefused);
}

/// A module that says nothing at all: an error, within the total time.
#[test]
fn a_silent_module() {
    let world = World::echoing();
    world.mute(true);
    let mut modem = modem!(world);
    let error = modem.connect(&tcp()).err();
    assert!(matches!(error, Some(Error::Connect(_))), "{error:?}");
    let total = settings().patience.total + Duration::from_secs(1);
    assert!(world.now().since(simless_driver::Instant::ZERO) < total);
    world.mute(false);
    modem.connect(&tcp()).unwrap();
}

#[test]
fn waiting_for_data() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut link = modem.connect(&tcp()).unwrap();
    let before = world.now();
    assert_eq!(link.wait(Duration::from_secs(3)), Ok(false));
    assert!(world.now().since(before) >= Duration::from_secs(3));
    world.peer_sends(b"x");
    assert_eq!(
        link.wait(Duration::ZERO),
        Ok(false),
        "nobody has looked yet"
    );
    assert_eq!(link.wait(Duration::from_secs(3)), Ok(true));
}

/// Time in which nobody drives the modem does not count: the result came in time.
#[test]
fn a_pause_is_no_time_out() {
    let world = World::echoing();
    let mut settings = settings();
    settings.patience.send = Duration::from_secs(10);
    let mut modem = Modem::<_, _, 1024, 512>::new(Blocking(world.clone()), world.clock(), settings);
    let mut link = modem.connect(&tcp()).unwrap();
    link.write_all(b"one").unwrap();
    // A read that gives up has begun to send.
    world.mute(true);
    assert_eq!(link.wait(Duration::from_millis(300)), Ok(false));
    world.mute(false);
    world.pass(Duration::from_secs(60));
    link.flush().unwrap();
    assert_eq!(world.got(), b"one");
}

#[test]
fn datagrams() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut socket = modem.udp(&udp()).unwrap();
    let mut buf = [0; 300];
    for length in [1, 300] {
        let datagram = vec![length as u8; length];
        socket.send(&datagram).unwrap();
        let came = socket.receive(&mut buf).unwrap();
        assert_eq!((came.stored, came.length), (length, length));
        assert_eq!(buf[..length], datagram);
    }
    // Each is one, however many wait; a short buffer cuts one and spares the next.
    for datagram in [&b"first"[..], b"second", b"third"] {
        world.peer_sends_datagram(datagram);
    }
    let came = socket.receive(&mut buf[..3]).unwrap();
    assert_eq!((came.stored, came.length), (3, 5));
    assert_eq!(socket.receive(&mut buf).unwrap().length, 6);
    assert_eq!(&buf[..6], b"second");
    assert_eq!(socket.receive(&mut buf).unwrap().length, 5);
    assert_eq!(
        socket.send(&[0; 513]),
        Err(Error::Link(LinkError::Refused(SendError::TooLong(512))))
    );
    let empty = Err(Error::Link(LinkError::Refused(SendError::Empty)));
    assert_eq!(socket.send(b""), empty);
    socket.close().unwrap();
}

/// Datagrams that nobody reads don't stand in the way of results; what is dropped is counted.
#[test]
fn datagrams_that_nobody_reads() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut socket = modem.udp(&udp()).unwrap();
    for n in 0..20_u8 {
        socket.send(&[n; 200]).unwrap();
    }
    let mut buf = [0; 512];
    let mut came = Vec::new();
    while socket.wait(Duration::from_secs(1)).unwrap() {
        let datagram = socket.receive(&mut buf).unwrap();
        assert_eq!(datagram.length, 200);
        assert!(buf[..200].iter().all(|byte| *byte == buf[0]));
        came.push(buf[0]);
    }
    assert_eq!(came, [0, 1, 2, 3], "the oldest, whole and in order");
    // One that is longer than all the room there is.
    world.peer_sends_datagram(&[7; 1400]);
    let datagram = socket.receive(&mut buf).unwrap();
    assert_eq!((datagram.stored, datagram.length), (512, 1400));
    assert_eq!(modem.session().lost_datagrams(), 16);
}

/// One that the module refuses is lost; the next one may arrive.
#[test]
fn a_datagram_that_is_refused() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let mut socket = modem.udp(&udp()).unwrap();
    let mut fault = Fault::new(FaultKind::CmeError);
    fault.times = Some(1);
    world.control(Control::Fault(Box::new(fault)));
    let lost = socket.send(b"one");
    assert!(
        matches!(lost, Err(Error::Link(LinkError::Send(_)))),
        "{lost:?}"
    );
    socket.send(b"two").unwrap();
    assert_eq!(world.got(), b"two");
}

#[test]
fn names() {
    let world = World::echoing();
    let mut modem = modem!(world);
    let name = Host::new("example.com").unwrap();
    assert_eq!(modem.resolve(&name), Ok([198, 51, 100, 7].into()));
    world.resolve_nothing();
    assert_eq!(modem.resolve(&name), Err(Error::NotResolved));
    modem.connect(&tcp()).unwrap();
}

/// A port without time-outs that tells when it is ready.
#[test]
fn a_polled_port() {
    let world = World::echoing();
    let idle = world.clone();
    let port = Polled::new(Blocking(world.clone()), move || {
        idle.pass(Duration::from_millis(10));
    });
    let mut modem = Modem::<_, _, 256, 128>::new(port, world.clock(), settings());
    let mut link = modem.connect(&tcp()).unwrap();
    link.write_all(b"ping").unwrap();
    let mut back = [0; 4];
    link.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"ping");
}
