//! File dialogs and picture files, on threads of their own: the window waits for neither.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::Picture;

use crate::shell::view::PathPurpose;

/// A dialog that is gone sooner was never seen: there is none on this system, and the library reports
/// that as if it had been cancelled.
const NEVER_SEEN: Duration = Duration::from_millis(250);

/// What came of a dialog or a file.
#[derive(Debug)]
pub enum FileNews {
    /// A path was chosen.
    Chosen(PathPurpose, PathBuf),
    /// The dialog was closed.
    Closed,
    /// There are no dialogs here.
    NoDialog(PathPurpose),
    /// A picture was written.
    Saved(PathBuf),
    /// A picture was not written; the sentence says why.
    NotSaved(String),
}

/// The dialog and the files being written.
pub struct Files {
    outbox: Sender<FileNews>,
    news: Receiver<FileNews>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// A dialog is open.
    asking: bool,
    /// Where the last picture went.
    folder: Option<PathBuf>,
    dialogs: bool,
}

impl Files {
    /// `wake` is called from another thread whenever there is news; without `dialogs` paths are typed.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>, dialogs: bool) -> Self {
        let (outbox, news) = unbounded();
        Self { outbox, news, wake, asking: false, folder: None, dialogs }
    }

    /// Opens the system's dialog. False when there is none to open: then a path must be typed.
    pub fn ask(&mut self, purpose: PathPurpose, name: &str) -> bool {
        if !self.dialogs || self.asking {
            return false;
        }
        let mut dialog = rfd::AsyncFileDialog::new();
        if let Some(folder) = &self.folder {
            dialog = dialog.set_directory(folder);
        }
        let (outbox, wake) = (self.outbox.clone(), self.wake.clone());
        // Some systems want the dialog made on the window's thread; only the waiting happens elsewhere.
        let answer: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = match purpose {
            PathPurpose::Save { .. } => {
                Box::pin(dialog.set_file_name(name).add_filter("Picture", &["png"]).save_file())
            }
            PathPurpose::Open => Box::pin(dialog.pick_file()),
            PathPurpose::AddFolder | PathPurpose::LearnFrom | PathPurpose::TrainInto => {
                Box::pin(dialog.pick_folder())
            }
        };
        self.asking = self
            .spawn("file-dialog", move || {
                let begun = Instant::now();
                let news = match wait_for(answer) {
                    Some(file) => FileNews::Chosen(purpose, file.path().to_owned()),
                    None if begun.elapsed() < NEVER_SEEN => FileNews::NoDialog(purpose),
                    None => FileNews::Closed,
                };
                outbox.send(news).ok();
                wake();
            })
            .is_ok();
        self.asking
    }

    /// Writes a picture.
    pub fn save(&mut self, picture: Arc<Picture>, path: PathBuf, enlarge: usize, smooth: bool) {
        let path = if path.extension().is_none() { path.with_extension("png") } else { path };
        self.folder = path.parent().map(Path::to_owned);
        let (outbox, wake) = (self.outbox.clone(), self.wake.clone());
        let begun = self.spawn("picture-file", move || {
            let news = match enlarged(&picture, enlarge, smooth).save(&path) {
                Ok(()) => FileNews::Saved(path),
                Err(error) => FileNews::NotSaved(error.to_string()),
            };
            outbox.send(news).ok();
            wake();
        });
        if let Err(error) = begun {
            self.outbox.send(FileNews::NotSaved(format!("the picture was not saved: {error}"))).ok();
        }
    }

    /// A path to begin with where one must be typed.
    pub fn suggestion(&self, name: &str) -> String {
        let here = || std::env::current_dir().unwrap_or_default();
        let folder = self.folder.clone().unwrap_or_else(here);
        folder.join(name).display().to_string()
    }

    /// What happened since the last call.
    pub fn news(&mut self) -> Vec<FileNews> {
        let news: Vec<FileNews> = self.news.try_iter().collect();
        if news.iter().any(|n| !matches!(n, FileNews::Saved(_) | FileNews::NotSaved(_))) {
            self.asking = false;
        }
        if news.iter().any(|n| matches!(n, FileNews::NoDialog(_))) {
            self.dialogs = false;
        }
        news
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        // Detached: a dialog that nobody answers must not keep the program from ending.
        std::thread::Builder::new().name(name.into()).spawn(work).map(|_| ())
    }
}

fn enlarged(picture: &Picture, times: usize, smooth: bool) -> Picture {
    let (width, height) = (picture.width() * times, picture.height() * times);
    let plain = || picture.resized_nearest(width, height);
    if times == 1 || !smooth {
        return plain();
    }
    let small =
        image::RgbImage::from_raw(picture.width() as u32, picture.height() as u32, picture.rgb().to_vec());
    let filter = image::imageops::FilterType::CatmullRom;
    small
        .map(|small| image::imageops::resize(&small, width as u32, height as u32, filter).into_raw())
        .and_then(|rgb| Picture::new(width, height, rgb).ok())
        .unwrap_or_else(plain)
}

/// Runs a future to its end on this thread.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files::new(Arc::new(|| ()), false)
    }

    fn next(files: &mut Files) -> FileNews {
        loop {
            if let Some(news) = files.news().pop() {
                return news;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_picture_is_written_as_it_is_and_enlarged() {
        let dir = tempfile::tempdir().unwrap();
        let picture = Arc::new(Picture::filled(4, 4, [10, 200, 30]));
        let mut files = files();
        files.save(picture.clone(), dir.path().join("plain"), 1, true);
        let FileNews::Saved(path) = next(&mut files) else { panic!("not saved") };
        assert_eq!(Picture::open(path).unwrap(), *picture);
        files.save(picture, dir.path().join("large.png"), 8, true);
        let FileNews::Saved(path) = next(&mut files) else { panic!("not saved") };
        assert_eq!(Picture::open(path).unwrap(), Picture::filled(32, 32, [10, 200, 30]));
        assert!(files.suggestion("x.png").starts_with(dir.path().to_str().unwrap()), "the folder is kept");
    }

    #[test]
    fn a_picture_that_can_not_be_written_is_named() {
        let mut files = files();
        let dir = tempfile::tempdir().unwrap();
        files.save(Arc::new(Picture::filled(1, 1, [0; 3])), dir.path().join("no/where.png"), 1, true);
        let FileNews::NotSaved(message) = next(&mut files) else { panic!("saved") };
        assert!(message.contains("where.png"), "{message}");
    }

    #[test]
    fn without_dialogs_a_path_must_be_typed() {
        assert!(!files().ask(PathPurpose::Open, ""));
    }
}
