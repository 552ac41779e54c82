//! A module that takes its time.

use std::time::Duration;

use simless_driver::tokio::Modem;
use simless_driver::{Event, Step};
use simless_module::{KINGCOM_G3524, Scenario};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::prelude::{PORT, config, echo, linked, loopback, module, random, settings, watch};

/// Time is tokio's: where it is paused, the flow takes its seconds at once. The socket is real, and
/// a clock that jumps ahead of it would end the test's own patience; there is none here.
#[tokio::test(start_paused = true)]
async fn the_flow_takes_the_times_of_real_logs() {
    let mut config = config(Scenario::default());
    config.timing = KINGCOM_G3524.timing;
    let mut modem = Modem::new(module(config, PORT), settings());
    let seen = watch(&mut modem);
    let began = tokio::time::Instant::now();
    let (_link, _peer) = linked(&mut modem).await;
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(5), "{took:?}");
    assert!(took <= Duration::from_secs(60), "{took:?}");
    let seen = seen.lock().unwrap();
    let step = |wanted: Step| {
        let mut ended = seen.iter().filter_map(|event| match event {
            Event::StepEnded(step, Ok(()), took) if *step == wanted => Some(*took),
            _ => None,
        });
        ended.next_back().expect("the step ended well")
    };
    let network = step(Step::Attach) + step(Step::Activate) + step(Step::Connect);
    assert!(network >= took / 2, "{network:?} of {took:?}");
}

/// More than an hour of sends that take half a second each.
#[tokio::test(start_paused = true)]
async fn ten_megabytes_come_back_unchanged_with_real_times() {
    const MUCH: usize = 10 << 20;
    let mut config = config(Scenario::default());
    config.timing = KINGCOM_G3524.timing;
    let mut modem = Modem::new(module(config, PORT), settings());
    let (task, port) = echo().await;
    let link = modem.connect(loopback(), port).await.unwrap();
    let (mut reader, mut writer) = tokio::io::split(link);
    let data = random(31, MUCH);
    let mut back = vec![0; MUCH];
    let began = tokio::time::Instant::now();
    let (written, read) = tokio::join!(writer.write_all(&data), reader.read_exact(&mut back));
    written.unwrap();
    read.unwrap();
    assert!(back == data);
    let took = began.elapsed();
    assert!(took > Duration::from_secs(3000), "{took:?}");
    writer.shutdown().await.unwrap();
    assert_eq!(task.await.unwrap(), MUCH);
}
