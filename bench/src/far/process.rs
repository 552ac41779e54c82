//! Far ends that are programs of their own.

use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;

use super::StdioEnd;
use crate::cores::{self, Side};
use crate::dte::Dte;

/// A program that ends with this value.
pub(super) struct Process(pub(super) Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended already needs nothing.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program on the measured side's core; none when it is not installed.
pub(super) fn start(command: &mut Command) -> io::Result<Option<Process>> {
    // It inherits the core of the thread that starts it.
    let started = thread::scope(|scope| {
        let starter = scope.spawn(|| {
            cores::bind(Side::Measured)?;
            command.stdin(Stdio::null()).spawn()
        });
        starter
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the starting thread failed")))
    });
    match started {
        Ok(child) => Ok(Some(Process(child))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Starts this very program with an end on its standard input and output.
pub(super) fn on_stdio(end: StdioEnd) -> io::Result<(Dte, Process)> {
    let mut process = Process(
        Command::new(std::env::current_exe()?)
            .args(end.arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?,
    );
    let (Some(to), Some(from)) = (process.0.stdin.take(), process.0.stdout.take()) else {
        return Err(io::Error::other("a program was started without pipes"));
    };
    Ok((Dte::on_pipes(from.into(), to.into()), process))
}
