//! Files: the one place that writes them, whole or not at all, and the one that reads what strangers wrote.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use crate::{Error, Result};

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;

/// What is being written beside its place right now.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is half written, and keeps everything else from being written as long as the guard lives: for a program
/// that is about to end.
#[must_use]
pub fn abandon() -> impl Sized {
    let mut paths = unfinished();
    for path in std::mem::take(&mut *paths) {
        // Whoever ends has nobody left to tell.
        let _ = fs::remove_file(path);
    }
    paths
}

/// Replaces a file all at once: written beside it, flushed to the disk, renamed. Whatever fails, what was there stays.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = NewFile::create(path)?;
    file.write_all(bytes).map_err(|e| Error::io(path, e))?;
    file.put_in_place()
}

/// Writes several files that belong together: all of them are on the disk before the first one is put in its place.
///
/// # Errors
/// [`Error::Io`] that names the file.
pub fn write_all(files: &[(&Path, &[u8])]) -> Result<()> {
    let mut written = Vec::with_capacity(files.len());
    for (path, bytes) in files {
        let mut file = NewFile::create(path)?;
        file.write_all(bytes).and_then(|()| file.sync()).map_err(|e| Error::io(path, e))?;
        written.push(file);
    }
    written.into_iter().try_for_each(NewFile::put_in_place)
}

/// Makes sure that a file can be written there, before the work for it begins; nothing is left behind.
///
/// # Errors
/// As [`NewFile::create`].
pub fn check(path: &Path) -> Result<()> {
    NewFile::create(path).map(drop)
}

/// A file that becomes visible when it is complete; dropped before that, it leaves nothing.
#[derive(Debug)]
pub struct NewFile {
    /// As the user named it.
    name: PathBuf,
    /// The same, links followed.
    path: PathBuf,
    to: Place,
}

#[derive(Debug)]
enum Place {
    /// Beside the file that it will be; empty once it is that file.
    Beside(Option<NamedTempFile>),
    /// A device can't be replaced: `/dev/null` takes what it is given.
    Device(File),
}

impl NewFile {
    /// Begins a file.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder is not there or can't be written, or the file is a folder, a pipe or write-protected.
    pub fn create(path: &Path) -> Result<Self> {
        let refuse = |kind: io::ErrorKind, why: String| Err(Error::io(path, io::Error::new(kind, why)));
        let target = target_of(path);
        let there = fs::metadata(&target).ok();
        match &there {
            Some(there) if there.is_dir() => {
                return refuse(io::ErrorKind::IsADirectory, "is a folder; name a file in it".into());
            }
            Some(there) if is_device(there) => {
                let file = File::options().write(true).open(&target).map_err(|e| Error::io(path, e))?;
                return Ok(Self { name: path.to_owned(), path: target, to: Place::Device(file) });
            }
            Some(there) if !there.is_file() => {
                return refuse(io::ErrorKind::InvalidInput, "is a pipe or a socket, not a file".into());
            }
            Some(there) if there.permissions().readonly() => {
                return refuse(io::ErrorKind::PermissionDenied, "is write-protected".into());
            }
            _ => {}
        }
        let folder = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.exists() {
            return refuse(io::ErrorKind::NotFound, format!("there is no folder {}", folder.display()));
        }
        let prefix = format!(".{}.", target.file_name().unwrap_or_default().to_string_lossy());
        let mut builder = tempfile::Builder::new();
        // A name has at most 255 bytes.
        let prefix: String = prefix.chars().take(48).collect();
        builder.prefix(&prefix).suffix(".part");
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
            // As any file is created, within what the user's umask allows; a file that is replaced keeps its own.
            options.mode(there.as_ref().map_or(0o666, |there| there.permissions().mode() & 0o777));
        }
        let mut paths = unfinished();
        // What the system said: the error of the library names the random name beside.
        let mut said = None;
        let made = builder
            .make_in(&folder, |beside| options.open(beside).inspect_err(|error| said = error.raw_os_error()));
        let file = made.map_err(|e| Error::io(path, said.map_or(e, io::Error::from_raw_os_error)))?;
        paths.insert(file.path().to_owned());
        Ok(Self { name: path.to_owned(), path: target, to: Place::Beside(Some(file)) })
    }

    /// Makes sure that every byte is on the disk.
    fn sync(&mut self) -> io::Result<()> {
        match &self.to {
            Place::Beside(Some(file)) => file.as_file().sync_all(),
            _ => Ok(()),
        }
    }

    /// Puts the file in its place, in one step.
    ///
    /// # Errors
    /// [`Error::Io`]; what was there stays then.
    pub fn put_in_place(mut self) -> Result<()> {
        self.sync().map_err(|e| Error::io(&self.name, e))?;
        let Place::Beside(file) = &mut self.to else { return Ok(()) };
        let Some(file) = file.take() else { return Ok(()) };
        let mut paths = unfinished();
        paths.remove(file.path());
        file.persist(&self.path).map(drop).map_err(|e| Error::io(&self.name, e.error))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            Place::Beside(Some(file)) => file.as_file_mut().write(bytes),
            Place::Beside(None) => Ok(0),
            Place::Device(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // Nothing is kept back here.
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Place::Beside(Some(file)) = &self.to {
            unfinished().remove(file.path());
        }
    }
}

