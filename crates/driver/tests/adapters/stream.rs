//! Async programs.
//!
//! covers: H14 H18 H19 H20

use std::time::Duration;

use embedded_io_async::{Read, Write};
use simless_driver::adapter::Error;
use simless_driver::adapter::asynchronous::Modem;
use simless_driver::{Failure, Host, LinkError, Notice, SendForm, Step};
use simless_module::{Control, Fault, FaultKind};

use crate::world::{World, settings, tcp, udp};

fn modem(world: &World) -> Modem<World, World, 1024, 512> {
    Modem::new(world.clone(), world.clone(), settings())
}

#[test]
fn what_is_written_comes_back() {
    let world = World::echoing();
    let data: Vec<u8> = (0..3000_u32).map(|n| (n / 7) as u8).collect();
    world.run(async {
        let mut modem = modem(&world);
        let mut link = modem.connect(&tcp()).await.unwrap();
        for piece in data.chunks(300) {
            link.write_all(piece).await.unwrap();
            link.flush().await.unwrap();
            let mut back = [0; 300];
            link.read_exact(&mut back).await.unwrap();
            assert_eq!(back, piece);
        }
        link.close().await.unwrap();
        assert!(world.said().ends_with("AT+CIPCLOSE\r"));
    });
    assert_eq!(world.got(), data);
}

#[test]
fn names_and_datagrams() {
    let world = World::echoing();
    world.run(async {
        let mut modem = modem(&world);
        let name = Host::new("example.com").unwrap();
        assert_eq!(modem.resolve(&name).await, Ok([198, 51, 100, 7].into()));
        let mut socket = modem.udp(&udp()).await.unwrap();
        socket.send(b"question").await.unwrap();
        let mut answer = [0; 64];
        assert_eq!(socket.receive(&mut answer).await.unwrap().length, 8);
        socket.close().await.unwrap();
        let wrong = modem.connect(&udp()).await.err();
        assert_eq!(wrong, Some(Error::Unsupported));
    });
}

/// Deadlines are met to the moment: the timer, not a poll, wakes the driver.
#[test]
fn a_step_fails_after_thirty_seconds() {
    let world = World::echoing();
    let mut fault = Fault::new(FaultKind::NoFinal);
    fault.attributes.command = Some("+CGATT".into());
    world.control(Control::Fault(Box::new(fault)));
    let mut settings = settings();
    settings.patience.attempts = 1;
    let mut modem = Modem::<_, _, 1024, 512>::new(world.clone(), world.clone(), settings);
    let error = world.run(async { modem.connect(&tcp()).await.err() });
    let Some(Error::Connect(error)) = error else {
        panic!("{error:?}");
    };
    assert_eq!((error.step, error.kind), (Step::Attach, Failure::Silent));
    let late = error.took.saturating_sub(Duration::from_secs(30));
    assert!(late < Duration::from_millis(10), "{:?}", error.took);
}

/// A stream whose send failed is broken, and says so until it is closed.
#[test]
fn a_failed_send_breaks_a_stream() {
    let world = World::echoing();
    world.run(async {
        let mut modem = modem(&world);
        let mut link = modem.connect(&tcp()).await.unwrap();
        link.write_all(b"first").await.unwrap();
        link.flush().await.unwrap();
        let mut fault = Fault::new(FaultKind::CmeError);
        fault.times = Some(1);
        world.control(Control::Fault(Box::new(fault)));
        link.write_all(b"second").await.unwrap();
        let Err(Error::Link(LinkError::Send(failed))) = link.flush().await else {
            panic!("it was sent");
        };
        assert_eq!((failed.accepted, failed.in_doubt), (5, 0));
        assert!(link.write(b"third").await.is_err());
        assert!(link.close().await.is_err());
        modem.connect(&tcp()).await.unwrap();
    });
    assert_eq!(world.got(), b"first");
}

/// What the Ctrl+Z form can't carry is refused before a byte of it is accepted (H17).
#[test]
fn what_can_not_travel_is_refused() {
    let world = World::echoing();
    let mut settings = settings();
    settings.send_form = SendForm::CtrlZ {
        refuses_nul: false,
        refuses_backspace: false,
    };
    world.run(async {
        let mut modem = Modem::<_, _, 1024, 512>::new(world.clone(), world.clone(), settings);
        let mut link = modem.connect(&tcp()).await.unwrap();
        assert!(link.write(b"a\x1ab").await.is_err());
        link.write_all(b"text").await.unwrap();
        link.flush().await.unwrap();
    });
    assert_eq!(world.got(), b"text");
}

/// Who watches sees the URCs, and the application does not.
#[test]
fn who_watches() {
    thread_local! {
        static SEEN: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    let world = World::echoing();
    world.run(async {
        let mut modem = modem(&world);
        modem.session().watch(|notice| {
            if let Notice::Urc("+CTZV:17/01/08") = notice {
                SEEN.set(SEEN.get() + 1);
            }
        });
        let mut link = modem.connect(&tcp()).await.unwrap();
        world.control(Control::Urc("+CTZV:17/01/08".into()));
        link.write_all(b"ping").await.unwrap();
        let mut back = [0; 4];
        link.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, b"ping");
    });
    assert_eq!(SEEN.get(), 1);
}
