//! What was chosen for the next training.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use latent_engine::data::WorldName;
use latent_engine::data::{Framing, LEAST_PICTURES, Pairing, PictureSource};
use latent_engine::model::ModelSource;
use latent_engine::train::{Clock, Job, Plan, SavedTraining, Settings};

use super::factors;
use super::made_of::MadeOf;
use super::recipe::RecipeKind;
use crate::kit::words::{capital, source_name};
use crate::platform::threads;

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
    /// What they are to be made of, for recipes that ask for it.
    pub made_of: MadeOf,
    /// The folder of that, as it was typed.
    pub inputs: String,
    /// How many pictures of a world, at least [`LEAST_PICTURES`].
    pub count: usize,
    /// The factors of the world that do not vary.
    pub held: BTreeSet<String>,
    /// The factor of the world that makes classes, where one was chosen.
    pub factor: Option<String>,
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
        let recipe = RecipeKind::usual();
        let mut setup = Self {
            data: DataKind::Folder,
            folder: String::new(),
            framing: Framing::default(),
            made_of: MadeOf::default(),
            inputs: String::new(),
            count: 20_000,
            held: BTreeSet::new(),
            factor: None,
            recipe,
            size: 64,
            minutes: 60.0,
            settings: recipe.defaults(),
            out: String::new(),
            own_out: false,
        };
        setup.out = setup.suggestion(models, None);
        setup
    }

    /// What the chosen pictures are to be made of: what was chosen, where that goes with them.
    pub fn made_of(&self) -> MadeOf {
        let known = MadeOf::of(self.data);
        if known.contains(&self.made_of) { self.made_of } else { known[0] }
    }

    /// The chosen pictures, with what they are to be made of where the recipe asks for it; `None` while a folder is missing.
    pub fn source(&self) -> Option<PictureSource> {
        let of = self.pictures()?;
        if !self.recipe.about().needs_pairs {
            return Some(of);
        }
        let from = match self.made_of() {
            MadeOf::Maps => Pairing::Maps,
            MadeOf::Outlines => Pairing::Outlines,
            MadeOf::Grey => Pairing::Grey,
            MadeOf::Halves => Pairing::Halves,
            MadeOf::Folder => {
                let folder = self.inputs.trim();
                (!folder.is_empty()).then(|| Pairing::Folder { folder: folder.into() })?
            }
        };
        Some(PictureSource::Pairs { of: Box::new(of), from })
    }

    fn pictures(&self) -> Option<PictureSource> {
        match self.data {
            DataKind::Folder => {
                let folder = self.folder.trim();
                let framing = self.framing;
                let classes = self.recipe.is_labelled();
                (!folder.is_empty()).then(|| PictureSource::Folder {
                    folder: folder.into(),
                    framing,
                    classes,
                })
            }
            DataKind::World(world) => {
                let count = self.count.max(LEAST_PICTURES);
                let classes = self.recipe.is_labelled().then(|| self.factor(world).to_owned());
                Some(PictureSource::World { world, count, seed: WORLD_SEED, vary: self.vary(world), classes })
            }
        }
    }

    /// The factor that makes classes of the world's pictures: the first that can where none was chosen; empty where none
    /// can.
    pub fn factor(&self, world: WorldName) -> &str {
        let known = &factors::of(world).classes;
        let chosen = self.factor.as_ref().filter(|chosen| known.contains(chosen));
        chosen.or(known.first()).map_or("", String::as_str)
    }

    /// The factors of the world that vary; `None` for all.
    pub fn vary(&self, world: WorldName) -> Option<Vec<String>> {
        let all = &factors::of(world).all;
        let some = || all.iter().filter(|name| !self.held.contains(*name)).cloned().collect();
        (!self.held.is_empty()).then(some)
    }

    /// What is wrong with the settings; `None` when they can be trained.
    pub fn wrong(&self) -> Option<String> {
        // Checking an encoder opens the model that gets it; the form lets nothing be chosen that would be wrong with it.
        if !self.recipe.makes_a_new_model() {
            return None;
        }
        let plan = self.recipe.plan(self.size, &self.settings, ModelSource::Bundled(String::new()));
        plan.check().err().map(|error| capital(&error.to_string()))
    }

    /// The folder that the model goes to.
    pub fn out_path(&self) -> PathBuf {
        PathBuf::from(self.out.trim())
    }

    /// Where the model goes unless another place is typed, from what it learns and how; `model` is the open one.
    pub fn suggestion(&self, models: &Path, model: Option<&ModelSource>) -> String {
        let data = match self.data {
            DataKind::World(world) => world.name().to_owned(),
            DataKind::Folder => {
                let name = Path::new(self.folder.trim()).file_name();
                name.map_or_else(|| "my".to_owned(), |name| name.to_string_lossy().into_owned())
            }
        };
        let name = match (self.recipe, model) {
            (recipe, Some(model)) if !recipe.makes_a_new_model() => {
                format!("{}-{}", source_name(model), recipe.about().key)
            }
            (recipe, _) => format!("{data}-{}", recipe.about().key),
        };
        models.join(name).display().to_string()
    }

    /// The job; `model` gets the encoder where that is what is trained. `None` while no data is chosen.
    pub fn job(&self, model: ModelSource) -> Option<Job> {
        Some(Job {
            source: self.source()?,
            command: self.command(&model),
            plan: self.recipe.plan(self.size, &self.settings, model),
            folder: self.out_path(),
            clock: Clock::Minutes(self.minutes),
            resume: false,
            threads: threads::for_training(),
        })
    }

    /// A job that goes on with the training in the folder: its own recipe, settings and pictures count. `None` where it is
    /// not known what it learned from, and nothing is chosen.
    pub fn resuming(&self, recipe: RecipeKind, saved: &SavedTraining) -> Option<Job> {
        let minutes = self.minutes + (saved.note.seconds / 60.0) as f32;
        let out = quoted(self.out.trim());
        let (words, source) = match &saved.note.source {
            Some(source) => (String::new(), source.clone()),
            None => (format!(" {}", self.data_words()), self.source()?),
        };
        Some(Job {
            source,
            command: format!("latent-studio train --resume{words} --minutes {minutes} --out {out}"),
            plan: Plan {
                settings: Settings::default(),
                ..recipe.plan(self.size, &self.settings, ModelSource::Bundled(String::new()))
            },
            folder: self.out_path(),
            clock: Clock::Minutes(minutes),
            resume: true,
            threads: threads::for_training(),
        })
    }

    /// The data, as the command line has it.
    fn data_words(&self) -> String {
        let pairs = match self.made_of() {
            _ if !self.recipe.about().needs_pairs => "",
            // The command names what is given first, and then what becomes of it.
            MadeOf::Folder => {
                let [inputs, pictures] = [&self.inputs, &self.folder].map(|path| quoted(path.trim()));
                return format!("--data {inputs} --to {pictures} --framing {}", self.framing);
            }
            MadeOf::Maps => " --pairs maps",
            MadeOf::Outlines => " --pairs outlines",
            MadeOf::Grey => " --pairs grey",
            MadeOf::Halves => " --pairs halves",
        };
        let data = match self.data {
            DataKind::Folder => format!("{} --framing {}", quoted(self.folder.trim()), self.framing),
            DataKind::World(world) => {
                let vary = self.vary(world).map(|names| format!(" --vary {}", names.join(",")));
                let classes = self.recipe.is_labelled().then(|| format!(" --classes {}", self.factor(world)));
                let [vary, classes] = [vary, classes].map(Option::unwrap_or_default);
                format!("{} --pictures {}{vary}{classes}", world.name(), self.count)
            }
        };
        format!("--data {data}{pairs}")
    }

    /// The command that trains the same without a window, for the model's card.
    fn command(&self, model: &ModelSource) -> String {
        let mut command = format!("latent-studio train {}", self.data_words());
        command += &format!(" --recipe {}", self.recipe.about().key);
        if self.recipe.makes_a_new_model() {
            command += &format!(" --size {}", self.size);
        } else {
            command += &format!(" --model {}", quoted_model(model));
        }
        for (key, value) in self.settings.iter() {
            command += &format!(" --{key} {value}");
        }
        command + &format!(" --minutes {} --out {}", self.minutes, quoted(self.out.trim()))
    }
}

