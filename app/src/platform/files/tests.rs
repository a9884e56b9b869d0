//! Saving without a window.

use super::*;

const SHOWN: usize = 40;

fn files() -> Files {
    let mut files = Files::new(Arc::new(|| ()), false);
    files.shown = SHOWN;
    files
}

fn picture() -> Arc<Picture> {
    Arc::new(Picture::filled(4, 4, [10, 200, 30]))
}

/// Files with an open form for a picture at this path.
fn saving(path: &Path) -> Files {
    let mut files = files();
    files.ask_to_save(picture(), "x.png", true);
    type_path(&mut files, path);
    files
}

fn type_path(files: &mut Files, path: &Path) {
    files.fulfil(FormWish::Type(path.display().to_string()));
}

fn confirm(files: &mut Files, may: May) -> Result<PathBuf, Trouble> {
    files.fulfil(FormWish::Confirm(may));
    loop {
        if let Some(FileNews::Saved(path, _)) = files.news().pop() {
            return Ok(path);
        }
        if let Some(trouble) = files.form().and_then(|form| form.trouble.clone()) {
            return Err(trouble);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for the name that is offered.
fn offered(files: &mut Files, wanted: &Path) {
    let end = Instant::now() + Duration::from_secs(10);
    while files.form().unwrap().path != wanted.display().to_string() {
        assert!(Instant::now() < end, "{:?} instead of {wanted:?}", files.form());
        files.news();
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_picture_is_saved_as_large_as_it_is_shown_unless_another_size_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = saving(&dir.path().join("plain"));
    let path = confirm(&mut files, May::Ask).unwrap();
    assert_eq!(path, dir.path().join("plain.png"));
    assert_eq!(Picture::open(path).unwrap(), Picture::filled(SHOWN, SHOWN, [10, 200, 30]));
    assert!(files.form().is_none());
    for (size, side) in [(SaveSize::Made, 4), (SaveSize::Side(64), 64)] {
        files.ask_to_save(picture(), "y.png", true);
        files.fulfil(FormWish::Size(size));
        type_path(&mut files, &dir.path().join(format!("{side}.png")));
        let saved = Picture::open(confirm(&mut files, May::Ask).unwrap()).unwrap();
        assert_eq!((saved.width(), saved.height()), (side, side));
    }
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_that_was_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.png");
    std::fs::write(&path, "precious").unwrap();
    let free = dir.path().join("mine-2.png");
    let mut files = saving(&path);
    let exists = Trouble::Exists { path: path.clone(), free: free.clone() };
    assert_eq!(confirm(&mut files, May::Ask), Err(exists));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    assert_eq!(files.form().unwrap().path, path.display().to_string(), "the name is kept");
    assert_eq!(confirm(&mut files, May::UseFreeName), Ok(free));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    let mut files = saving(&path);
    assert_eq!(confirm(&mut files, May::Replace), Ok(path.clone()));
    assert!(Picture::open(&path).is_ok());
}

#[test]
fn the_next_picture_is_offered_the_next_free_name_in_the_same_folder() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = saving(&dir.path().join("sky.png"));
    confirm(&mut files, May::Ask).unwrap();
    files.ask_to_save(picture(), "sky.png", true);
    offered(&mut files, &dir.path().join("sky-2.png"));
    confirm(&mut files, May::Ask).unwrap();
    files.ask_to_save(picture(), "sky.png", true);
    offered(&mut files, &dir.path().join("sky-3.png"));
}

#[test]
fn a_folder_that_is_not_there_is_said_in_the_form_and_can_be_made() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("not/yet/sky.png");
    let mut files = saving(&path);
    assert_eq!(confirm(&mut files, May::Ask), Err(Trouble::NoFolder(dir.path().join("not/yet"))));
    assert_eq!(files.form().unwrap().path, path.display().to_string(), "the name is kept");
    assert_eq!(confirm(&mut files, May::MakeFolder), Ok(path));
}

#[test]
fn what_can_not_be_written_or_opened_is_said_in_the_form() {
    let dir = tempfile::tempdir().unwrap();
    let mut files = saving(dir.path());
    let Err(Trouble::Other(why)) = confirm(&mut files, May::Ask) else { panic!("saved") };
    assert!(why.contains("is a folder"), "{why}");
    type_path(&mut files, &dir.path().join("sky.txt"));
    let Err(Trouble::Other(why)) = confirm(&mut files, May::Ask) else { panic!("saved") };
    assert!(why.contains("sky.txt"), "{why}");
    files.fulfil(FormWish::Close);
    files.ask(PathPurpose::Open, "/no/where.pth");
    let Err(Trouble::Other(why)) = confirm(&mut files, May::Ask) else { panic!("opened") };
    assert_eq!(why, "There is no file or folder /no/where.pth.");
}

#[test]
fn a_second_wish_to_save_changes_nothing_and_a_dialog_that_was_not_seen_is_tried_again() {
    let mut files = Files::new(Arc::new(|| ()), true);
    files.asking = true;
    files.ask_to_save(picture(), "x.png", true);
    files.ask(PathPurpose::Open, "");
    assert!(files.form().is_none(), "a dialog is open");
    files.hear(Heard::Dialog(PathPurpose::Open, Answer::NeverSeen));
    assert!(files.form().unwrap().remark.contains("No file dialog"));
    assert!(files.has_dialogs() && !files.asking, "the next time it may be there");
    files.fulfil(FormWish::Close);
    files.asking = true;
    files.hear(Heard::Dialog(PathPurpose::Open, Answer::Closed));
    assert!(files.form().is_none() && !files.asking);
}

#[test]
fn the_dialog_does_not_ask_about_a_name_that_it_did_not_see() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mine.png");
    std::fs::write(&path, "precious").unwrap();
    let mut files = saving(&dir.path().join("other.png"));
    files.hear(Heard::Dialog(PathPurpose::Save, Answer::Chosen(dir.path().join("mine"))));
    while files.form().unwrap().trouble.is_none() {
        files.news();
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}
