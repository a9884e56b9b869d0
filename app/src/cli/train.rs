//! `latent-studio train`: a new model from pictures.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use latent_engine::data::{ClassFactors, Pairing, PictureSource, Pictures, WorldName};
use latent_engine::model::ModelSource;
use latent_engine::train::{
    Begun, Claim, Clock, FolderState, ModelFolder, Plan, Progress, Provenance, Recipe, RunOptions,
    SavedTraining, Settings, available_memory, check_memory, look_into, recipe, write_model_folder,
};

use super::console::{note, report};
use super::data::Framed;
use super::interrupt::Interrupt;
use super::model::named;
use super::output::bar;
use super::recipe::RecipeArguments;
use super::{CliError, whole};

/// Seed of the world that models learn from; other seeds show scenes that no bundled model has seen.
const WORLD_SEED: u64 = 1;
/// Pictures of a world where nothing else was asked for.
const USUAL_PICTURES: usize = 20_000;
/// More pictures of a world than this fill the memory.
const MOST_PICTURES: usize = 1_000_000;
/// Where there was no word of time or steps.
const USUAL_MINUTES: f32 = 60.0;

/// The arguments of `train`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A folder of pictures (PNG, JPEG, WebP), or one of the studio's own worlds: "landscape", "creature", "portrait".
    /// A folder of such a name is ./landscape. A training that is resumed knows its pictures
    #[arg(long, required_unless_present = "resume")]
    data: Option<PathBuf>,
    /// Model folder to write
    #[arg(long)]
    out: PathBuf,
    /// How long, resumed runs included [usually 60]
    #[arg(long, allow_negative_numbers = true)]
    minutes: Option<f32>,
    /// How many steps in the place of minutes, resumed runs included: the same seed then makes the same model again on
    /// the same machine, bit for bit
    #[arg(long, conflicts_with = "minutes", allow_negative_numbers = true)]
    steps: Option<u64>,
    /// Go on where the last run into the same folder stopped, as it was begun; minutes or steps and the learning rate may
    /// be others
    #[arg(long)]
    resume: bool,
    /// Write into the folder even though it holds a model, a training or other files
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// Seconds from one checkpoint to the next, 0 for one after every step: what a run that is killed loses at most
    #[arg(long, default_value_t = 180.0, value_name = "SECONDS", allow_negative_numbers = true)]
    checkpoint_every: f32,
    #[command(flatten)]
    recipe: RecipeArguments,
    /// How many pictures of a world to learn from [usually 20000]
    #[arg(long, allow_negative_numbers = true, value_parser = whole)]
    pictures: Option<usize>,
    /// Where the pictures lie that those of --data are to become, under the same names (recipe pix2pix)
    #[arg(long, value_name = "FOLDER", conflicts_with = "pairs")]
    to: Option<PathBuf>,
    /// What the pictures of --data are to be made of (recipe pix2pix) [usually maps for a world]
    #[arg(long, value_enum)]
    pairs: Option<PairsName>,
    /// The factor of a world that makes classes of its pictures (recipes cgan and acgan), for example biome of
    /// landscape; the classes of a folder are its folders
    #[arg(long, value_name = "FACTOR")]
    classes: Option<String>,
    /// Only these factors of the world vary, all others hold a typical value; without this all vary. An unknown name
    /// is answered with those that there are
    #[arg(long, value_name = "FACTOR,...", value_delimiter = ',')]
    vary: Vec<String>,
    #[command(flatten)]
    framed: Framed,
}

/// What pictures are to be made of, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PairsName {
    /// Maps of labels, which the landscape world knows
    Maps,
    /// The left half of every file, of which the right half is to be made
    Halves,
    /// Their outlines, dark on white
    Outlines,
    /// Themselves in grey
    Grey,
}

impl Arguments {
    fn clock(&self) -> Result<Option<Clock>, CliError> {
        let clock = self.steps.map(Clock::Steps).or(self.minutes.map(Clock::Minutes));
        if let Some(clock) = clock {
            clock.check()?;
        }
        Ok(clock)
    }

