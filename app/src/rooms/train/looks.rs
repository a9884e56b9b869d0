//! Looks at disks, on one thread for each kind of look: what pictures a folder holds, and what lies where a model shall go.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};
use latent_engine::Error;
use latent_engine::data::{PictureSource, Preview};
use latent_engine::train::{FolderState, look_into};

use crate::kit::words::capital;

/// Pictures that are shown of the data, and their side.
const SHOWN: usize = 48;
const SIDE: usize = 64;
/// Names that are tried for a model before the user is left to find one.
const NAMES: usize = 100;

/// A path changes with every key: what it names is looked at when so long no other one came.
const QUIET: Duration = Duration::from_millis(120);
/// A look that takes longer may never end.
const PATIENCE: Duration = Duration::from_secs(4);

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
    news: Receiver<Answer>,
    data: Looker,
    place: Looker,
}

/// What was seen, with the token of the look.
type Answer = (Arc<AtomicBool>, Seen);

impl Looks {
    pub fn new(wake: &Arc<dyn Fn() + Send + Sync>) -> Self {
        let (outbox, news) = unbounded();
        let looker =
            |quiet| Looker { outbox: outbox.clone(), wake: wake.clone(), quiet, worker: None, newest: None };
        Self { news, data: looker(Duration::ZERO), place: looker(QUIET) }
    }

    /// Looks; an older look of the same kind is given up.
    pub fn look(&mut self, look: Look) {
        match look {
            Look::Data(_) => self.data.look(look),
            Look::Place(_) => self.place.look(look),
        }
    }

    /// Gives up a look at the data.
    pub fn forget_data(&mut self) {
        self.data.forget();
    }

    pub fn is_looking_at_data(&self) -> bool {
        self.data.newest.is_some()
    }

    /// What was seen since the last call, as far as it is still wanted.
    pub fn news(&mut self) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (token, news) in self.news.try_iter() {
            let looker = match news {
                Seen::Data(_) => &mut self.data,
                Seen::Place(_) => &mut self.place,
            };
            if looker.newest.take_if(|(newest, _)| Arc::ptr_eq(newest, &token)).is_some() {
                seen.push(news);
            }
        }
        seen
    }
}

/// Looks at things of one kind, one after the other, on one thread.
struct Looker {
    outbox: Sender<Answer>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// So long it waits for another wish before it looks.
    quiet: Duration,
    worker: Option<Sender<(Arc<AtomicBool>, Look)>>,
    /// The newest look, and when it was asked for. The token becomes true once it is not wanted any more.
    newest: Option<(Arc<AtomicBool>, Instant)>,
}

impl Looker {
    fn look(&mut self, look: Look) {
        if self.newest.as_ref().is_some_and(|(_, begun)| begun.elapsed() > PATIENCE) {
            // It hangs at a disk that does not answer: another one looks at the next.
            self.worker = None;
        }
        self.forget();
        let token = Arc::new(AtomicBool::new(false));
        let worker = self.worker.take().or_else(|| self.spawn());
        let asked = worker.as_ref().is_some_and(|worker| worker.send((token.clone(), look)).is_ok());
        self.worker = worker;
        self.newest = asked.then(|| (token, Instant::now()));
    }

    fn forget(&mut self) {
        if let Some((older, _)) = self.newest.take() {
            older.store(true, Ordering::Relaxed);
        }
    }

    fn spawn(&self) -> Option<Sender<(Arc<AtomicBool>, Look)>> {
        let (wishes, inbox) = unbounded::<(Arc<AtomicBool>, Look)>();
        let (outbox, wake, quiet) = (self.outbox.clone(), self.wake.clone(), self.quiet);
        let work = move || {
            while let Ok(mut wish) = inbox.recv() {
                // Only the newest counts.
                while let Ok(newer) = inbox.recv_timeout(quiet) {
                    wish = newer;
                }
                let (token, look) = wish;
                if token.load(Ordering::Relaxed) {
                    continue;
                }
                let seen = look.see(&token);
                if outbox.send((token, seen)).is_err() {
                    return;
                }
                wake();
            }
        };
        // Detached: a disk that does not answer must not keep the program from ending.
        match std::thread::Builder::new().name("training-look".into()).spawn(work) {
            Ok(_) => Some(wishes),
            Err(error) => {
                tracing::warn!(%error, "nobody looks at the data");
                None
            }
        }
    }
}

impl Look {
    fn see(self, given_up: &AtomicBool) -> Seen {
        let sentence = |error: Error| capital(&error.to_string());
        match self {
            Self::Data(source) => {
                let mut go_on = || match given_up.load(Ordering::Relaxed) {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                };
                Seen::Data(source.preview(SHOWN, SIDE, &mut go_on).map_err(sentence))
            }
            Self::Place(path) => Seen::Place(place(&path).map_err(sentence)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wake() -> Arc<dyn Fn() + Send + Sync> {
        Arc::new(|| ())
    }

    #[test]
    fn a_path_that_is_typed_is_looked_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let mut looks = Looks::new(&wake());
        for i in 0..40 {
            looks.look(Look::Place(dir.path().join("m".repeat(i))));
        }
        let first = looks.news.recv_timeout(Duration::from_secs(20)).unwrap();
        let newest = looks.place.newest.as_ref().map(|(token, _)| token);
        assert!(newest.is_some_and(|token| Arc::ptr_eq(token, &first.0)), "the newest one");
        assert!(looks.news.recv_timeout(2 * QUIET).is_err(), "and no other");
    }

    #[test]
    fn looks_of_both_kinds_are_answered() {
        let dir = tempfile::tempdir().unwrap();
        let mut looks = Looks::new(&wake());
        let folder = PictureSource::Folder {
            folder: dir.path().to_owned(),
            framing: latent_engine::data::Framing::default(),
            classes: false,
        };
        looks.look(Look::Data(folder));
        looks.look(Look::Place(dir.path().join("free")));
        assert!(looks.is_looking_at_data());
        let end = Instant::now() + Duration::from_secs(20);
        let (mut data, mut place) = (0, 0);
        while (data, place) != (1, 1) {
            assert!(Instant::now() < end);
            for seen in looks.news() {
                match seen {
                    Seen::Data(_) => data += 1,
                    Seen::Place(_) => place += 1,
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!looks.is_looking_at_data());
    }
}
