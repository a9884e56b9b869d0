//! Where results go: checked before the work begins, written whole at its end.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use latent_engine::file::{self, NewFile};
use latent_engine::model::{Latent, Model};
use latent_engine::picture::{MOST_PIXELS, PictureFormat, Sheet};
use latent_engine::search::Bank;
use latent_engine::search::ways::Interpolation;
use latent_engine::{Error, Picture};

use super::CliError;
use super::console::{Progress, deliver, keep_output_for_a_file, output_is_a_terminal};
use super::enlarge::Developer;

/// Space between the pictures of a grid, in pixels.
pub(super) const GAP: usize = 2;
/// Pictures that are made at once where many are wanted, as a multiple of what suits the model.
const AT_ONCE: usize = 16;
/// The name of standard input and standard output.
pub(super) const DASH: &str = "-";

/// Where pictures go.
#[derive(Debug, clap::Args)]
pub(super) struct Out {
    /// The file to write (.png, .jpg, .webp, .gif; of numbers .npy); - is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The format on standard output; png when left out
    #[arg(long, value_enum)]
    format: Option<FormatName>,
}

/// The name of a format on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Png,
    Jpg,
    Webp,
    Gif,
    /// Numbers, for NumPy
    Npy,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Pictures.
    Picture(PictureFormat),
    /// The model's own numbers.
    Npy,
}

/// A place that was looked at before the work began.
pub(super) struct Target {
    /// As the user named it.
    name: PathBuf,
    /// What is written there.
    pub(super) format: Format,
}

impl Out {
    /// Makes sure that a picture can be written there.
    pub(super) fn picture(&self) -> Result<Target, CliError> {
        let target = self.target()?;
        match target.format {
            Format::Picture(_) => Ok(target),
            Format::Npy => Err(CliError::Arguments(format!("{}: only generate writes .npy", target.name()))),
        }
    }

    /// Makes sure that a second picture can be written to a file.
    pub(super) fn beside(path: &Path) -> Result<Target, CliError> {
        let format = Format::Picture(PictureFormat::of(path)?);
        check_writable(path)?;
        Ok(Target { name: path.to_owned(), format })
    }

    /// Makes sure that a picture or numbers can be written there.
    pub(super) fn target(&self) -> Result<Target, CliError> {
        let name = self.out.clone();
        if name.as_os_str() == DASH {
            if output_is_a_terminal() {
                return Err(CliError::Arguments(
                    "standard output is a terminal: send it to a file or another program".into(),
                ));
            }
            let format = match self.format.unwrap_or(FormatName::Png) {
                FormatName::Png => Format::Picture(PictureFormat::Png),
                FormatName::Jpg => Format::Picture(PictureFormat::Jpeg),
                FormatName::Webp => Format::Picture(PictureFormat::WebP),
                FormatName::Gif => Format::Picture(PictureFormat::Gif),
                FormatName::Npy => Format::Npy,
            };
            keep_output_for_a_file();
            return Ok(Target { name, format });
        }
        if self.format.is_some() {
            return Err(CliError::Arguments(
                "--format is for standard output (--out -): the ending of a file's name says its format"
                    .into(),
            ));
        }
        let format = if is_npy(&name) { Format::Npy } else { Format::Picture(PictureFormat::of(&name)?) };
        check_writable(&name)?;
        Ok(Target { name, format })
    }
}

impl Target {
    /// For messages.
    pub(super) fn name(&self) -> String {
        if self.is_output() { "standard output".into() } else { self.name.display().to_string() }
    }

    fn is_output(&self) -> bool {
        self.name.as_os_str() == DASH
    }

    fn picture_format(&self) -> PictureFormat {
        match self.format {
            Format::Picture(format) => format,
            Format::Npy => PictureFormat::Png,
        }
    }

    /// Refuses a sheet of `count` pictures of `size` pixels a side that would not fit the memory or the format; `rows`
    /// says how many of them there are in a row, `option` is the one to make smaller.
    pub(super) fn check_sheet(
        &self,
        count: usize,
        columns: usize,
        sides: [usize; 2],
        option: &str,
    ) -> Result<(), CliError> {
        let [tile_height, tile_width] = sides;
        let (width, height) = Sheet::size(count, columns, gap(count), (tile_width, tile_height));
        let longest = self.picture_format().most_side();
        if width.saturating_mul(height) <= MOST_PIXELS && width.max(height) <= longest {
            return Ok(());
        }
        let tile = tile_width + GAP;
        let fits = if columns >= count {
            ((longest + GAP) / tile).min(MOST_PIXELS / (tile_height * tile).max(1))
        } else {
            ((longest.min(MOST_PIXELS.isqrt()) + GAP) / tile.max(tile_height + GAP)).pow(2)
        };
        let fits = if option == "--side" { fits.isqrt() } else { fits };
        Err(CliError::Arguments(format!(
            "{count} pictures of {tile_width}x{tile_height} pixels make a picture of {width}x{height}, too large for {}: {option} \
             {fits} fits",
            self.name()
        )))
    }