    /// What to learn from, as it was asked for; what was left out is that of a training that is gone on with.
    fn source(&self, labelled: bool, before: Option<&PictureSource>) -> Result<PictureSource, CliError> {
        let refuse = |why: String| Err(CliError::Arguments(why));
        let asked = self.data.as_deref().map(|place| (place, world_of(place)));
        let (place, world) = match (asked, before) {
            (Some(asked), _) => asked,
            (None, Some(PictureSource::World { world, .. })) => (Path::new(""), Some(*world)),
            (None, Some(PictureSource::Folder { folder, .. })) => (folder.as_path(), None),
            (None, Some(PictureSource::Pairs { .. }) | None) => {
                return refuse("--data names the pictures to learn from".into());
            }
        };
        if self.classes.is_some() && !labelled {
            return refuse("--classes is for the recipes cgan and acgan".into());
        }
        let Some(world) = world else {
            if self.classes.is_some() || !self.vary.is_empty() || self.pictures.is_some() && before.is_some()
            {
                return refuse(
                    "--classes, --vary and --pictures are for the studio's own worlds: the classes of a folder are its \
                     folders"
                        .into(),
                );
            }
            let known = match before {
                Some(PictureSource::Folder { framing, .. }) => Some(*framing),
                _ => None,
            };
            let framing = self.framed.asked().or(known).unwrap_or_default();
            // Wherever the program is started the next time, it is the same folder.
            let folder = std::path::absolute(place).unwrap_or_else(|_| place.to_owned());
            return Ok(PictureSource::Folder { folder, framing, classes: labelled });
        };
        if self.framed.asked().is_some() {
            return refuse(format!(
                "--framing is for a folder of pictures: those of the {} world are drawn as squares",
                world.name()
            ));
        }
        let (mut count, mut vary, mut classes) = (USUAL_PICTURES, None, None);
        if let Some(PictureSource::World { count: c, vary: v, classes: f, .. }) = before {
            (count, vary, classes) = (*c, v.clone(), f.clone());
        }
        let count = self.pictures.unwrap_or(count);
        if !(1..=MOST_PICTURES).contains(&count) {
            return refuse(format!("--pictures must be 1 to {MOST_PICTURES}"));
        }
        if !self.vary.is_empty() {
            vary = Some(self.vary.clone());
        }
        if let Some(names) = &vary {
            world.vary(names)?;
        }
        let classes = if labelled { Some(self.factor(world, classes)?) } else { None };
        Ok(PictureSource::World { world, count, seed: WORLD_SEED, vary, classes })
    }

    /// What to learn from, with what it is to be made of where the recipe asks for that.
    fn pairs(&self, recipe: &dyn Recipe, before: Option<&PictureSource>) -> Result<PictureSource, CliError> {
        let about = recipe.about();
        let (of_before, pairing_before) = match before {
            Some(PictureSource::Pairs { of, from }) => (Some(&**of), Some(from)),
            other => (other, None),
        };
        let asked = self.source(about.needs_classes, of_before)?;
        if !about.needs_pairs {
            if self.to.is_some() || self.pairs.is_some() {
                return Err(CliError::Arguments(format!(
                    "--to and --pairs are for the recipe pix2pix: {} learns from pictures alone",
                    about.key
                )));
            }
            return Ok(asked);
        }
        let (of, from) = match (self.pairs, &self.to, asked, pairing_before) {
            // What is given is made into what lies in the other folder.
            (_, Some(to), PictureSource::Folder { folder, framing, classes }, _) => {
                let to = std::path::absolute(to).unwrap_or_else(|_| to.clone());
                (PictureSource::Folder { folder: to, framing, classes }, Pairing::Folder { folder })
            }
            (_, Some(_), _, _) => {
                return Err(CliError::Arguments(
                    "--to is for a folder of pictures: --data names a world".into(),
                ));
            }
            (Some(PairsName::Maps), None, asked, _) => (asked, Pairing::Maps),
            (Some(PairsName::Halves), None, asked, _) => (asked, Pairing::Halves),
            (Some(PairsName::Outlines), None, asked, _) => (asked, Pairing::Outlines),
            (Some(PairsName::Grey), None, asked, _) => (asked, Pairing::Grey),
            (None, None, asked, Some(pairing)) => (asked, pairing.clone()),
            (None, None, asked @ PictureSource::World { .. }, None) => (asked, Pairing::Maps),
            (None, None, _, None) => {
                return Err(CliError::Arguments(
                    "pix2pix learns from pairs: --to names the folder with what the pictures of --data become, or --pairs \
                     says what they are made of"
                        .into(),
                ));
            }
        };
        Ok(PictureSource::Pairs { of: Box::new(of), from })
    }

