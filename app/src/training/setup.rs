//! What was chosen for the next training.

use std::path::{Path, PathBuf};

use latent_engine::data::WorldName;
use latent_engine::train::{Framing, Job, LEAST_PICTURES, PictureSource};
use latent_engine::worker::ModelSource;

use super::recipe::{RecipeKind, Settings};
use crate::threads;
use crate::view::source_name;

/// Seed of the world that models learn from: the command line's, so that both make the same model.
const WORLD_SEED: u64 = 1;

/// Where pictures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataKind {
    /// A folder of the user's pictures.
    Folder,
    /// A world that the studio draws.
    World(WorldName),
}

/// Everything that is chosen before a training starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Where pictures come from.
    pub data: DataKind,
    /// The folder of pictures, as it was typed.
    pub folder: String,
    /// How its pictures become squares.
    pub framing: Framing,
    /// How many pictures of a world, at least [`LEAST_PICTURES`].
    pub count: usize,
    /// How to train.
    pub recipe: RecipeKind,
    /// Pixels a side: a power of two from 32 to 256.
    pub size: usize,
    /// Minutes, more than 0.
    pub minutes: f32,
    /// What is behind "More".
    pub settings: Settings,
    /// The folder that the model goes to, as it was typed or made up.
    pub out: String,
    /// The user typed it: it no longer follows from data and recipe.
    pub own_out: bool,
}

impl Setup {
    /// Most pictures of a world.
    pub const MOST_PICTURES: usize = 200_000;
    /// Sides that pictures can have.
    pub const SIZES: [usize; 4] = [32, 64, 128, 256];
    /// Minutes that a training can take.
    pub const MINUTES: std::ops::RangeInclusive<f32> = 0.1..=100_000.0;

    /// A painter's own pictures, an hour.
    pub fn new(models: &Path) -> Self {
        let recipe = RecipeKind::Gan;
        let mut setup = Self {
            data: DataKind::Folder,
            folder: String::new(),
            framing: Framing::default(),
            count: 20_000,
            recipe,
            size: 64,
            minutes: 60.0,
            settings: recipe.defaults(),
            out: String::new(),
            own_out: false,
        };
        setup.suggest_out(models, None);
        setup
    }

    /// The chosen pictures; `None` while no folder is named.
    pub fn source(&self) -> Option<PictureSource> {
        match self.data {
            DataKind::Folder => {
                let folder = self.folder.trim();
                let framing = self.framing;
                (!folder.is_empty()).then(|| PictureSource::Folder { folder: folder.into(), framing })
            }
            DataKind::World(world) => {
                let count = self.count.max(LEAST_PICTURES);
                Some(PictureSource::World { world, count, seed: WORLD_SEED })
            }
        }
    }

    /// The folder that the model goes to.
    pub fn out_path(&self) -> PathBuf {
        PathBuf::from(self.out.trim())
    }

    /// Makes up where the model goes, from what it learns and how; `model` is the open one.
    pub fn suggest_out(&mut self, models: &Path, model: Option<&ModelSource>) {
        let data = match self.data {
            DataKind::World(world) => world.name().to_owned(),
            DataKind::Folder => {
                let name = Path::new(self.folder.trim()).file_name();
                name.map_or_else(|| "my".to_owned(), |name| name.to_string_lossy().into_owned())
            }
        };
        let name = match (self.recipe, model) {
            (RecipeKind::Encoder, Some(model)) => format!("{}-encoder", source_name(model)),
            (recipe, _) => format!("{data}-{}", recipe.key()),
        };
        self.out = models.join(name).display().to_string();
    }

    /// The job; `model` gets the encoder where that is what is trained. `None` while no data is chosen.
    pub fn job(&self, model: ModelSource) -> Option<Job> {
        Some(Job {
            source: self.source()?,
            command: self.command(&model),
            recipe: self.recipe.recipe(self.size, &self.settings, model),
            folder: self.out_path(),
            minutes: self.minutes,
            resume: false,
            threads: threads::for_training(),
        })
    }

    /// The command that trains the same without a window, for the model's card.
    fn command(&self, model: &ModelSource) -> String {
        let Settings { width, latent, batch, beta, flip, seed } = self.settings;
        let mut command = "latent-studio train --data ".to_owned();
        command += &match self.data {
            DataKind::Folder => format!("{} --framing {}", quoted(self.folder.trim()), self.framing),
            DataKind::World(world) => format!("{} --pictures {}", world.name(), self.count),
        };
        command += &format!(" --recipe {} --width {width} --batch {batch} --seed {seed}", self.recipe.key());
        command += if flip { " --flip on" } else { " --flip off" };
        if self.recipe.makes_a_new_model() {
            command += &format!(" --size {} --latent {latent}", self.size);
        } else {
            let model = match model {
                ModelSource::Bundled(name) => name.clone(),
                ModelSource::Path(path) => path.display().to_string(),
            };
            command += &format!(" --model {}", quoted(&model));
        }
        if self.recipe == RecipeKind::Vae {
            command += &format!(" --beta {beta}");
        }
        command + &format!(" --minutes {} --out {}", self.minutes, quoted(self.out.trim()))
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_model_follows_from_what_it_learns() {
        let mut setup = Setup::new(Path::new("/models"));
        assert!(setup.source().is_none() && setup.job(ModelSource::Bundled("landscape".into())).is_none());
        setup.folder = " /home/me/my cats ".into();
        setup.suggest_out(Path::new("/models"), None);
        assert_eq!(setup.out_path(), Path::new("/models/my cats-gan"));
        setup.data = DataKind::World(WorldName::Portrait);
        setup.recipe = RecipeKind::Vae;
        setup.suggest_out(Path::new("/models"), None);
        assert_eq!(setup.out_path(), Path::new("/models/portrait-vae"));
        setup.recipe = RecipeKind::Encoder;
        setup.suggest_out(Path::new("/models"), Some(&ModelSource::Path("/a/mine.pth".into())));
        assert_eq!(setup.out_path(), Path::new("/models/mine-encoder"));
    }

    #[test]
    fn the_same_can_be_trained_by_a_command() {
        use clap::Parser as _;
        let mut setup = Setup::new(Path::new("/it's mine"));
        setup.folder = "/my cats".into();
        setup.framing = Framing::Fit;
        for recipe in RecipeKind::ALL {
            (setup.recipe, setup.settings) = (recipe, recipe.defaults());
            let job = setup.job(ModelSource::Bundled("landscape".into())).unwrap();
            assert!(job.command.contains("--data '/my cats' --framing fit"), "{}", job.command);
            assert!(job.command.ends_with(r"--out '/it'\''s mine/my-gan'"), "{}", job.command);
            let words = job.command.replace("'/my cats'", "/c").replace(r"'/it'\''s mine/my-gan'", "/o");
            crate::cli::Cli::try_parse_from(words.split(' ')).unwrap();
        }
    }
}
