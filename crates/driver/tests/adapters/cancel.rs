//! Futures that are dropped after every poll.
//!
//! covers: H19 P41

use embedded_io_async::{Read, Write};
use simless_driver::adapter::asynchronous::Modem;
use simless_driver::{Host, Target};

use crate::world::{World, settings, tcp, udp};

/// More polls than anything here takes.
const POLLS: usize = 100_000;

fn modem(world: &World) -> Modem<World, World, 512, 256> {
    Modem::new(world.clone(), world.clone(), settings())
}

/// Asks again and again, and drops every future after its first poll.
macro_rules! insist {
    ($world:expr, $future:expr) => {
        (0..POLLS)
            .find_map(|_| $world.poll_and_drop($future))
            .expect("it never comes to an end")
    };
}

/// No byte is lost or doubled, whatever is dropped and when.
#[test]
fn no_byte_is_lost_or_doubled() {
    let world = World::echoing();
    world.be_shy();
    let mut modem = modem(&world);
    let mut link = world.run(modem.connect(&tcp())).unwrap();
    let data: Vec<u8> = (0..5000_u32).map(|n| (n * 31 / 17) as u8).collect();
    let mut back = Vec::<u8>::new();
    for (number, piece) in data.chunks(170).enumerate() {
        let mut sent = 0;
        while sent < piece.len() {
            sent += insist!(world, link.write(&piece[sent..])).unwrap();
        }
        if number % 2 == 0 {
            insist!(world, link.flush()).unwrap();
        }
        let mut buf = [0; 97];
        while back.len() + 50 < data.len().min((number + 1) * 170) {
            let n = insist!(world, link.read(&mut buf)).unwrap();
            back.extend(&buf[..n]);
        }
    }
    insist!(world, link.flush()).unwrap();
    while back.len() < data.len() {
        let mut buf = [0; 97];
        let n = insist!(world, link.read(&mut buf)).unwrap();
        back.extend(&buf[..n]);
    }
    assert!(back == data && world.got() == data);
}

/// Different futures in turn, each dropped after a poll: none spoils another.
#[test]
fn futures_in_turn() {
    let world = World::echoing();
    world.be_shy();
    let mut modem = modem(&world);
    let mut link = world.run(modem.connect(&tcp())).unwrap();
    let data: Vec<u8> = (0..3000_u32).map(|n| (n * 13 / 7) as u8).collect();
    let (mut sent, mut back) = (0, Vec::<u8>::new());
    for _ in 0..POLLS {
        if back.len() == data.len() {
            break;
        }
        let piece = &data[sent..data.len().min(sent + 37)];
        if let Some(n) = world.poll_and_drop(link.write(piece)) {
            // Unread data are no reason to give up.
            sent += n.unwrap_or(0);
        }
        let mut buf = [0; 61];
        if back.len() < sent
            && let Some(n) = world.poll_and_drop(link.read(&mut buf))
        {
            back.extend(&buf[..n.unwrap()]);
        }
        if back.len() < sent {
            let _ = world.poll_and_drop(link.flush());
        }
    }
    assert!(back == data && world.got() == data);
}

/// A connection that is given up at any of its polls leaves a modem that makes the next one.
#[test]
fn a_connection_that_is_given_up() {
    for polls in 0..200 {
        let world = World::echoing();
        world.be_shy();
        let mut modem = modem(&world);
        let is_made = {
            let target = Target::tcp(Host::new("198.51.100.9").unwrap(), 81);
            let mut future = Box::pin(modem.connect(&target));
            (0..polls).any(|_| world.poll_and_drop(future.as_mut()).is_some())
        };
        let mut link = world.run(modem.connect(&tcp())).unwrap();
        world.run(async {
            link.write_all(b"ping").await.unwrap();
            let mut back = [0; 4];
            link.read_exact(&mut back).await.unwrap();
            assert_eq!(&back, b"ping", "after {polls} polls");
            link.close().await.unwrap();
        });
        assert_eq!(world.got(), b"ping");
        if is_made {
            assert!(polls > 20, "it was made in {polls} polls");
            return;
        }
    }
    panic!("it was never made");
}

/// The same for a look-up.
#[test]
fn a_look_up_that_is_given_up() {
    let name = Host::new("example.com").unwrap();
    for polls in 0..200 {
        let world = World::echoing();
        world.be_shy();
        let mut modem = modem(&world);
        let is_made = {
            let mut future = Box::pin(modem.resolve(&name));
            (0..polls).any(|_| world.poll_and_drop(future.as_mut()).is_some())
        };
        let address = world.run(modem.resolve(&name));
        assert_eq!(address, Ok([198, 51, 100, 7].into()), "after {polls} polls");
        world.run(modem.connect(&tcp())).unwrap();
        if is_made {
            return;
        }
    }
    panic!("it was never made");
}

/// A close that is given up is done by the next one.
#[test]
fn a_close_that_is_given_up() {
    for polls in 0..100 {
        let world = World::echoing();
        world.be_shy();
        let mut modem = modem(&world);
        let is_done = {
            let mut link = world.run(modem.connect(&tcp())).unwrap();
            world.run(link.write_all(b"goodbye")).unwrap();
            let mut future = Box::pin(link.close());
            (0..polls).any(|_| world.poll_and_drop(future.as_mut()).is_some())
        };
        world.run(modem.close()).unwrap();
        assert_eq!(world.got(), b"goodbye", "after {polls} polls");
        assert!(world.said().ends_with("AT+CIPCLOSE\r"));
        if is_done {
            return;
        }
    }
    panic!("it was never done");
}

/// A datagram is sent once, when it was accepted; received, it is not lost.
#[test]
fn datagrams() {
    let world = World::echoing();
    world.be_shy();
    let mut modem = modem(&world);
    let mut socket = world.run(modem.udp(&udp())).unwrap();
    for n in 0..10_u8 {
        let datagram = [n; 50];
        // The first poll accepts it; what is left of the future only waits.
        assert!(world.poll_and_drop(socket.send(&datagram)).is_none());
        let mut buf = [0; 64];
        let came = insist!(world, socket.receive(&mut buf)).unwrap();
        assert_eq!((came.length, &buf[..50]), (50, &datagram[..]));
    }
    assert_eq!(world.got().len(), 500);
}
