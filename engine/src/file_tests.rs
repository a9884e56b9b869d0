use std::fs;
use std::io::Write as _;

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_appears_whole_and_what_was_there_stays_until_then() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.txt");
    write(&path, b"old").unwrap();
    let mut file = NewFile::create(&path).unwrap();
    file.write_all(b"ne").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    file.write_all(b"w").unwrap();
    file.put_in_place().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    drop(NewFile::create(&path).unwrap());
    check(&dir.path().join("b.txt")).unwrap();
    assert_eq!(names(dir.path()), ["a.txt"], "nothing is left behind");
}

#[test]
fn files_that_belong_together_are_all_written_or_none() {
    let dir = tempfile::tempdir().unwrap();
    let (good, bad) = (dir.path().join("good"), dir.path().join("no/such/bad"));
    write(&good, b"old").unwrap();
    let error = write_all(&[(&good, b"new"), (&bad, b"new")]).unwrap_err().to_string();
    assert!(error.contains("bad") && error.contains("there is no folder"), "{error}");
    assert_eq!(
        (fs::read(&good).unwrap().as_slice(), names(dir.path())),
        (&b"old"[..], vec!["good".to_owned()])
    );
}

#[cfg(unix)]
#[test]
fn links_modes_devices_and_pipes_are_what_they_were() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    write(&at("real"), b"1").unwrap();
    assert_ne!(fs::metadata(at("real")).unwrap().permissions().mode() & 0o044, 0, "others may read it");
    fs::set_permissions(at("real"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real", at("link")).unwrap();
    write(&at("link"), b"2").unwrap();
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    assert_eq!(fs::read(at("real")).unwrap(), b"2");
    assert_eq!(fs::metadata(at("real")).unwrap().permissions().mode() & 0o777, 0o640);
    symlink("later", at("dangling")).unwrap();
    write(&at("dangling"), b"3").unwrap();
    assert_eq!(fs::read(at("later")).unwrap(), b"3");

    write(Path::new("/dev/null"), b"gone").unwrap();
    assert!(matches!(write(Path::new("/dev/full"), b"x"), Err(Error::Io { .. })));
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    assert!(write(&at("pipe"), b"x").unwrap_err().to_string().contains("a pipe"));
    fs::set_permissions(at("real"), fs::Permissions::from_mode(0o440)).unwrap();
    assert!(write(&at("real"), b"x").unwrap_err().to_string().contains("write-protected"));
    assert!(write(dir.path(), b"x").unwrap_err().to_string().contains("is a folder"));
    assert_eq!(fs::read(at("real")).unwrap(), b"2");
}

#[test]
fn a_file_with_more_bytes_than_are_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a");
    fs::write(&path, [7; 100]).unwrap();
    assert_eq!(read(&path, 100).unwrap().len(), 100);
    assert!(read(&path, 99).unwrap_err().to_string().contains("larger than"));
    assert!(matches!(read(dir.path(), 99), Err(Error::Invalid(_))));
}

#[test]
fn a_folder_that_nothing_came_into_is_taken_away_with_those_made_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/c");
    drop(NewFolder::make(&deep).unwrap());
    assert!(names(dir.path()).is_empty());
    let folder = NewFolder::make(&deep).unwrap();
    write(&dir.path().join("a/b/letter"), b"dear painter").unwrap();
    drop(folder);
    assert!(dir.path().join("a/b/letter").is_file() && !deep.exists());
    // Not where it was there before.
    drop(NewFolder::make(&dir.path().join("a/b")).unwrap());
    assert!(dir.path().join("a/b").is_dir());
    // What could be made on the way to a failure goes, too.
    assert!(NewFolder::make(&dir.path().join("a/b/letter/d")).is_err());
    assert!(matches!(NewFolder::make(Path::new("/sys/latent/d")), Err(Error::Io { .. })));
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_system_says_is_told_without_the_name_of_the_file_beside() {
    let said = write(Path::new("/proc/a.png"), b"x").unwrap_err().to_string();
    assert!(said.starts_with("/proc/a.png: ") && !said.contains(".part"), "{said}");
}
