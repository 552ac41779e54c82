//! The other end of a port: a host that wants to reach a module.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::{OpenError, serial};
use crate::Endpoint;

/// A host's stream of bytes: to and from a module, or standard input and output.
pub struct Line(Box<dyn Stream>);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Line {
    /// Any stream, such as the other end of the one in [`Port::of_stream`](super::Port::of_stream).
    pub fn of_stream(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self(Box::new(stream))
    }
}

/// Reaches the module at an endpoint: connects to a TCP port or a socket file, opens a serial
/// device or the terminal that a `pty:LINK` names. Needs a tokio runtime around it.
///
/// # Errors
/// When nobody is there, it can't be used, or no other program can be at such an endpoint.
pub async fn dial(endpoint: &Endpoint) -> Result<Line, DialError> {
    Ok(Line(match endpoint {
        Endpoint::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port)).await;
            let stream = stream.map_err(|error| DialError::reaching(endpoint, error))?;
            // Without it a command waits until the network has a full packet.
            let _ = stream.set_nodelay(true);
            Box::new(stream)
        }
        Endpoint::Unix { path } => {
            let stream = UnixStream::connect(path).await;
            Box::new(stream.map_err(|error| DialError::reaching(endpoint, error))?)
        }
        Endpoint::Pty { link: Some(path) } => {
            let stream = serial::open_terminal(path)?;
            Box::new(stream.ok_or_else(|| DialError::NotThere(path.clone()))?)
        }
        Endpoint::Serial { device, baud } => {
            let stream = serial::open(device, *baud)?;
            Box::new(stream.ok_or_else(|| DialError::NotThere(device.clone()))?)
        }
        Endpoint::Pty { link: None } | Endpoint::Stdio => {
            return Err(DialError::NoPlace(endpoint.to_string()));
        }
    }))
}

/// Why no module could be reached.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// Nobody listens there, or it can't be reached.
    #[error("nobody can be reached at {place}; start a module there: simless run --port {place}")]
    Reaching {
        /// The endpoint.
        place: String,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The device or terminal does not exist.
    #[error("{} is not there", .0.display())]
    NotThere(PathBuf),
    /// `pty` and `stdio` name no place.
    #[error("'{0}' names no module; write pty:PATH, serial:DEV,BAUD, tcp:HOST:PORT or unix:PATH")]
    NoPlace(String),
    /// The device can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl DialError {
    fn reaching(endpoint: &Endpoint, error: io::Error) -> Self {
        Self::Reaching {
            place: endpoint.to_string(),
            error,
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
