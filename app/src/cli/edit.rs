//! `latent-studio edit`: a photo is changed where strokes say so, at its own resolution.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use latent_engine::checkpoint::npy;
use latent_engine::edit::{
    Crop, Effect, Mask, Method, Placing, Projection, ProjectionSettings, Transfer, composite, project,
};
use latent_engine::enlarge::{Way, enlarge};
use latent_engine::model::{Ability, Model};
use latent_engine::open::open_best;
use latent_engine::search::constraint::{Constraints, Stroke, StrokeKind};
use latent_engine::search::{self, Bank, Base, DrawRequest, Extent, SolveSettings};
use latent_engine::{Error, Picture};
use serde::Serialize;

use super::console::{answer, note, report, to_json};
use super::frame::{Frame, Warp};
use super::model::ModelArguments;
use super::output::{Out, bar, check_writable, fill_bank};
use super::project::{MOST_ITERATIONS, MethodName};
use super::{CliError, input, whole};

/// The arguments of `edit`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    model: ModelArguments,
    /// The photo (PNG, JPEG, WebP or GIF), turned as its EXIF data says; - is standard input
    #[arg(long)]
    photo: PathBuf,
    /// The part that the model sees: its middle and its shorter side in pixels of the photo, and how far it is turned, degrees
    /// clockwise. Left out: the part that the model's encoder explains best, or the middle
    #[arg(long, value_name = "X,Y,SIDE[,ANGLE]", allow_hyphen_values = true)]
    frame: Option<Frame>,
    /// Picture with the wanted colours, over the frame; one of the photo's size lies over the photo
    #[arg(long, requires = "color_mask")]
    color: Option<PathBuf>,
    /// Picture that is white where the colours count
    #[arg(long, requires = "color")]
    color_mask: Option<PathBuf>,
    /// Picture with white edges on black
    #[arg(long)]
    edge: Option<PathBuf>,
    /// Picture that is white where the photo must stay as it is
    #[arg(long)]
    keep: Option<PathBuf>,
    /// With --keep: only what is white may change
    #[arg(long, requires = "keep")]
    invert_keep: bool,
    /// What lies around a place shall lie at another: x, y and the radius, then x and y, all as shares of the frame (the radius of its
    /// shorter side). More than once for more
    #[arg(long, value_name = "X0,Y0,R:X1,Y1", allow_hyphen_values = true)]
    warp: Vec<Warp>,
    /// How much of the change is shown: 1 is all of it
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    strength: f32,
    /// How far strokes reach: 0 a brush's width, 1 everywhere
    #[arg(long, default_value_t = Extent::default().reach, allow_negative_numbers = true)]
    reach: f32,
    /// How the photo's latent is found; hybrid where the model has an encoder, else optimize
    #[arg(long, value_enum)]
    method: Option<MethodName>,
    /// Evaluations that each search for the photo's latent may spend
    #[arg(long, default_value_t = ProjectionSettings::default().iterations, allow_negative_numbers = true, value_parser = whole)]
    iters: usize,
    /// Seed of every random draw
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    out: Out,
    /// The same at the model's size, without the way to the large photo
    #[arg(long, value_name = "FILE")]
    small: Option<PathBuf>,
    /// The latents of the photo and of the edit (.npy, 2 x L)
    #[arg(long)]
    latents: Option<PathBuf>,
    /// Say what was done as a JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` says.
#[derive(Serialize)]
struct Edited<'a> {
    out: &'a str,
    /// Middle, side and angle of the frame, as `--frame` takes them.
    frame: [f32; 4],
    method: Method,
    /// Root mean square between the photo in the frame and the model's picture of it, light of 0 to 1.
    error: f32,
    /// The share of the photo in the frame that the picture explains.
    explained: f32,
    /// The model tells it from noise no better than a slope of colour.
    like_noise: bool,
    #[serde(flatten)]
    effect: Effect,
    seconds: Seconds,
}

