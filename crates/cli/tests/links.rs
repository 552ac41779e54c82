//! Default links: where they stand, and that two modules have two.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Stdio;

use harness::{Simless, simless};

#[test]
fn several_modules_have_links_of_their_own() {
    let simless = Simless::run(&["--port", "pty", "--port", "pty"]);
    assert!(simless.link(0).ends_with("simless/ttySIM0"));
    assert!(simless.link(1).ends_with("simless/ttySIM1"));
    simless.open(0).ok("AT");
    simless.open(1).ok("AT");
}

/// Runs it with this folder for temporary files until its first line or its end.
fn in_temporary_folder(folder: &std::path::Path) -> (Option<i32>, String) {
    let output = simless(folder)
        .env_remove("XDG_RUNTIME_DIR")
        .env("TMPDIR", folder)
        .args(["run", "--port", "pty", "--port", "stdio"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output();
    let output = output.unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), stderr)
}

#[test]
fn a_folder_others_can_write_to_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let user = folder.path().metadata().unwrap().uid();
    let ours = folder.path().join(format!("simless-{user}"));
    std::fs::create_dir(&ours).unwrap();
    std::fs::set_permissions(&ours, Permissions::from_mode(0o777)).unwrap();
    let (code, stderr) = in_temporary_folder(folder.path());
    assert!(
        stderr.contains("not a folder that only you can write to"),
        "{stderr}"
    );
    assert_eq!(code, Some(3));

    std::fs::remove_dir(&ours).unwrap();
    symlink("/tmp", &ours).unwrap();
    let (code, stderr) = in_temporary_folder(folder.path());
    assert!(
        stderr.contains("not a folder that only you can write to"),
        "{stderr}"
    );
    assert_eq!(code, Some(3));
}