    /// Writes the bytes of a file.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), CliError> {
        if self.is_output() { deliver(bytes) } else { Ok(file::write(&self.name, bytes)?) }
    }

    /// Writes a picture.
    pub(super) fn write_picture(&self, picture: &Picture) -> Result<(), CliError> {
        self.write(&picture.encode(self.picture_format(), &self.name)?)
    }

    /// Writes an animation of the pictures of these latents, each of which is shown for `frame_ms` milliseconds.
    pub(super) fn write_animation(
        &self,
        model: &Model,
        developer: &Developer,
        latents: &[Latent],
        frame_ms: u32,
    ) -> Result<(), CliError> {
        let pictures = latents.chunks(at_once(model)).flat_map(|chunk| match model.pictures(chunk) {
            Ok(pictures) => pictures.into_iter().map(|picture| developer.develop(picture)).collect(),
            Err(error) => vec![Err(error)],
        });
        self.write(&latent_engine::picture::animation(pictures, frame_ms, &self.name)?)
    }

    /// Begins a file that is written piece by piece.
    pub(super) fn begin(&self) -> Result<Pieces, CliError> {
        Ok(if self.is_output() {
            Pieces::Output
        } else {
            Pieces::File(NewFile::create(&self.name)?, self.name.clone())
        })
    }
}

/// A file that is written piece by piece, and whole or not there.
pub(super) enum Pieces {
    Output,
    File(NewFile, PathBuf),
}

impl Pieces {
    /// Begins a file.
    pub(super) fn begin(path: &Path) -> Result<Self, CliError> {
        Ok(Self::File(NewFile::create(path)?, path.to_owned()))
    }

    /// Adds the next piece.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        match self {
            Self::Output => deliver(bytes),
            Self::File(file, path) => file.write_all(bytes).map_err(|e| Error::io(path, e).into()),
        }
    }

    /// That was all.
    pub(super) fn finish(self) -> Result<(), CliError> {
        match self {
            Self::Output => Ok(()),
            Self::File(file, _) => Ok(file.put_in_place()?),
        }
    }
}

/// Makes sure that a file can be written there, so that a long search is not lost at its end.
pub(super) fn check_writable(path: &Path) -> Result<(), CliError> {
    Ok(file::check(path)?)
}

/// Makes sure that a folder of that name is there or can be made, and can be written; nothing is left behind.
pub(super) fn check_folder(path: &Path) -> Result<(), CliError> {
    let mut there = path;
    while !there.exists() {
        match there.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => there = parent,
            _ => there = Path::new("."),
        }
    }
    if !there.is_dir() {
        return Err(CliError::Arguments(format!("{} is a file, not a folder", there.display())));
    }
    file::check(&there.join("latent-studio-probe")).map_err(|error| match error {
        // The user knows nothing of a probe.
        Error::Io { source, .. } => CliError::Io { path: path.to_owned(), source },
        other => other.into(),
    })
}

/// The pictures of latents in rows of `columns`, made a few at a time.
pub(super) fn sheet(
    model: &Model,
    developer: &Developer,
    latents: &[Latent],
    columns: usize,
) -> Result<Picture, CliError> {
    let [height, width] = developer.sides(model.info.sides)?;
    let mut sheet = Sheet::new(latents.len(), columns, gap(latents.len()), (width, height))?;
    let progress = bar(latents.len(), "pictures");
    for chunk in latents.chunks(at_once(model)) {
        for picture in model.pictures(chunk)? {
            sheet.place(&developer.develop(picture)?)?;
        }
        progress.inc(chunk.len() as u64);
    }
    progress.finish_and_clear();
    Ok(sheet.finish())
}

/// Columns of a grid that is as square as it gets.
pub(super) fn square(count: usize) -> usize {
    (count as f32).sqrt().ceil() as usize
}

/// A single picture has nothing around it.
pub(super) fn gap(count: usize) -> usize {
    if count > 1 { GAP } else { 0 }
}

/// A whole number of the model's own batches: the same pictures as if all were made at once.
pub(super) fn at_once(model: &Model) -> usize {
    4 * model.at_once(AT_ONCE)
}

/// The name of a way between latents on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum WayName {
    /// Straight
    Linear,
    /// Along an arc, which keeps the distance from the middle
    Spherical,
}

impl From<WayName> for Interpolation {
    fn from(name: WayName) -> Self {
        match name {
            WayName::Linear => Self::Linear,
            WayName::Spherical => Self::Spherical,
        }
    }
}

/// True for a name that ends in `.npy`.
fn is_npy(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"))
}

/// How far a job of `length` steps is.
pub(super) fn bar(length: usize, what: &'static str) -> Progress {
    Progress::new(length, what)
}

/// Makes the pictures of a bank, with a progress bar.
pub(super) fn fill_bank(bank: &mut Bank) -> Result<(), CliError> {
    let progress = bar(bank.capacity(), "bank");
    while !bank.is_complete() {
        bank.extend()?;
        progress.set_position(bank.len() as u64);
    }
    progress.finish_and_clear();
    Ok(())
}