#[derive(Default, Serialize)]
struct Seconds {
    read: f32,
    place: f32,
    projection: f32,
    search: f32,
    transfer: f32,
    write: f32,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), CliError> {
    let target = check(arguments)?;
    let small = arguments.small.as_deref().map(Out::beside).transpose()?;
    let mut seconds = Seconds::default();
    let mut clock = Instant::now();
    let mut lap = |of: &mut f32| {
        *of = clock.elapsed().as_secs_f32();
        clock = Instant::now();
    };
    let photo = input::photo(&arguments.photo, [255; 3])?;
    lap(&mut seconds.read);
    let model = arguments.model.open()?;
    let sides = model.info.sides;
    let method = method(arguments, &model);
    let mut nothing = 0.0;
    lap(&mut nothing);
    let crop = match &arguments.frame {
        Some(frame) => frame.on(&photo, sides)?,
        None => place(&model, &photo)?,
    };
    lap(&mut seconds.place);
    let (strokes, extent) = asked(arguments, &photo, &crop, sides)?;
    let part = crop.sample(&photo, sides)?;
    let strokes = with_warps(strokes, &arguments.warp, &part);
    if strokes.is_empty() {
        return Err(CliError::Arguments(
            "the strokes are empty: the colour mask needs white where a colour counts, or the edge picture white \
             where an edge shall be"
                .into(),
        ));
    }
    lap(&mut nothing);
    let settings = ProjectionSettings {
        method,
        seed: arguments.seed,
        iterations: arguments.iters,
        ..ProjectionSettings::default()
    };
    let found = projection(&model, &part, &settings)?;
    if found.is_like_noise() {
        note(format_args!(
            "this model has learned nothing like this photo: its picture explains {:.0} % of what is in the frame",
            100.0 * found.explained.max(0.0)
        ));
    }
    lap(&mut seconds.projection);
    let (latent, after) = search(&model, &found, strokes.clone(), extent, arguments.seed)?;
    lap(&mut seconds.search);
    let mask = Mask::under(&strokes, &extent)?.fading(&crop, &photo);
    let seen = composite(&part, &found.picture, &after, &mask, arguments.strength)?;
    let large = transfer(&model, &found.picture, &after)?.apply(&photo, &crop, &mask, arguments.strength)?;
    lap(&mut seconds.transfer);
    target.write_picture(&large)?;
    if let Some(small) = small {
        small.write_picture(&seen)?;
    }
    if let Some(path) = &arguments.latents {
        npy::write_latents(path, &[found.latent.clone(), latent])?;
    }
    lap(&mut seconds.write);
    let name = target.name();
    let effect = Effect::between(&part, &seen, &strokes);
    if arguments.json {
        let frame = Frame::of(&crop, &photo).numbers();
        let (error, explained, like_noise) = (found.error, found.explained, found.is_like_noise());
        let edited = Edited { out: &name, frame, method, error, explained, like_noise, effect, seconds };
        return answer(to_json(&edited)?);
    }
    let levels = |value: Option<f32>| value.map_or("none".to_owned(), |value| format!("{value:.1}"));
    report(format_args!(
        "{name}: {} x {} pixels; changed by {} levels of 255 under the strokes, {} away from them",
        large.width(),
        large.height(),
        levels(effect.inside),
        levels(effect.outside)
    ))
}

/// Everything that can be refused before the model is opened.
fn check(arguments: &Arguments) -> Result<super::output::Target, CliError> {
    if arguments.color.is_none() && arguments.edge.is_none() && arguments.warp.is_empty() {
        return Err(CliError::Arguments(
            "give strokes: --color with --color-mask, --edge, --warp, or several of them".into(),
        ));
    }
    if !(0.0..=1.0).contains(&arguments.reach) {
        return Err(CliError::Arguments(format!("--reach is 0 to 1, not {}", arguments.reach)));
    }
    if !(0.0..=4.0).contains(&arguments.strength) {
        return Err(CliError::Arguments(format!("--strength is 0 to 4, not {}", arguments.strength)));
    }
    if !(1..=MOST_ITERATIONS).contains(&arguments.iters) {
        return Err(CliError::Arguments(format!("--iters must be 1 to {MOST_ITERATIONS}")));
    }
    arguments.latents.as_deref().map_or(Ok(()), check_writable)?;
    arguments.out.picture()
}

fn method(arguments: &Arguments, model: &Model) -> Method {
    let asked = arguments.method.map(Method::from);
    if asked.is_some_and(|method| method != Method::Optimize) && !model.info.can(Ability::Encode) {
        note(format_args!("{} has no encoder: the photo's latent is searched (optimize)", model.info.name));
        return Method::Optimize;
    }
    asked.unwrap_or_else(|| Method::best_for(&model.info))
}

