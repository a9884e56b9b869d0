//! Looks at disks, on threads of their own: what pictures a folder holds, and what lies where a model shall go.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::Error;
use latent_engine::data::{PictureSource, Preview};
use latent_engine::train::{FolderState, look_into};

use crate::shell::view::capital;

/// Pictures that are shown of the data, and their side.
const SHOWN: usize = 48;
const SIDE: usize = 64;
/// Names that are tried for a model before the user is left to find one.
const NAMES: usize = 100;

/// What to look at.
pub enum Look {
    /// The pictures to learn from.
    Data(PictureSource),
    /// The folder that the model goes to.
    Place(PathBuf),
}

/// What is where a model shall go.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// What is in the folder.
    pub state: FolderState,
    /// Another folder beside it that is free, where this one is not.
    pub free: Option<PathBuf>,
}

/// What was seen; a sentence where there is nothing to see.
pub enum Seen {
    /// Pictures.
    Data(Result<Preview, String>),
    /// A folder.
    Place(Result<Place, String>),
}

/// The looks that are under way.
pub struct Looks {
    outbox: Sender<(Arc<AtomicBool>, Seen)>,
    news: Receiver<(Arc<AtomicBool>, Seen)>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// The newest look of each kind, true once it is not wanted any more.
    data: Option<Arc<AtomicBool>>,
    place: Option<Arc<AtomicBool>>,
}

impl Looks {
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (outbox, news) = unbounded();
        Self { outbox, news, wake, data: None, place: None }
    }

    /// Looks; an older look of the same kind is given up.
    pub fn look(&mut self, look: Look) {
        let given_up = Arc::new(AtomicBool::new(false));
        let slot = match look {
            Look::Data(_) => &mut self.data,
            Look::Place(_) => &mut self.place,
        };
        if let Some(older) = slot.replace(given_up.clone()) {
            older.store(true, Ordering::Relaxed);
        }
        let (outbox, wake, token) = (self.outbox.clone(), self.wake.clone(), given_up);
        let work = move || {
            let seen = match look {
                Look::Data(source) => {
                    let mut go_on = || match token.load(Ordering::Relaxed) {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    };
                    Seen::Data(
                        source.preview(SHOWN, SIDE, &mut go_on).map_err(|error| capital(&error.to_string())),
                    )
                }
                Look::Place(path) => Seen::Place(place(&path).map_err(|error| capital(&error.to_string()))),
            };
            outbox.send((token, seen)).ok();
            wake();
        };
        // Detached: a disk that does not answer must not keep the program from ending.
        if let Err(error) = std::thread::Builder::new().name("training-look".into()).spawn(work) {
            tracing::warn!(%error, "nobody looks at the data");
        }
    }

    /// Gives up a look at the data.
    pub fn forget_data(&mut self) {
        if let Some(older) = self.data.take() {
            older.store(true, Ordering::Relaxed);
        }
    }

    pub fn is_looking_at_data(&self) -> bool {
        self.data.is_some()
    }

    /// What was seen since the last call, as far as it is still wanted.
    pub fn news(&mut self) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (token, news) in self.news.try_iter() {
            let slot = match news {
                Seen::Data(_) => &mut self.data,
                Seen::Place(_) => &mut self.place,
            };
            if slot.take_if(|newest| Arc::ptr_eq(newest, &token)).is_some() {
                seen.push(news);
            }
        }
        seen
    }
}

fn place(path: &Path) -> Result<Place, Error> {
    let state = look_into(path)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let free = match (&state, name) {
        (FolderState::Free, _) | (_, None) => None,
        (_, Some(name)) => (2..NAMES)
            .map(|i| path.with_file_name(format!("{name}-{i}")))
            .find(|other| matches!(look_into(other), Ok(FolderState::Free))),
    };
    Ok(Place { state, free })
}
