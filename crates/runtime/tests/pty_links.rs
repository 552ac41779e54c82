//! Links to PTYs: when one is made, replaced, left alone and taken away.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::OpenOptions;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::termios::{InputModes, LocalModes, OutputModes, tcgetattr};
use simless_runtime::{Address, Endpoint, Port};

fn open(link: &Path) -> Result<Port, String> {
    let link = Some(link.to_path_buf());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let port = runtime.block_on(Port::open(&Endpoint::Pty { link }));
    // The port stays registered with the runtime, which these tests do not need any more.
    std::mem::forget(runtime);
    port.map_err(|error| error.to_string())
}

fn path(port: &Port) -> PathBuf {
    match port.address() {
        Address::Pty { path, .. } => path,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_is_made_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let port = open(&link).unwrap();
    assert_eq!(link.read_link().unwrap(), path(&port));
    drop(port);
    assert!(link.symlink_metadata().is_err());
}

#[test]
fn a_dangling_link_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    symlink("/dev/pts/no-such-terminal", &link).unwrap();
    let port = open(&link).unwrap();
    assert_eq!(link.read_link().unwrap(), path(&port));
}

#[test]
fn what_leads_elsewhere_or_is_no_link_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    symlink("/dev/null", &link).unwrap();
    let error = open(&link).err().unwrap();
    assert!(error.contains("exists already"), "{error}");
    assert_eq!(link.read_link().unwrap(), Path::new("/dev/null"));

    let file = folder.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    assert!(open(&file).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
}

#[test]
fn a_link_another_module_has_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let first = open(&link).unwrap();
    assert!(open(&link).is_err());
    assert_eq!(link.read_link().unwrap(), path(&first));
}

#[test]
fn a_link_that_became_somebody_elses_is_not_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let port = open(&link).unwrap();
    std::fs::remove_file(&link).unwrap();
    symlink("/dev/null", &link).unwrap();
    drop(port);
    assert_eq!(link.read_link().unwrap(), Path::new("/dev/null"));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_the_link() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("none/modem");
    let error = open(&link).err().unwrap();
    assert!(error.contains(&link.display().to_string()), "{error}");
}

#[test]
fn the_terminal_is_raw_and_silent() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("modem");
    let _port = open(&link).unwrap();
    let tty = OpenOptions::new().read(true).open(&link).unwrap();
    let settings = tcgetattr(&tty).unwrap();
    let local = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN;
    assert!(!settings.local_modes.intersects(local));
    assert!(!settings.output_modes.contains(OutputModes::OPOST));
    assert!(
        !settings
            .input_modes
            .intersects(InputModes::ICRNL | InputModes::IXON)
    );
}