/// The part of a photo that the model's encoder explains best; the middle for a model without one.
fn place(model: &Model, photo: &Picture) -> Result<Crop, CliError> {
    if !model.info.can(Ability::Encode) {
        return Ok(Crop::middle(photo, model.info.sides));
    }
    let mut placing = Placing::new(photo, model.info.sides)?;
    while placing.standing().0 < placing.standing().1 {
        placing.step(model)?;
    }
    Ok(placing.best())
}

/// What was painted, at the model's size, and how far it may reach.
fn asked(
    arguments: &Arguments,
    photo: &Picture,
    crop: &Crop,
    sides: [usize; 2],
) -> Result<(Constraints, Extent), CliError> {
    let read = |path: &PathBuf| -> Result<Picture, CliError> {
        let picture = input::photo(path, input::BLACK)?;
        let size = [picture.height(), picture.width()];
        if size == [photo.height(), photo.width()] && size != sides {
            return Ok(crop.sample(&picture, sides)?);
        }
        input::note_of_size(path, &picture, sides);
        Ok(picture)
    };
    let colour = match (&arguments.color, &arguments.color_mask) {
        (Some(colour), Some(mask)) => Some((read(colour)?, read(mask)?)),
        _ => None,
    };
    let edge = arguments.edge.as_ref().map(read).transpose()?;
    let mut strokes = if colour.is_some() || edge.is_some() {
        Constraints::from_pictures(colour.as_ref().map(|(c, m)| (c, m)), edge.as_ref(), sides)?
    } else {
        Constraints::empty(sides)
    };
    if let Some(keep) = &arguments.keep {
        strokes = strokes.keeping(&read(keep)?);
    }
    let extent = Extent { reach: arguments.reach, inverted: arguments.invert_keep, ..Extent::default() };
    Ok((strokes, extent))
}

fn with_warps(mut strokes: Constraints, warps: &[Warp], part: &Picture) -> Constraints {
    let picture = Arc::new(part.clone());
    for Warp { from, radius, to } in warps {
        let kind = StrokeKind::Patch(picture.clone());
        strokes.add(&Stroke::new(kind, 2.0 * radius, vec![*from, *to]));
    }
    strokes
}

fn projection(model: &Model, part: &Picture, settings: &ProjectionSettings) -> Result<Projection, CliError> {
    let mut bank = Bank::of(model.clone());
    if settings.method == Method::Optimize {
        fill_bank(&mut bank)?;
    }
    let progress = bar(settings.iterations, "projection");
    let found = project(model, &bank, part, settings, |spent| {
        progress.set_position(spent as u64);
        ControlFlow::Continue(())
    })?;
    progress.finish_and_clear();
    Ok(found)
}

/// The picture near the photo's that agrees best with the strokes.
fn search(
    model: &Model,
    found: &Projection,
    strokes: Constraints,
    extent: Extent,
    seed: u64,
) -> Result<(latent_engine::model::Latent, Arc<Picture>), CliError> {
    let base = Base {
        latent: found.latent.clone(),
        before: found.picture.clone(),
        photo: found.photo.clone(),
        extent,
    };
    let settings = SolveSettings { seed, ..SolveSettings::default() };
    let request = DrawRequest {
        constraints: Arc::new(strokes),
        settings,
        start: Vec::new(),
        anchor: None,
        base: Some(base),
    };
    let mut search = search::start(model, &Bank::of(model.clone()), &request)?;
    let progress = bar(settings.iterations, "search");
    loop {
        let now = search.step()?;
        progress.set_position(now.iteration as u64);
        if now.done {
            break;
        }
    }
    progress.finish_and_clear();
    let best = search.candidates()?.into_iter().next().ok_or(Error::Cancelled)?;
    Ok((best.latent, best.picture))
}

/// The change between two pictures, explained with the enlarger that the model names.
fn transfer(model: &Model, before: &Picture, after: &Picture) -> Result<Transfer, CliError> {
    let enlarger = model.info.enlarger.as_ref().map(|source| open_best(source, None)).transpose()?;
    let Some(enlarger) = enlarger else { return Ok(Transfer::between(before, after, None)?) };
    let mut larger =
        |picture: &Picture| enlarge(&enlarger, picture, Way::Sharp, &mut |_, _| ControlFlow::Continue(()));
    Ok(Transfer::between(before, after, Some(&mut larger))?)
}