    /// The factor that makes classes.
    fn factor(&self, world: WorldName, before: Option<String>) -> Result<String, CliError> {
        let known = ClassFactors::of(world)?;
        match self.classes.clone().or(before) {
            Some(factor) => {
                known.check(&factor)?;
                Ok(factor)
            }
            None => Err(CliError::Arguments(format!(
                "--classes names the factor that makes classes of the {} world's pictures: {}",
                world.name(),
                match known.names() {
                    [] => "it has none, all its factors are continuous".to_owned(),
                    names => names.join(" or "),
                }
            ))),
        }
    }
}

/// The world of this name. It wins over a folder of the same name: `./NAME` means that.
fn world_of(place: &Path) -> Option<WorldName> {
    place.to_str().and_then(WorldName::from_name)
}

/// What a model is called on the command line.
fn shown(model: &ModelSource) -> String {
    match model {
        ModelSource::Bundled(name) => name.clone(),
        ModelSource::Path(path) => path.display().to_string(),
    }
}

/// What is to be done, after everything that can be refused at once has been.
struct Job {
    plan: Plan,
    source: PictureSource,
    clock: Clock,
    claim: Claim,
}

/// A training from the beginning.
fn new_job(arguments: &Arguments) -> Result<Job, CliError> {
    let plan = arguments.recipe.plan()?;
    plan.check()?;
    let source = arguments.pairs(plan.recipe, None)?;
    let clock = arguments.clock()?.unwrap_or(Clock::Minutes(USUAL_MINUTES));
    let claim = if arguments.force { Claim::Replace } else { Claim::New };
    Ok(Job { plan, source, clock, claim })
}

