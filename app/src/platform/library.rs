//! The models that a user works with: those that were opened lately, and folders of models. Kept in a small
//! file; everything that touches a disk happens on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::checkpoint::WEIGHTS_FILE;
use serde::{Deserialize, Serialize};

/// The name of the file in the configuration folder.
const FILE: &str = "models.toml";
/// So many recent models are remembered.
const RECENT: usize = 10;
/// So many models of a folder are listed.
const LISTED: usize = 200;
/// So many things in a folder are looked at.
const LOOKED_AT: usize = 10_000;
/// How the names of files end that may hold models. A file of another name opens just as well.
const ENDINGS: [&str; 9] =
    ["safetensors", "pth", "pt", "ckpt", "bin", "npz", "pkl", "pickle", "dcgan_theano"];

/// What shall happen to the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Look again what is there.
    Look,
    /// This model was opened.
    Opened(PathBuf),
    /// Take this model off the list.
    Forget(PathBuf),
    /// List the models of this folder.
    AddFolder(PathBuf),
    /// Take this folder off the list.
    ForgetFolder(PathBuf),
}

/// What is kept in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// The newest first.
    recent: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

/// A model on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// Why it can't be opened now.
    pub missing: Option<String>,
}

/// A folder of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// The models in it, by name.
    pub models: Vec<Entry>,
    /// Why there are none, or not all.
    pub remark: Option<String>,
}

/// The lists as they were when they were last looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Recent models, the newest first.
    pub recent: Vec<Entry>,
    /// Folders in the order in which they were added.
    pub folders: Vec<Folder>,
}

/// What the thread says: the lists, and what went wrong.
struct News {
    shelf: Shelf,
    remark: Option<String>,
}

/// The window's end of the thread.
pub struct Library {
    wishes: Sender<Wish>,
    news: Receiver<News>,
    shelf: Shelf,
}

impl Library {
    /// Lists that are kept in a file in `folder`; `wake` is called from another thread whenever they changed.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>, folder: Option<PathBuf>) -> Self {
        let (wishes, inbox) = unbounded::<Wish>();
        let (outbox, news) = unbounded();
        let work = move || {
            let mut keeper = Keeper { file: folder.map(|folder| folder.join(FILE)), kept: Kept::default() };
            for wish in inbox {
                let remark = keeper.fulfil(wish).err();
                if outbox.send(News { shelf: keeper.look(), remark }).is_err() {
                    return;
                }
                wake();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("model-lists".into()).spawn(work) {
            tracing::warn!(%error, "recent models are not kept");
        }
        let library = Self { wishes, news, shelf: Shelf::default() };
        library.wish(Wish::Look);
        library
    }

    /// Asks for a change; never waits.
    pub fn wish(&self, wish: Wish) {
        // Without a thread there is nobody to ask, and that has been said.
        self.wishes.send(wish).ok();
    }

    /// The lists.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Takes the newest lists; a sentence when something went wrong.
    pub fn hear(&mut self) -> Option<String> {
        let mut remark = None;
        for news in self.news.try_iter() {
            self.shelf = news.shelf;
            remark = news.remark.or(remark);
        }
        remark
    }
}

/// The thread's end.
struct Keeper {
    /// Where the lists are kept; `None` keeps them in memory.
    file: Option<PathBuf>,
    kept: Kept,
}

impl Keeper {
    fn fulfil(&mut self, wish: Wish) -> Result<(), String> {
        // Another window may have changed the file meanwhile.
        let read = self.read();
        let before = self.kept.clone();
        let without = |paths: &mut Vec<PathBuf>, path: &Path| paths.retain(|p| p != path);
        match wish {
            Wish::Look => {}
            Wish::Opened(path) => {
                let path = absolute(&path);
                without(&mut self.kept.recent, &path);
                self.kept.recent.insert(0, path);
                self.kept.recent.truncate(RECENT);
            }
            Wish::Forget(path) => without(&mut self.kept.recent, &path),
            Wish::AddFolder(path) => {
                let path = absolute(&path);
                if !path.is_dir() {
                    return Err(format!("{} is no folder", path.display()));
                }
                if !self.kept.folders.contains(&path) {
                    self.kept.folders.push(path);
                }
            }
            Wish::ForgetFolder(path) => without(&mut self.kept.folders, &path),
        }
        read.and_then(|()| if self.kept == before { Ok(()) } else { self.write() })
    }

    fn read(&mut self) -> Result<(), String> {
        let Some(file) = &self.file else { return Ok(()) };
        let failed = |why: &str| format!("the lists of models in {} can't be used: {why}", file.display());
        match std::fs::read_to_string(file) {
            Ok(text) => {
                self.kept = toml::from_str(&text).map_err(|error| failed(error.message()))?;
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed(&error.to_string())),
        }
    }

    fn write(&self) -> Result<(), String> {
        let Some(file) = &self.file else { return Ok(()) };
        let text = toml::to_string(&self.kept).map_err(|error| error.to_string())?;
        super::write_whole(file, &text)
            .map_err(|error| format!("the lists of models could not be kept in {}: {error}", file.display()))
    }

