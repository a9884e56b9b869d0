//! File dialogs, the form where there are none, and picture files: on threads of their own, the window waits for
//! neither.

mod form;
mod paths;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::Picture;

pub use self::form::{Form, FormWish, May, PathPurpose, SaveSize, Trouble};
use self::paths::Writing;

/// A dialog that is gone sooner was probably never seen: there is none on this system, and the library reports that as if
/// it had been cancelled.
const NEVER_SEEN: Duration = Duration::from_millis(250);

/// What came of a dialog or a form.
#[derive(Debug)]
pub enum FileNews {
    /// A path was chosen.
    Chosen(PathPurpose, PathBuf),
    /// This picture was written.
    Saved(PathBuf, Arc<Picture>),
    /// It was not, and the form that would say so was closed meanwhile.
    NotSaved(String),
    /// A photo was read.
    Photo(PathBuf, Arc<Picture>),
    /// It could not be.
    NoPhoto(String),
}

/// What threads say.
enum Heard {
    /// What came of the system's dialog.
    Dialog(PathPurpose, Answer),
    /// For this form: the name that stands there, and one that is free.
    Free(u64, [PathBuf; 2]),
    /// What came of this form's path, and of its picture.
    Tried(u64, PathPurpose, Option<Arc<Picture>>, Result<PathBuf, Trouble>),
    /// The photo with this number was read, or not.
    Read(u64, PathBuf, Result<Arc<Picture>, String>),
}

enum Answer {
    Chosen(PathBuf),
    Closed,
    /// Gone before anybody can have seen it.
    NeverSeen,
}

/// The dialog, the form, and the file being written.
pub struct Files {
    outbox: Sender<Heard>,
    heard: Receiver<Heard>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// A dialog is open.
    asking: bool,
    /// Where the last picture went.
    folder: Option<PathBuf>,
    /// The size that was chosen last.
    size: SaveSize,
    dialogs: bool,
    form: Option<Form>,
    /// The number of the form: an answer to an older one is dropped.
    number: u64,
    /// How many pixels the longer side of the shown picture takes on the screen when the whole of it is shown.
    pub shown: usize,
    /// How many photos were to be read: an answer to an older one is dropped.
    photos: u64,
    /// The name of the photo that is being read.
    reading: Option<String>,
}

