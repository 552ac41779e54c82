//! More PTYs than a user may have instances of inotify.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod harness;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;

use harness::Simless;
use rustix::fs::OFlags;

fn setting(name: &str) -> usize {
    let path = format!("/proc/sys/{name}");
    std::fs::read_to_string(path)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// More than there are instances, where the machine has so many PTYs for us.
fn count() -> Option<usize> {
    let wanted = setting("fs/inotify/max_user_instances") + 20;
    let free = setting("kernel/pty/max")
        .checked_sub(setting("kernel/pty/reserve") + setting("kernel/pty/nr"));
    // What waits for a stderr that is not read fast enough is bounded.
    (wanted <= 250 && free.is_some_and(|free| free > wanted + 50)).then_some(wanted)
}

#[test]
fn all_notice_who_leaves() {
    let Some(count) = count() else {
        println!("skipped: this machine has too few PTYs, or too many instances of inotify");
        return;
    };
    let mut simless = Simless::run(&["-v", "--count", &count.to_string()]);
    let open = |number| {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options.custom_flags(OFlags::NOCTTY.bits().cast_signed());
        options.open(simless.link(number)).unwrap()
    };
    let dtes: Vec<File> = (0..count).map(open).collect();
    for (number, dte) in dtes.into_iter().enumerate() {
        let link = simless.link(number).display().to_string();
        drop(dte);
        simless.expect_stderr(&format!("{link}: the DTE has left"));
    }
    simless.open(count - 1).ok("AT");
}