    fn look(&self) -> Shelf {
        Shelf {
            recent: self.kept.recent.iter().map(|path| entry(path.clone())).collect(),
            folders: self.kept.folders.iter().map(|path| folder(path)).collect(),
        }
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn entry(path: PathBuf) -> Entry {
    let missing = match std::fs::metadata(&path) {
        Ok(data) if data.is_dir() && !path.join(WEIGHTS_FILE).is_file() => {
            Some(format!("there is no {WEIGHTS_FILE} in it any more"))
        }
        Ok(_) => None,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some("it is not there any more".into()),
        Err(error) => Some(error.to_string()),
    };
    Entry { path, missing }
}

/// The models of a folder: model folders and checkpoints that lie in it, or the folder itself.
fn folder(path: &Path) -> Folder {
    let mut listed = Folder { path: path.to_owned(), models: Vec::new(), remark: None };
    if path.join(WEIGHTS_FILE).is_file() {
        listed.models.push(Entry { path: path.to_owned(), missing: None });
        return listed;
    }
    let found = match std::fs::read_dir(path) {
        Ok(found) => found,
        Err(error) => {
            listed.remark = Some(format!("this folder can't be read: {error}"));
            return listed;
        }
    };
    let mut models: Vec<PathBuf> =
        found.take(LOOKED_AT).flatten().map(|found| found.path()).filter(|path| may_be_model(path)).collect();
    models.sort();
    listed.remark = match models.len() {
        0 => Some("there are no models in this folder".into()),
        n if n > LISTED => Some(format!("{LISTED} of {n} are listed")),
        _ => None,
    };
    models.truncate(LISTED);
    listed.models = models.into_iter().map(|path| Entry { path, missing: None }).collect();
    listed
}

fn may_be_model(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let named = ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    if named { path.is_file() } else { path.join(WEIGHTS_FILE).is_file() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeper(folder: &Path) -> Keeper {
        Keeper { file: Some(folder.join("new").join(FILE)), kept: Kept::default() }
    }

    fn paths(entries: &[Entry]) -> Vec<&Path> {
        entries.iter().map(|entry| entry.path.as_path()).collect()
    }

    #[test]
    fn recent_models_are_kept_newest_first_and_missing_ones_say_so() {
        let dir = tempfile::tempdir().unwrap();
        let [here, gone] = ["here.pth", "gone.pth"].map(|name| dir.path().join(name));
        std::fs::write(&here, "x").unwrap();
        for path in [&gone, &here, &gone] {
            keeper(dir.path()).fulfil(Wish::Opened(path.clone())).unwrap();
        }
        let mut later = keeper(dir.path());
        later.fulfil(Wish::Look).unwrap();
        let shelf = later.look();
        assert_eq!(paths(&shelf.recent), [&gone, &here]);
        assert!(shelf.recent[0].missing.is_some() && shelf.recent[1].missing.is_none());
        later.fulfil(Wish::Forget(gone)).unwrap();
        assert_eq!(paths(&later.look().recent), [&here]);
        for i in 0..20 {
            later.fulfil(Wish::Opened(dir.path().join(i.to_string()))).unwrap();
        }
        assert_eq!(later.look().recent.len(), RECENT);
    }

    #[test]
    fn a_folder_lists_its_models() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("mine")).unwrap();
        for name in ["b.PTH", "a.npz", "notes.txt", "b.PTH.studio.toml", "mine/weights.safetensors"] {
            std::fs::write(dir.path().join(name), "x").unwrap();
        }
        let mut keeper = keeper(dir.path());
        keeper.fulfil(Wish::AddFolder(dir.path().to_owned())).unwrap();
        keeper.fulfil(Wish::AddFolder(dir.path().to_owned())).unwrap();
        let shelf = keeper.look();
        let names = ["a.npz", "b.PTH", "mine"].map(|name| dir.path().join(name));
        assert_eq!(
            (shelf.folders.len(), paths(&shelf.folders[0].models)),
            (1, names.each_ref().map(PathBuf::as_path).to_vec())
        );
        assert!(keeper.fulfil(Wish::AddFolder(dir.path().join("a.npz"))).is_err());
        keeper.fulfil(Wish::ForgetFolder(dir.path().to_owned())).unwrap();
        assert!(keeper.look().folders.is_empty());
    }

    #[test]
    fn a_damaged_file_is_said_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE), "recent = 3").unwrap();
        let mut keeper = Keeper { file: Some(dir.path().join(FILE)), kept: Kept::default() };
        let said = keeper.fulfil(Wish::Opened("/a.pth".into())).unwrap_err();
        assert!(said.contains(FILE), "{said}");
        assert_eq!(std::fs::read_to_string(dir.path().join(FILE)).unwrap(), "recent = 3");
        assert_eq!(keeper.look().recent.len(), 1, "the window goes on with what it knows");
    }
}
