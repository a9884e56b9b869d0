//! What pictures are to be made of, on the command line.

use std::path::PathBuf;

use clap::ValueEnum;
use latent_engine::data::{Pairing, PictureSource};
use latent_engine::train::Recipe;

use super::CliError;

/// What pictures are to be made of.
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

/// Pairs of pictures to learn from.
#[derive(Debug, clap::Args)]
pub(super) struct Pairs {
    /// Where the pictures lie that those of --data are to become, under the same names (recipe pix2pix)
    #[arg(long, value_name = "FOLDER", conflicts_with = "pairs")]
    to: Option<PathBuf>,
    /// What the pictures of --data are to be made of (recipe pix2pix) [usually maps for a world]
    #[arg(long, value_enum)]
    pairs: Option<PairsName>,
}

impl Pairs {
    /// What to learn from, with what it is to be made of where the recipe asks for that.
    ///
    /// `asked` are the pictures of --data, `before` is what those of a training that is gone on with were made of.
    pub(super) fn of(
        &self,
        recipe: &dyn Recipe,
        asked: PictureSource,
        before: Option<&Pairing>,
    ) -> Result<PictureSource, CliError> {
        let about = recipe.about();
        if !about.needs_pairs {
            if self.to.is_some() || self.pairs.is_some() {
                return Err(CliError::Arguments(format!(
                    "--to and --pairs are for the recipe pix2pix: {} learns from pictures alone",
                    about.key
                )));
            }
            return Ok(asked);
        }
        let (of, from) = match (self.pairs, &self.to, asked, before) {
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
}