/// A training that is gone on with, as it was begun.
fn resumed_job(arguments: &Arguments, saved: &SavedTraining) -> Result<Job, CliError> {
    let recipe = recipe(&saved.recipe)?;
    saved.check(arguments.recipe.asked(), &Settings::default())?;
    let settings = arguments.recipe.settings(recipe)?;
    saved.check(None, &settings)?;
    let note = &saved.note;
    if let Some(model) = arguments.recipe.model() {
        let now = named(model)?;
        if Some(&now) != note.model.as_ref() {
            let begun = note.model.as_ref().map_or("without a model".into(), |m| format!("for {}", shown(m)));
            return Err(CliError::Arguments(format!(
                "this training was begun {begun}, not for {}: go on without --model, or begin another one",
                shown(&now)
            )));
        }
    }
    let source = arguments.pairs(recipe, note.source.as_ref())?;
    note.check_source(&source)?;
    let clock = arguments.clock()?.or(note.clock).unwrap_or(Clock::Minutes(USUAL_MINUTES));
    let all = settings.iter().fold(saved.settings.clone(), |all, (key, value)| all.with(key, value.clone()));
    let plan = Plan { recipe, settings: all, model: note.model.clone() };
    Ok(Job { plan, source, clock, claim: Claim::Resume })
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let checkpoint_every = Duration::try_from_secs_f32(arguments.checkpoint_every)
        .map_err(|_| CliError::Arguments("--checkpoint-every must be 0 or more seconds".into()))?;
    let out = &arguments.out;
    let Job { plan, source, clock, claim } = match look_into(out) {
        Ok(FolderState::Training(saved)) if arguments.resume => resumed_job(arguments, &saved)?,
        Ok(FolderState::Training(_)) if !arguments.force => {
            return Err(CliError::Arguments(format!(
                "{} holds a training already: add --resume to go on with it, --force to lose it, or name another folder",
                out.display()
            )));
        }
        Ok(FolderState::Free) if arguments.resume && arguments.data.is_none() => {
            return Err(CliError::Arguments(format!(
                "{} holds no training to go on with yet: --data names the pictures for a new one",
                out.display()
            )));
        }
        Ok(FolderState::Free) if arguments.resume => {
            let job = new_job(arguments)?;
            note(format_args!("{} holds no training to go on with: a new one begins", out.display()));
            job
        }
        Ok(FolderState::Model | FolderState::Other) if !arguments.force => {
            return Err(CliError::Arguments(format!(
                "{} holds {}: name another folder, or add --force to write into this one",
                out.display(),
                if arguments.resume { "no training to go on with, but other files" } else { "files already" }
            )));
        }
        Err(error) if !arguments.force => return Err(error.into()),
        _ => new_job(arguments)?,
    };
    source.check_out(out)?;
    // A resumed training brings the model with it that it is for, wherever that is by now.
    if claim != Claim::Resume || plan.memory().is_ok() {
        check_memory(&plan, source.count()? as u64, available_memory())?;
    }
    let interrupt = Interrupt::listen()?;
    let folder = ModelFolder::claim(out, claim)?;
    let resumed = match claim {
        Claim::Resume => Some(Begun::resume(&folder, &plan.settings)?),
        Claim::New | Claim::Replace => None,
    };
    let size = match &resumed {
        Some(begun) => begun.trainer.size(),
        None => plan.size()?,
    };
    let Pictures { set, skipped, name: data } = read(&source, size, &interrupt)?;
    for file in &skipped {
        note(format_args!("skipped {}: {}", file.path.display(), file.why));
    }
    if (1..set.len()).contains(&set.enlarged()) {
        let (small, all) = (set.enlarged(), set.len());
        note(format_args!(
            "{small} of {all} pictures are smaller than {size} x {size} pixels and were enlarged"
        ));
    }
    let begun = match resumed {
        Some(begun) => begun,
        None => Begun::begin(&plan, &set)?,
    };
    tell_of_the_past(&begun, clock, set.len());
    let mut options = RunOptions::new(set, clock);
    options.source = Some(source);
    options.checkpoint_every = checkpoint_every;
    let progress = bar(1000, "train");
    let finished = latent_engine::train::run(options, begun, folder, &mut |now| {
        progress.set_message(message(now, clock));
        progress.set_position((1000.0 * now.progress) as u64);
        if interrupt.asked().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish_and_clear();
    let title = out.file_name().map_or_else(|| "model".into(), |n| n.to_string_lossy().into_owned());
    let command = std::env::args().skip(1).fold("latent-studio".to_owned(), |all, a| all + " " + &a);
    write_model_folder(out, &finished, &Provenance { title, data, command })?;
    report(format_args!(
        "{}: {} steps, {:.0} minutes",
        out.display(),
        finished.steps,
        finished.seconds / 60.0
    ))?;
    match interrupt.asked() {
        Some(signal) if !finished.complete => {
            note("the checkpoint and the model are written; --resume goes on from there");
            Err(CliError::Interrupted(signal))
        }
        _ => Ok(()),
    }
}

/// All pictures.
fn read(source: &PictureSource, size: usize, interrupt: &Interrupt) -> Result<Pictures, CliError> {
    let progress = bar(0, "pictures");
    let read = source.load_any(size, &mut |done, all| {
        progress.set_length(all as u64);
        progress.set_position(done as u64);
        if interrupt.asked().is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    progress.finish_and_clear();
    match (read, interrupt.asked()) {
        (Err(latent_engine::Error::Cancelled), Some(signal)) => Err(CliError::Interrupted(signal)),
        (read, _) => Ok(read?),
    }
}

/// Says where a training stands that is gone on with.
fn tell_of_the_past(begun: &Begun, clock: Clock, pictures: usize) {
    let steps = begun.trainer.steps();
    if steps == 0 {
        return;
    }
    let planned = match clock {
        Clock::Steps(all) => format!(" of {all}"),
        Clock::Minutes(all) => format!(", after {:.1} of {all} minutes", begun.note.seconds / 60.0),
    };
    note(format_args!("resumed at step {steps}{planned}"));
    let before = begun.note.pictures;
    if before > 0 && before != pictures {
        note(format_args!(
            "it learned from {before} pictures until now; there are {pictures} of them by now"
        ));
    }
}

/// Where a training is.
fn message(now: &Progress, clock: Clock) -> String {
    let step = match clock {
        Clock::Steps(all) => format!("step {} of {all}", now.report.step),
        Clock::Minutes(_) => format!("step {}", now.report.step),
    };
    let left = clock.seconds_left(now.seconds, now.progress) / 60.0;
    let values = now.report.values.iter();
    let values = values.fold(String::new(), |all, (name, value)| all + &format!(", {name} {value:.2}"));
    let left = if left.is_finite() { format!(", {left:.0} min left") } else { String::new() };
    format!("{step}, {:.0} pictures/s{left}{values}", now.pictures_per_second)
}
