//! Model folders (`weights.safetensors` beside a `model.toml` that says what the weights can't) and the small
//! file beside any other checkpoint that keeps what a user decided about it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Stated;
use crate::{Error, Result, file};

/// What a user decided about what a file does not say, by the key of the assumption: the text of a number or the key
/// of a choice. Kept in the file beside a checkpoint and in a model folder's description.
pub type Decisions = BTreeMap<String, String>;

/// The name of a model folder's weights.
pub const WEIGHTS_FILE: &str = "weights.safetensors";
/// The name of a model folder's description.
pub const DESCRIPTION_FILE: &str = "model.toml";
/// What a checkpoint's name gets for the file beside it.
const SIDE_FILE: &str = ".studio.toml";
/// Most bytes of a description.
const MOST_BYTES: u64 = 1 << 20;

/// What `model.toml` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelFile {
    /// One line for people.
    pub title: String,
    /// "dcgan"; for people, the tensors themselves tell the family.
    pub family: String,
    /// How it was made, for people.
    pub made_by: String,
    /// A name for each of the latents, in their order; empty when nobody named them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub latents: Vec<String>,
    /// A name for each of its classes, in their order; empty when nobody named them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// The enlarger that makes its pictures larger: a bundled model's name, or a path from this folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enlarger: Option<String>,
    /// What the weights can't say: "prior", "range", ...
    pub assumptions: Decisions,
    /// Which architecture it is and with which configuration, where it is one of our own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Stated>,
}

/// What the file beside a checkpoint says.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct SideFile {
    assumptions: Decisions,
}

impl ModelFile {
    /// Reads the text of a `model.toml`; `path` is for the error.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] with the line that is wrong.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        parse(text, &path.join(DESCRIPTION_FILE))
    }
}

/// The weights file of a model folder and its description, empty where it has none.
///
/// # Errors
/// [`Error::Checkpoint`] when there are no weights in it or the description is damaged.
pub fn open_folder(folder: &Path) -> Result<(PathBuf, ModelFile)> {
    let weights = folder.join(WEIGHTS_FILE);
    if !weights.is_file() {
        return Err(Error::checkpoint(
            folder,
            if folder.join("saved_model.pb").is_file() {
                "is a TensorFlow SavedModel, which is not read here; save the weights as safetensors or .npz"
                    .into()
            } else {
                format!(
                    "is no model folder: it has no {WEIGHTS_FILE}; choose the file with the weights in it"
                )
            },
        ));
    }
    Ok((weights, read_or_default(&folder.join(DESCRIPTION_FILE))?))
}

/// Writes the description of a model folder, all at once or not at all.
///
/// # Errors
/// [`Error::Io`] when it can't be written.
pub fn write_description(folder: &Path, file: &ModelFile) -> Result<()> {
    write(&folder.join(DESCRIPTION_FILE), file)
}

/// What a user decided about a checkpoint earlier; nothing where there is no file beside it.
///
/// # Errors
/// [`Error::Checkpoint`] when that file is damaged.
pub fn read_decisions(checkpoint: &Path) -> Result<Decisions> {
    Ok(read_or_default::<SideFile>(&side_file(checkpoint))?.assumptions)
}

/// Keeps what a user decided about a checkpoint, in a file beside it; no decisions, no file.
///
/// # Errors
/// [`Error::Io`] when it can't be written.
pub fn write_decisions(checkpoint: &Path, decisions: &Decisions) -> Result<()> {
    let path = side_file(checkpoint);
    if !decisions.is_empty() {
        return write(&path, &SideFile { assumptions: decisions.clone() });
    }
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io(path, e)),
        _ => Ok(()),
    }
}

fn side_file(checkpoint: &Path) -> PathBuf {
    let mut name = checkpoint.file_name().unwrap_or_default().to_owned();
    name.push(SIDE_FILE);
    checkpoint.with_file_name(name)
}

fn read_or_default<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T> {
    match file::read(path, MOST_BYTES) {
        Ok(bytes) => parse(&String::from_utf8_lossy(&bytes), path),
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(Error::Invalid(why)) => Err(Error::checkpoint(path, format!("can't be read: {why}"))),
        Err(error) => Err(error),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(text: &str, path: &Path) -> Result<T> {
    toml::from_str(text).map_err(|e| Error::checkpoint(path, format!("can't be understood: {e}")))
}

fn write(path: &Path, content: &impl Serialize) -> Result<()> {
    file::write(path, text_of(path, content)?.as_bytes())
}

/// The text of a model folder's description.
///
/// # Errors
/// [`Error::Checkpoint`] when it can't be told in TOML.
pub(super) fn description_text(folder: &Path, file: &ModelFile) -> Result<String> {
    text_of(&folder.join(DESCRIPTION_FILE), file)
}

fn text_of(path: &Path, content: &impl Serialize) -> Result<String> {
    toml::to_string(content).map_err(|e| Error::checkpoint(path, e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_kept_beside_the_checkpoint() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoint = dir.path().join("netG.pth");
        let decisions: Decisions = [("prior".to_owned(), "uniform".to_owned())].into();
        assert!(read_decisions(&checkpoint).unwrap().is_empty());
        write_decisions(&checkpoint, &decisions).unwrap();
        assert!(dir.path().join("netG.pth.studio.toml").is_file());
        assert_eq!(read_decisions(&checkpoint).unwrap(), decisions);
        write_decisions(&checkpoint, &Decisions::new()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_damaged_description_is_refused_with_its_place() {
        let error = ModelFile::parse("title = \"a\"\nprior = 3", Path::new("folder")).unwrap_err();
        assert!(error.to_string().contains("model.toml") && error.to_string().contains("line 2"), "{error}");
    }
}