fn quoted_model(model: &ModelSource) -> String {
    match model {
        ModelSource::Bundled(name) => quoted(name),
        ModelSource::Path(path) => quoted(&path.display().to_string()),
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
    use latent_engine::train::Note;

    use super::*;

    fn of(key: &str) -> RecipeKind {
        RecipeKind::from_key(key).unwrap()
    }

    #[test]
    fn a_translator_learns_from_pairs() {
        let mut setup = Setup::new(Path::new("/models"));
        setup.recipe = of("pix2pix");
        setup.folder = "/photos".into();
        assert_eq!((setup.made_of(), setup.source()), (MadeOf::Folder, None));
        setup.inputs = "/my drawings".into();
        let Some(PictureSource::Pairs { of: pictures, from }) = setup.source() else { panic!() };
        assert!(matches!(*pictures, PictureSource::Folder { folder, .. } if folder == Path::new("/photos")));
        assert_eq!(from, Pairing::Folder { folder: "/my drawings".into() });
        let command = setup.job(ModelSource::Bundled("landscape".into())).unwrap().command;
        assert!(command.contains("--data '/my drawings' --to /photos --framing crop"), "{command}");
        setup.data = DataKind::World(WorldName::Landscape);
        assert!(matches!(setup.source(), Some(PictureSource::Pairs { from: Pairing::Maps, .. })));
        setup.made_of = MadeOf::Grey;
        setup.data = DataKind::World(WorldName::Portrait);
        let command = setup.job(ModelSource::Bundled("landscape".into())).unwrap().command;
        assert!(command.contains("--data portrait --pictures 20000 --pairs grey"), "{command}");
    }

    #[test]
    fn the_folder_of_the_model_follows_from_what_it_learns() {
        let mut setup = Setup::new(Path::new("/models"));
        assert!(setup.source().is_none() && setup.job(ModelSource::Bundled("landscape".into())).is_none());
        setup.folder = " /home/me/my cats ".into();
        assert_eq!(setup.suggestion(Path::new("/models"), None), "/models/my cats-gan");
        setup.data = DataKind::World(WorldName::Portrait);
        setup.recipe = of("vae");
        assert_eq!(setup.suggestion(Path::new("/models"), None), "/models/portrait-vae");
        setup.recipe = of("encoder");
        let model = ModelSource::Path("/a/mine.pth".into());
        assert_eq!(setup.suggestion(Path::new("/models"), Some(&model)), "/models/mine-encoder");
    }

    #[test]
    fn the_same_can_be_trained_by_a_command() {
        use clap::Parser as _;
        let mut setup = Setup::new(Path::new("/it's mine"));
        setup.folder = "/my cats".into();
        setup.framing = Framing::Fit;
        setup.made_of = MadeOf::Halves;
        for recipe in RecipeKind::all() {
            (setup.recipe, setup.settings) = (recipe, recipe.defaults());
            let job = setup.job(ModelSource::Bundled("landscape".into())).unwrap();
            assert!(job.command.contains("--data '/my cats' --framing fit"), "{}", job.command);
            assert!(job.command.ends_with(r"--out '/it'\''s mine/my-gan'"), "{}", job.command);
            let saved = SavedTraining {
                recipe: recipe.about().key.into(),
                settings: Settings::default(),
                steps: 9,
                note: Note { seconds: 600.0, source: setup.source(), ..Note::default() },
            };
            let resuming = setup.resuming(recipe, &saved).unwrap();
            assert!(resuming.resume && resuming.clock == Clock::Minutes(setup.minutes + 10.0));
            assert!(resuming.command.contains(" --resume ") && !resuming.command.contains("--width"));
            for command in [job.command, resuming.command] {
                let words = command.replace("'/my cats'", "/c").replace(r"'/it'\''s mine/my-gan'", "/o");
                crate::cli::Cli::try_parse_from(words.split(' ')).unwrap();
            }
        }
    }

    #[test]
    fn a_world_gives_the_classes_and_varies_what_was_chosen() {
        use clap::Parser as _;
        let mut setup = Setup::new(Path::new("/m"));
        setup.data = DataKind::World(WorldName::Landscape);
        setup.recipe = of("cgan");
        let all = &factors::of(WorldName::Landscape).all;
        setup.held = all.iter().filter(|name| *name != "haze" && *name != "biome").cloned().collect();
        let job = setup.job(ModelSource::Bundled("landscape".into())).unwrap();
        assert!(
            job.command.contains("--pictures 20000 --vary biome,haze --classes biome "),
            "{}",
            job.command
        );
        crate::cli::Cli::try_parse_from(job.command.split(' ')).unwrap();
        let PictureSource::World { vary, classes, .. } = job.source else { panic!() };
        assert_eq!((vary, classes), (Some(vec!["biome".into(), "haze".into()]), Some("biome".into())));
        setup.factor = Some("cloud_kind".into());
        assert_eq!(setup.factor(WorldName::Landscape), "cloud_kind");
        assert_eq!(setup.factor(WorldName::Portrait), "glasses", "one of another world is none");
        setup.recipe = of("gan");
        let Some(PictureSource::World { classes: None, .. }) = setup.source() else { panic!() };
        assert_eq!(setup.wrong(), None);
        setup.recipe = of("infogan");
        setup.settings = setup.recipe.defaults().with_count("categories", 1);
        assert!(setup.wrong().unwrap().contains("2 to 1000 classes or none"));
    }
}
