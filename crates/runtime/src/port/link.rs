//! The link that leads to a PTY: its own number changes from run to run, a link does not.

use std::env;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// How many default links are tried before we give up: as many as there are PTYs.
const MOST: u32 = 4096;

/// The default links before this one were in use when we looked. Without it each of a thousand PTYs
/// would try the links of all before it.
static FREE: AtomicU32 = AtomicU32::new(0);

/// A symbolic link. Dropping it takes it away when it is still ours.
pub(super) struct Link {
    path: PathBuf,
    target: PathBuf,
    /// Which of the default ones it is.
    number: Option<u32>,
}

impl Link {
    /// Makes a link to `target`: the one that is wanted, or the first free one of the default ones.
    pub(super) fn make(target: &Path, wanted: Option<&Path>) -> Result<Self, LinkError> {
        let made = |path: PathBuf, number| Self {
            path,
            target: target.into(),
            number,
        };
        if let Some(path) = wanted {
            return match place(target, path).map_err(|error| LinkError::new(path, error))? {
                Placed::Done => Ok(made(path.into(), None)),
                Placed::InUse => Err(LinkError::InUse(path.into())),
            };
        }
        let folder = default_folder()?;
        let free = FREE.load(Ordering::Relaxed);
        for number in (free..MOST).chain(0..free) {
            let path = folder.join(format!("ttySIM{number}"));
            if let Placed::Done =
                place(target, &path).map_err(|error| LinkError::new(&path, error))?
            {
                FREE.store(number + 1, Ordering::Relaxed);
                return Ok(made(path, Some(number)));
            }
        }
        Err(LinkError::InUse(folder))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if std::fs::read_link(&self.path).is_ok_and(|target| target == self.target) {
            // Somebody else may be quicker; then it is gone, too.
            let _ = std::fs::remove_file(&self.path);
        }
        if let Some(number) = self.number {
            FREE.fetch_min(number, Ordering::Relaxed);
        }
    }
}

enum Placed {
    Done,
    InUse,
}

/// Puts a link there, in the place of a dangling one or one that leads to `target` already, as
/// after a run that was killed and whose PTY's number is now ours.
fn place(target: &Path, path: &Path) -> io::Result<Placed> {
    for _ in 0..3 {
        match symlink(target, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|()| Placed::Done),
        }
        match std::fs::read_link(path) {
            Ok(other) if other == target || dangling(path) => match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
            Ok(_) => return Ok(Placed::InUse),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // It is no link at all.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(Placed::InUse),
            Err(error) => return Err(error),
        }
    }
    Ok(Placed::InUse)
}

fn dangling(path: &Path) -> bool {
    std::fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// `$XDG_RUNTIME_DIR/simless`, else a folder of the user's own in the folder for temporary files.
fn default_folder() -> Result<PathBuf, LinkError> {
    let user = rustix::process::geteuid().as_raw();
    let (folder, shared) = match env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from) {
        Some(runtime) if runtime.is_absolute() && runtime.is_dir() => {
            (runtime.join("simless"), false)
        }
        _ => (env::temp_dir().join(format!("simless-{user}")), true),
    };
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(|error| LinkError::new(&folder, error))?,
    }
    if shared {
        // Anybody can make a folder of this name there, or a link that leads elsewhere.
        let found =
            std::fs::symlink_metadata(&folder).map_err(|error| LinkError::new(&folder, error))?;
        if !found.is_dir() || found.uid() != user || found.mode() & 0o022 != 0 {
            return Err(LinkError::NotOurs(folder));
        }
    }
    Ok(folder)
}

/// Why there is no link to a PTY.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Something else stands there.
    #[error(
        "{} exists already and leads elsewhere; remove it, or name another link with pty:LINK",
        .0.display()
    )]
    InUse(PathBuf),
    /// The folder for default links could be somebody else's.
    #[error(
        "{} is not a folder that only you can write to; remove it, or name a link with pty:LINK",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// The system refused.
    #[error("the link {} cannot be made", .path.display())]
    Io {
        /// The link or its folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
}

impl LinkError {
    fn new(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.into(),
            error,
        }
    }
}