impl Files {
    /// `wake` is called from another thread whenever there is news; without `dialogs` paths are typed.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>, dialogs: bool) -> Self {
        let (outbox, heard) = unbounded();
        Self {
            outbox,
            heard,
            wake,
            asking: false,
            folder: None,
            size: SaveSize::default(),
            dialogs,
            form: None,
            number: 0,
            shown: 0,
            photos: 0,
            reading: None,
        }
    }

    /// The form that is open.
    pub fn form(&self) -> Option<&Form> {
        self.form.as_ref()
    }

    /// Whether the system may have a dialog.
    pub fn has_dialogs(&self) -> bool {
        self.dialogs
    }

    /// Asks for a path: by the system's dialog, or by a form that begins with `path`. One dialog at a time.
    pub fn ask(&mut self, purpose: PathPurpose, path: &str) {
        if self.asking {
            return;
        }
        if !self.dialogs || !self.open_dialog(purpose, "") {
            self.open_form(purpose, path.into(), "");
        }
    }

    /// Asks where a picture shall be saved, by a form that offers a free name.
    pub fn ask_to_save(&mut self, picture: Arc<Picture>, name: &str, smooth: bool) {
        if self.asking || self.form.is_some() {
            return;
        }
        let folder = self.folder.clone().unwrap_or_else(|| std::env::current_dir().unwrap_or_default());
        let path = folder.join(name);
        self.open_form(PathPurpose::Save, path.display().to_string(), "");
        if let Some(form) = &mut self.form {
            (form.picture, form.smooth) = (Some(picture), smooth);
        }
        let number = self.number;
        // Until it is found out, the name stands there as it is.
        self.spawn("free-name", move || {
            let free = paths::free(&path);
            Heard::Free(number, [path, free])
        });
    }

    /// Asks where a photo shall be saved: at its own size, unless another one is chosen.
    pub fn ask_to_save_photo(&mut self, picture: Arc<Picture>, name: &str) {
        if self.asking || self.form.is_some() {
            return;
        }
        self.ask_to_save(picture, name, true);
        if let Some(form) = &mut self.form {
            (form.photo, form.size) = (true, SaveSize::Made);
        }
    }

    /// Reads a photo, however large, on a thread of its own. The newest one counts.
    pub fn read_photo(&mut self, path: PathBuf) {
        self.photos += 1;
        let number = self.photos;
        self.reading = Some(crate::kit::words::path_name(&path));
        self.spawn("photo", move || {
            let read = Picture::open(&path).map(Arc::new).map_err(|error| error.to_string());
            Heard::Read(number, path, read)
        });
    }

    /// The name of the photo that is being read.
    pub fn reading(&self) -> Option<&str> {
        self.reading.as_deref()
    }

    /// Does something with the form.
    pub fn fulfil(&mut self, wish: FormWish) {
        let Some(form) = &mut self.form else { return };
        match wish {
            FormWish::Type(path) => (form.path, form.trouble) = (path, None),
            FormWish::Size(size) if form.photo => form.size = size,
            FormWish::Size(size) => (form.size, self.size) = (size, size),
            FormWish::Smooth(smooth) => form.smooth = smooth,
            FormWish::Browse => {
                let (purpose, path) = (form.purpose, PathBuf::from(form.path.trim()));
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.folder =
                    path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
                if !self.asking && !self.open_dialog(purpose, &name) {
                    self.no_dialog(purpose);
                }
            }
            FormWish::Confirm(may) => self.confirm(may),
            FormWish::Close => self.form = None,
        }
    }

    /// What happened since the last call.
    pub fn news(&mut self) -> Vec<FileNews> {
        let heard: Vec<Heard> = self.heard.try_iter().collect();
        heard.into_iter().filter_map(|heard| self.hear(heard)).collect()
    }

    fn hear(&mut self, heard: Heard) -> Option<FileNews> {
        match heard {
            Heard::Dialog(purpose, answer) => {
                self.asking = false;
                match answer {
                    Answer::Chosen(path) => return self.chosen(purpose, path),
                    Answer::Closed => {}
                    Answer::NeverSeen => self.no_dialog(purpose),
                }
            }
            Heard::Free(number, [name, free]) => {
                let form = self.form.as_mut().filter(|_| number == self.number);
                // What was typed meanwhile stays.
                if let Some(form) = form.filter(|form| Path::new(&form.path) == name) {
                    form.path = free.display().to_string();
                }
            }
            Heard::Read(number, path, read) if number == self.photos => {
                self.reading = None;
                return Some(match read {
                    Ok(picture) => FileNews::Photo(path, picture),
                    Err(why) => FileNews::NoPhoto(why),
                });
            }
            Heard::Read(..) => {}
            Heard::Tried(number, purpose, picture, tried) => {
                return self.tried(number, purpose, picture, tried);
            }
        }
        None
    }

    fn tried(
        &mut self,
        number: u64,
        purpose: PathPurpose,
        picture: Option<Arc<Picture>>,
        tried: Result<PathBuf, Trouble>,
    ) -> Option<FileNews> {
        let form = self.form.as_mut().filter(|_| number == self.number);
        let Some(form) = form else {
            // The form was closed meanwhile. A picture may be written all the same.
            let picture = picture?;
            return Some(match tried {
                Ok(path) => FileNews::Saved(path, picture),
                Err(trouble) => FileNews::NotSaved(trouble.sentence()),
            });
        };
        form.busy = false;
        match tried {
            Ok(path) => {
                self.form = None;
                let Some(picture) = picture else { return Some(FileNews::Chosen(purpose, path)) };
                self.folder = path.parent().map(Path::to_owned);
                Some(FileNews::Saved(path, picture))
            }
            Err(trouble) => {
                form.trouble = Some(trouble);
                None
            }
        }
    }

    /// The dialog's answer. It has asked before it replaces a file, but not about one whose name it did not see.
    fn chosen(&mut self, purpose: PathPurpose, path: PathBuf) -> Option<FileNews> {
        if purpose != PathPurpose::Save {
            self.form = None;
            return Some(FileNews::Chosen(purpose, path));
        }
        let may = if path.extension().is_some() { May::Replace } else { May::Ask };
        if let Some(form) = &mut self.form {
            (form.path, form.trouble) = (path.display().to_string(), None);
            self.confirm(may);
        }
        None
    }

    fn confirm(&mut self, may: May) {
        let (number, shown) = (self.number, self.shown);
        let Some(form) = self.form.as_mut().filter(|form| !form.busy && !form.path.trim().is_empty()) else {
            return;
        };
        (form.busy, form.trouble) = (true, None);
        let (purpose, path) = (form.purpose, PathBuf::from(form.path.trim()));
        let (picture, size, smooth) = (form.picture.clone(), form.size, form.smooth);
        self.spawn("chosen-path", move || {
            let tried = match &picture {
                Some(picture) => {
                    let sides = size.sides([picture.width(), picture.height()], shown);
                    paths::write(&Writing { picture, sides, smooth }, &path, may)
                }
                None => paths::look(purpose, &path),
            };
            Heard::Tried(number, purpose, picture, tried)
        });
    }

    fn open_form(&mut self, purpose: PathPurpose, path: String, remark: &str) {
        self.number += 1;
        self.form = Some(Form {
            purpose,
            path,
            remark: remark.into(),
            picture: None,
            photo: false,
            size: self.size,
            smooth: true,
            trouble: None,
            busy: false,
        });
    }

    /// None was seen this time. The next time one is tried again: somebody may just have been quick.
    fn no_dialog(&mut self, purpose: PathPurpose) {
        const REMARK: &str = "No file dialog appeared: type a path instead.";
        match &mut self.form {
            Some(form) => form.remark = REMARK.into(),
            None => self.open_form(purpose, String::new(), REMARK),
        }
    }

    fn open_dialog(&mut self, purpose: PathPurpose, name: &str) -> bool {
        let mut dialog = rfd::AsyncFileDialog::new();
        if let Some(folder) = &self.folder {
            dialog = dialog.set_directory(folder);
        }
        // Some systems want the dialog made on the window's thread; only the waiting happens elsewhere.
        let answer: Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> = match purpose {
            PathPurpose::Save => {
                let pictures = ["png", "jpg", "webp"];
                Box::pin(dialog.set_file_name(name).add_filter("Picture", &pictures).save_file())
            }
            PathPurpose::Open => Box::pin(dialog.pick_file()),
            PathPurpose::Photo => {
                let pictures = ["jpg", "jpeg", "png", "webp", "gif"];
                Box::pin(dialog.add_filter("Picture", &pictures).pick_file())
            }
            PathPurpose::AddFolder
            | PathPurpose::LearnFrom
            | PathPurpose::MakeOf
            | PathPurpose::TrainInto => Box::pin(dialog.pick_folder()),
        };
        self.asking = self.spawn("file-dialog", move || {
            let begun = Instant::now();
            let answer = match pollster::block_on(answer) {
                Some(file) => Answer::Chosen(file.path().to_owned()),
                None if begun.elapsed() < NEVER_SEEN => Answer::NeverSeen,
                None => Answer::Closed,
            };
            Heard::Dialog(purpose, answer)
        });
        self.asking
    }

    /// Does work that may wait for a disk or a person. False when there is no thread for it.
    fn spawn(&mut self, name: &str, work: impl FnOnce() -> Heard + Send + 'static) -> bool {
        let (outbox, wake) = (self.outbox.clone(), self.wake.clone());
        let work = move || {
            outbox.send(work()).ok();
            wake();
        };
        // Detached: a dialog that nobody answers must not keep the program from ending.
        match std::thread::Builder::new().name(name.into()).spawn(work) {
            Ok(_) => true,
            Err(error) => {
                if let Some(form) = &mut self.form {
                    form.busy = false;
                    form.trouble = Some(Trouble::Other(format!("There is no thread for that: {error}.")));
                }
                false
            }
        }
    }
}

#[cfg(test)]
mod tests;
