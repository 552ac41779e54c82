//! Modules that all work at once: each has its DTE, and a link to an echo server.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use super::dte::Dte;
use super::echo::Echo;
use super::program::{Kind, Program, worked};
use crate::pattern::Pattern;

/// Bytes of a short message, and of a long one: what fits into a send.
pub(crate) const SHORT: usize = 64;
pub(crate) const LONG: usize = 1460;

/// Until everybody is at work, nothing counts.
const WARM_UP: Duration = Duration::from_millis(500);

/// What is under way at the end must be there by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// What so many modules did in one pass.
#[derive(Clone)]
pub(crate) struct Busy {
    /// Connections per second, all opened at once.
    pub(crate) connects: f64,
    /// Short messages per second, there and back.
    pub(crate) trips: f64,
    /// Their times in ms.
    pub(crate) median: f64,
    pub(crate) p99: f64,
    /// MB/s of long messages, in each direction.
    pub(crate) stream: f64,
    /// Who worked how much meanwhile.
    pub(crate) trips_cpu: Shares,
    pub(crate) stream_cpu: Shares,
    /// KiB of a module that has been at work, beside the idle ones.
    pub(crate) memory: f64,
}

impl Busy {
    /// Microseconds of a short message, there and back.
    pub(crate) fn per_trip(&self) -> Shares {
        self.trips_cpu.per(self.trips)
    }

    /// Microseconds of a long one.
    pub(crate) fn per_send(&self) -> Shares {
        self.stream_cpu.per(self.stream * 1e6 / LONG as f64)
    }
}

impl Shares {
    fn per(self, rate: f64) -> Self {
        Self {
            simless: 1e6 * self.simless / rate,
            load: 1e6 * self.load / rate,
        }
    }
}

/// Shares of a core.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    pub(crate) simless: f64,
    pub(crate) load: f64,
}

pub(crate) async fn measure(path: &Path, modules: usize, window: Duration) -> io::Result<Busy> {
    let program = Program::start(path, Kind::Tcp, modules)?;
    let idle = program.resident()?;
    let echo = Echo::open(false).await?;
    let pattern = Arc::new(Pattern::new());
    let mut dtes = Vec::new();
    for place in &program.places {
        dtes.push(Dte::connect(place, Arc::clone(&pattern)).await?);
    }
    let (mut dtes, connects) = connects(dtes, &echo).await?;

    let (begin, end) = (Instant::now() + WARM_UP, Instant::now() + WARM_UP + window);
    let cpu = tokio::spawn(watch(program.id(), begin, end));
    let done = all(dtes, |_, dte| dte.trips(SHORT, end)).await?;
    let trips_cpu = cpu.await.map_err(io::Error::other)??;
    let mut times = Vec::new();
    dtes = Vec::new();
    for (dte, trips) in done {
        dtes.push(dte);
        let counted = trips
            .into_iter()
            .filter(|(at, _)| (begin..end).contains(at));
        times.extend(counted.map(|(_, micros)| f64::from(micros) / 1000.0));
    }
    times.sort_by(f64::total_cmp);

    let (begin, end) = (Instant::now() + WARM_UP, Instant::now() + WARM_UP + window);
    let cpu = tokio::spawn(watch(program.id(), begin, end));
    let done = all(dtes, |_, dte| dte.stream(LONG, begin, end)).await?;
    let stream_cpu = cpu.await.map_err(io::Error::other)??;
    let bytes: usize = done.iter().map(|(_, bytes)| bytes).sum();
    Ok(Busy {
        connects,
        trips: times.len() as f64 / window.as_secs_f64(),
        median: quantile(&times, 0.5),
        p99: quantile(&times, 0.99),
        stream: bytes as f64 / window.as_secs_f64() / 1e6,
        trips_cpu,
        stream_cpu,
        memory: (program.resident()? - idle) / modules as f64,
    })
}

/// Opens all links at once, several times; the median of connections per second.
async fn connects(mut dtes: Vec<Dte>, echo: &Echo) -> io::Result<(Vec<Dte>, f64)> {
    let rounds = (2000 / dtes.len()).clamp(3, 50);
    let mut rates = Vec::new();
    for round in 0..rounds {
        if round > 0 {
            dtes = all(dtes, |_, dte| dte.close_link()).await?;
        }
        let (count, start) = (dtes.len() as f64, Instant::now());
        dtes = all(dtes, |number, dte| dte.open_link(echo.address(number))).await?;
        rates.push(count / start.elapsed().as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    Ok((dtes, quantile(&rates, 0.5)))
}

/// All of them do something at once.
async fn all<F, T>(dtes: Vec<Dte>, something: impl Fn(usize, Dte) -> F) -> io::Result<Vec<T>>
where
    F: Future<Output = io::Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let mut work = JoinSet::new();
    for (number, dte) in dtes.into_iter().enumerate() {
        work.spawn(something(number, dte));
    }
    let mut done = Vec::new();
    let finished = async {
        while let Some(one) = work.join_next().await {
            done.push(one.map_err(io::Error::other)??);
        }
        Ok(())
    };
    match timeout(PATIENCE, finished).await {
        Ok(finished) => finished.map(|()| done),
        Err(_) => Err(io::Error::other("bytes were lost, or all are too slow")),
    }
}

/// Who works how much between these two.
async fn watch(simless: u32, begin: Instant, end: Instant) -> io::Result<Shares> {
    let look = || {
        Ok::<_, io::Error>((
            Instant::now(),
            worked(simless)?,
            worked(std::process::id())?,
        ))
    };
    sleep_until(begin.into()).await;
    let (start, simless_before, load_before) = look()?;
    sleep_until(end.into()).await;
    let (end, simless, load) = look()?;
    let time = (end - start).as_secs_f64();
    Ok(Shares {
        simless: (simless - simless_before).as_secs_f64() / time,
        load: (load - load_before).as_secs_f64() / time,
    })
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    match sorted.len() {
        0 => f64::NAN,
        n => sorted[((n as f64 * share) as usize).min(n - 1)],
    }
}