/// A folder that something is about to be written into. What had to be made for it is taken away again when nothing came
/// into it.
#[derive(Debug)]
pub struct NewFolder {
    /// The outermost first.
    made: Vec<PathBuf>,
}

impl NewFolder {
    /// Makes a folder and those around it, where they are not there.
    ///
    /// # Errors
    /// [`Error::Io`] that names the folder.
    pub fn make(path: &Path) -> Result<Self> {
        let missing = path.ancestors().filter(|p| !p.as_os_str().is_empty()).take_while(|p| !p.exists());
        let mut made: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        made.reverse();
        // From here on, also what fails takes away what it has made.
        let folder = Self { made };
        fs::create_dir_all(path).map_err(|e| Error::io(path, e))?;
        Ok(folder)
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // A folder with something in it can't be removed, and stays.
        while self.made.pop().is_some_and(|made| !made.exists() || fs::remove_dir(made).is_ok()) {}
    }
}

/// The bytes of a file that somebody else may have written.
///
/// # Errors
/// [`Error::Io`] when there is none or it can't be read; [`Error::Invalid`], half a sentence about the file, when it is a
/// folder, a device or a pipe (whose end nobody knows), or has more than `most` bytes.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let refuse = |e| Error::io(path, e);
    // Before it is opened: a pipe would wait for somebody to write.
    let there = fs::metadata(path).map_err(refuse)?;
    if there.is_dir() {
        return Err(Error::Invalid("it is a folder; choose a file in it".into()));
    }
    if !there.is_file() {
        return Err(Error::Invalid("it is a device or a pipe, not a file; copy it into one first".into()));
    }
    if there.len() > most {
        return Err(Error::Invalid(too_large(most)));
    }
    let file = File::open(path).map_err(refuse)?;
    // It may grow meanwhile.
    read_at_most(file, most).map_err(refuse)?.ok_or_else(|| Error::Invalid(too_large(most)))
}

/// Everything that comes, as long as it is at most `most` bytes; `None` when it is more.
///
/// # Errors
/// What the reader said.
pub fn read_at_most(from: impl io::Read, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Half a sentence about a file that has more bytes than are read.
#[must_use]
pub fn too_large(most: u64) -> String {
    format!("it is larger than {} MB", most / 1_000_000)
}

/// Where a path leads, also when there is no file yet at the end of a link.
fn target_of(path: &Path) -> PathBuf {
    if let Ok(real) = fs::canonicalize(path) {
        return real;
    }
    match fs::read_link(path) {
        Ok(link) => path.parent().map_or(link.clone(), |folder| folder.join(link)),
        Err(_) => path.to_owned(),
    }
}

fn is_device(there: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        there.file_type().is_char_device()
    }
    #[cfg(not(unix))]
    {
        let _ = there;
        false
    }
}
