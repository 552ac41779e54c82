//! A recording never slows a module down.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use simless_at::Instant;
use simless_module::KINGCOM_G3524;
use simless_runtime::Recording;
use simless_trace::{Direction, Header, Line, Observer, Step, TimingName};

fn data(bytes: usize) -> Step {
    Step::Uart {
        dir: Direction::Down,
        data: vec![b'K'; bytes],
    }
}

/// A disk that takes nothing: a pipe that is not read.
fn stuck() -> (tempfile::TempDir, PathBuf, BufReader<File>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.jsonl");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, 0o600.into()).unwrap();
    // For both: else opening it waits for the other end.
    let pipe = File::options().read(true).write(true).open(&path).unwrap();
    (folder, path, BufReader::new(pipe))
}

fn steps(pipe: &mut BufReader<File>) -> impl Iterator<Item = Step> {
    pipe.lines()
        .filter_map(|line| match Line::parse(&line.unwrap()) {
            Ok(Line::Record(record)) => Some(record.step),
            Ok(Line::Header(_)) => None,
            Err(error) => panic!("{error}"),
        })
}

#[test]
fn what_the_disk_does_not_take_is_dropped_and_counted() {
    let (_folder, path, mut pipe) = stuck();
    let recording = Recording::start(&[path], |_| {}).unwrap();
    let header = Header::new(0, &KINGCOM_G3524, TimingName::Immediate);
    let mut recorder = recording.recorder(header);
    // More than may wait, by far, and none of these waits for the disk.
    let all = 4_000;
    for _ in 0..all {
        recorder.step(Instant::ZERO, data(16 * 1024));
    }
    // The disk takes again.
    let mut kept = 0;
    let lost = steps(&mut pipe)
        .find_map(|step| {
            if kept % 100 == 99 {
                recorder.step(Instant::ZERO, data(1));
            }
            kept += 1;
            match step {
                Step::Lost { steps } => Some(steps),
                _ => None,
            }
        })
        .unwrap();
    assert!(lost > 0);
    // The gap stands where the steps are missing: all before it were kept.
    assert!(kept > 100, "{kept} steps were kept");
    assert!(kept - 1 + lost >= all, "{kept} kept, {lost} lost");
}

#[test]
fn a_disk_that_takes_nothing_does_not_keep_the_program_from_ending() {
    let (_folder, path, _pipe) = stuck();
    let recording = Recording::start(&[path], |_| {}).unwrap();
    let header = Header::new(0, &KINGCOM_G3524, TimingName::Immediate);
    let mut recorder = recording.recorder(header);
    // More lines than may wait, and more than fits a pipe.
    for _ in 0..20_000 {
        recorder.step(Instant::ZERO, data(16));
    }
    let (ended, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || ended.send(recording.finish()));
    let lost = end.recv_timeout(std::time::Duration::from_secs(30));
    assert!(lost.expect("it ends") > 0);
}

#[test]
fn a_pipe_that_nobody_reads_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.txt");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, 0o600.into()).unwrap();
    let (started, start) = std::sync::mpsc::channel();
    std::thread::spawn(move || started.send(Recording::start(&[path], |_| {}).err()));
    let error = start.recv_timeout(std::time::Duration::from_secs(30));
    let error = error.expect("it says so at once").unwrap();
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "nobody reads this pipe");
}

#[test]
fn a_file_that_cannot_be_made_is_an_error() {
    let missing = PathBuf::from("/nowhere/trace.txt");
    let error = Recording::start(&[missing], |_| {}).err().unwrap();
    assert_eq!(
        error.to_string(),
        "the trace /nowhere/trace.txt cannot be written"
    );
}

#[test]
fn a_full_disk_ends_the_trace_and_nothing_else() {
    let (complaints, heard) = std::sync::mpsc::channel();
    let full = PathBuf::from("/dev/full");
    let recording = Recording::start(&[full], move |error| {
        complaints.send(error.to_string()).unwrap();
    })
    .unwrap();
    let mut recorder = recording.recorder(Header::new(0, &KINGCOM_G3524, TimingName::Immediate));
    recorder.step(Instant::ZERO, Step::Time);
    drop(recorder);
    assert_eq!(recording.finish(), 0);
    let said: Vec<String> = heard.iter().collect();
    assert_eq!(said, ["the trace /dev/full cannot be written"]);
}
