//! hyper, unmodified, through the module: a client here, a server on loopback.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;

use crate::prelude::{loopback, modem, random, server, soon, works};

/// Sends back what it got, behind the path.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let answer = [path.as_bytes(), &body].concat();
    Ok(Response::new(Full::new(answer.into())))
}

#[tokio::test]
async fn an_http_client_talks_to_an_http_server() {
    soon(async {
        let (listener, port) = server().await;
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let service = hyper::server::conn::http1::Builder::new();
            service
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await
        });
        let mut modem = modem();
        let link = modem.connect(loopback(), port).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(link))
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        // Several on one connection, from nothing to far more than one send.
        for (path, length) in [("/a", 0), ("/b", 1), ("/c", 1460), ("/d", 300_000)] {
            let body = random(9, length);
            let request = Request::post(path)
                .header("host", "example.com")
                .body(Full::<Bytes>::new(body.clone().into()))
                .unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let answer = response.into_body().collect().await.unwrap().to_bytes();
            assert!(answer == [path.as_bytes(), &body].concat());
        }
        drop(sender);
        connection.await.unwrap().unwrap();
        serving.await.unwrap().unwrap();
        works(&mut modem).await;
    })
    .await;
}
