//! Clients of a network stack.
//!
//! covers: G4.10 G9.2

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use embedded_io_async::{Error as _, ErrorKind, Read, Write};
use embedded_nal_async::{AddrType, ConnectedUdp, Dns, TcpConnect, UdpStack};
use simless_driver::adapter::Error;
use simless_driver::adapter::asynchronous::Modem;
use simless_driver::adapter::nal::Stack;

use crate::world::{Server, World, settings};

fn stack(world: &World) -> Stack<World, World, 1024, 512> {
    Stack::new(Modem::new(world.clone(), world.clone(), settings()))
}

fn remote(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::new(198, 51, 100, 7).into(), port)
}

/// A client that knows two traits and nothing else.
async fn get(
    stack: &(impl TcpConnect + Dns),
    host: &str,
    into: &mut Vec<u8>,
) -> Result<(), ErrorKind> {
    let address = stack.get_host_by_name(host, AddrType::IPv4).await;
    let address = address.map_err(|_| ErrorKind::NotFound)?;
    let connection = stack.connect(SocketAddr::new(address, 80)).await;
    let mut connection = connection.map_err(|error| error.kind())?;
    let request = format!("GET /page HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let sent = connection.write_all(request.as_bytes()).await;
    sent.map_err(|error| error.kind())?;
    connection.flush().await.map_err(|error| error.kind())?;
    let mut buf = [0; 128];
    loop {
        match connection.read(&mut buf).await {
            Ok(0) => return Ok(()),
            Ok(n) => into.extend(&buf[..n]),
            Err(error) => return Err(error.kind()),
        }
        // The length of a body ends an answer that keeps its connection.
        if into.ends_with(b"</html>") {
            return Ok(());
        }
    }
}

fn page() -> Vec<u8> {
    let body: String = (0..200).map(|n| format!("<p>line {n}</p>\r\n")).collect();
    let body = format!("<html>{body}</html>");
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

/// Answers a whole request with a page.
fn http() -> Server {
    let mut request = Vec::new();
    Box::new(move |bytes| {
        request.extend(bytes);
        match request.ends_with(b"\r\n\r\n") {
            true => page(),
            false => Vec::new(),
        }
    })
}

#[test]
fn a_page() {
    let world = World::serving(http);
    let stack = stack(&world);
    // Twice: the first connection was dropped, and is closed for the second.
    for _ in 0..2 {
        let mut answer = Vec::new();
        world.run(get(&stack, "example.com", &mut answer)).unwrap();
        assert_eq!(answer, page());
    }
    let said = world.said();
    assert_eq!(said.matches("AT+CDNSGIP=\"example.com\"\r").count(), 2);
    assert_eq!(said.matches("AT+CIPCLOSE\r").count(), 1, "{said}");
    assert_eq!(
        said.matches("AT+CIPHEAD=1;+CIPSTART=\"TCP\",\"198.51.100.7\",80\r")
            .count(),
        2
    );
}

#[test]
fn errors_that_a_client_understands() {
    let world = World::serving(http);
    let stack = stack(&world);
    let mut answer = Vec::new();
    world.refuse();
    let refused = world.run(get(&stack, "198.51.100.7", &mut answer));
    assert_eq!(refused, Err(ErrorKind::ConnectionRefused));
    world.resolve_nothing();
    let unknown = world.run(get(&stack, "example.com", &mut answer));
    assert_eq!(unknown, Err(ErrorKind::NotFound));
}

#[test]
fn one_connection_at_a_time() {
    let world = World::echoing();
    let stack = stack(&world);
    world.run(async {
        let mut first = TcpConnect::connect(&stack, remote(80)).await.unwrap();
        let second = TcpConnect::connect(&stack, remote(81)).await.err();
        assert_eq!(second, Some(Error::InUse));
        assert_eq!(second.unwrap().kind(), ErrorKind::AddrInUse);
        let name = stack
            .get_host_by_name("example.com", AddrType::Either)
            .await;
        assert_eq!(name, Err(Error::InUse));
        // It has not suffered.
        first.write_all(b"ping").await.unwrap();
        first.flush().await.unwrap();
        let mut back = [0; 4];
        first.read_exact(&mut back).await.unwrap();
        first.close().await.unwrap();
        TcpConnect::connect(&stack, remote(81)).await.unwrap();
        stack.close().await.unwrap();
    });
    assert!(world.said().ends_with("AT+CIPCLOSE\r"));
}

#[test]
fn names() {
    let world = World::echoing();
    let stack = stack(&world);
    world.run(async {
        let literal = stack.get_host_by_name("192.0.2.1", AddrType::IPv4).await;
        assert_eq!(literal, Ok(IpAddr::from([192, 0, 2, 1])));
        let other = stack.get_host_by_name("192.0.2.1", AddrType::IPv6).await;
        assert_eq!(other, Err(Error::NotResolved));
        assert_eq!(world.said(), "", "a literal needs no module");
        let name = stack
            .get_host_by_name("example.com", AddrType::Either)
            .await;
        assert_eq!(name, Ok(IpAddr::from([198, 51, 100, 7])));
        let bad = stack.get_host_by_name("a\"b", AddrType::Either).await;
        assert_eq!(bad, Err(Error::BadName));
        let address = stack
            .get_host_by_address(remote(0).ip(), &mut [0; 255])
            .await;
        assert_eq!(address, Err(Error::Unsupported));
    });
}

#[test]
fn datagrams() {
    let world = World::echoing();
    let stack = stack(&world);
    world.run(async {
        let (local, mut socket) = UdpStack::connect(&&stack, remote(53)).await.unwrap();
        assert!(local.ip().is_unspecified() && local.port() == 0);
        socket.send(b"question").await.unwrap();
        let mut buf = [0; 4];
        assert_eq!(socket.receive_into(&mut buf).await, Ok(8), "cut, and told");
        assert_eq!(&buf, b"ques");
        assert!(matches!(socket.send(&[0; 600]).await, Err(Error::Link(_))));
        drop(socket);
        let bound = (&stack).bind_single(remote(0)).await.err();
        assert_eq!(bound, Some(Error::Unsupported));
        let local = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 5000);
        let bound = (&stack).connect_from(local, remote(53)).await.err();
        assert_eq!(bound, Some(Error::Unsupported));
    });
}

/// A future that is dropped on its way leaves the stack free.
#[test]
fn a_connection_that_is_given_up() {
    let world = World::echoing();
    world.be_shy();
    let stack = stack(&world);
    assert!(
        world
            .poll_and_drop(TcpConnect::connect(&stack, remote(80)))
            .is_none()
    );
    world.run(async {
        let mut connection = TcpConnect::connect(&stack, remote(81)).await.unwrap();
        connection.write_all(b"x").await.unwrap();
        connection.close().await.unwrap();
    });
    assert_eq!(world.got(), b"x");
    assert!(!world.said().contains(",80\r"));
}
