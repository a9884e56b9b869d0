//! The pictures to train on, as bytes in memory.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::files::{self, Skipped};
use super::framing::Framing;
use super::inputs::Inputs;
use crate::rng::Rng;
use crate::{Error, Picture, Result};

/// Square RGB pictures of one size. Clones share them.
#[derive(Clone, Debug)]
pub struct PictureSet {
    size: usize,
    rgb: Arc<Vec<u8>>,
    /// The names of the classes; empty where the pictures have none.
    classes: Vec<String>,
    /// The class of every picture, where they have any.
    labels: Vec<usize>,
    /// How many of them were smaller than they are now.
    enlarged: usize,
    /// How they became squares, where they are those of a folder.
    framing: Option<Framing>,
    /// The places of its pictures among the bytes, where it has only some of them.
    some: Option<Arc<[usize]>>,
    /// What they are to be made of, where that is known.
    inputs: Option<Inputs>,
}

impl PictureSet {
    /// The pictures of an iterator, each `size` x `size` x 3 bytes, rows top-down.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there are none, or one has another size.
    pub fn from_rgb(size: usize, pictures: impl IntoIterator<Item = Vec<u8>>) -> Result<Self> {
        let len = size * size * 3;
        let mut rgb = Vec::new();
        for (index, picture) in pictures.into_iter().enumerate() {
            if picture.len() != len {
                let got = picture.len();
                return Err(Error::Invalid(format!("picture {index} has {got} bytes instead of {len}")));
            }
            rgb.extend_from_slice(&picture);
        }
        if rgb.is_empty() {
            return Err(Error::Invalid("there are no pictures to train on".to_owned()));
        }
        Ok(Self::of_bytes(size, rgb))
    }

    /// The same pictures with the class of each, as a number of the names.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is not one class for each picture, or a class has no picture.
    pub fn with_classes(self, classes: Vec<String>, labels: Vec<usize>) -> Result<Self> {
        if labels.len() != self.len() {
            let (pictures, labels) = (self.len(), labels.len());
            return Err(Error::Invalid(format!("{pictures} pictures have {labels} classes to be of")));
        }
        let mut seen = vec![false; classes.len()];
        for label in &labels {
            *seen.get_mut(*label).ok_or_else(|| Error::Invalid(format!("there is no class {label}")))? = true;
        }
        match seen.iter().position(|seen| !seen) {
            Some(class) => Err(Error::Invalid(format!("the class \"{}\" has no picture", classes[class]))),
            None => Ok(Self { classes, labels, ..self }),
        }
    }

    /// The names of the classes; empty where the pictures have none.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Every PNG, JPEG and WebP picture in a folder and the folders below it, in the order of the names, as squares of
    /// `size` pixels a side. Files that can't be read are left out and listed.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder can't be read, [`Error::Invalid`] when no picture in it can be used.
    pub fn from_folder(folder: &Path, size: usize, framing: Framing) -> Result<(Self, Vec<Skipped>)> {
        let found = files::list(folder, &mut || ControlFlow::Continue(()))?;
        let read = files::read(&found.pictures, size, framing, &mut |_| ControlFlow::Continue(()))?;
        if read.rgb.is_empty() {
            return Err(found.nothing_to_learn_from(read.skipped.len()));
        }
        let skipped = found.skipped.into_iter().chain(read.skipped).collect();
        Ok((Self::of_bytes(size, read.rgb).of_files(framing, read.enlarged), skipped))
    }

    /// The pictures whose bytes lie one after the other.
    pub(crate) fn of_bytes(size: usize, rgb: Vec<u8>) -> Self {
        Self {
            size,
            rgb: Arc::new(rgb),
            classes: Vec::new(),
            labels: Vec::new(),
            enlarged: 0,
            framing: None,
            some: None,
            inputs: None,
        }
    }

    /// The same pictures with what they are to be made of.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is not one input of the same size for each picture.
    pub fn with_inputs(self, inputs: Inputs) -> Result<Self> {
        inputs.check(self.len(), self.rgb.len())?;
        Ok(Self { inputs: Some(inputs), ..self })
    }

    /// What they are to be made of, where that is known.
    #[must_use]
    pub fn inputs(&self) -> Option<&Inputs> {
        self.inputs.as_ref()
    }

    /// The bytes of what a picture is to be made of, where that is known.
    #[must_use]
    pub fn input(&self, index: usize) -> Option<&[u8]> {
        self.inputs.as_ref().map(|inputs| inputs.at(self.place(index), self.picture_len()))
    }

    /// What is known of a whole picture, in the order of [`Inputs::style_names`]; nothing where nothing is.
    #[must_use]
    pub fn style(&self, index: usize) -> &[f32] {
        self.inputs.as_ref().map_or(&[], |inputs| inputs.style_at(self.place(index)))
    }

    /// The same pictures as those of files, of which so many were smaller than they are now.
    pub(crate) fn of_files(self, framing: Framing, enlarged: usize) -> Self {
        Self { framing: Some(framing), enlarged, ..self }
    }

    /// How they became squares; `None` for pictures that were drawn as squares.
    #[must_use]
    pub fn framing(&self) -> Option<Framing> {
        self.framing
    }

    /// How many pictures came from files with fewer pixels a side.
    #[must_use]
    pub fn enlarged(&self) -> usize {
        self.enlarged
    }

    /// Refuses pictures that a training could learn nothing from: a single one, or such that all had to be enlarged.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what would do.
    pub fn check_enough(&self) -> Result<()> {
        let size = self.size;
        match self.len() {
            1 => Err(Error::Invalid("there is one picture to train on: two are the least".to_owned())),
            all if self.enlarged == all => Err(Error::Invalid(format!(
                "all {all} pictures are smaller than {size} x {size} pixels: train at a size that they have"
            ))),
            _ => Ok(()),
        }
    }

    /// Number of pictures, at least 1.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a set is never empty")]
    pub fn len(&self) -> usize {
        self.some.as_ref().map_or(self.rgb.len() / self.picture_len(), |some| some.len())
    }

    /// All but every so many-th picture, and those: what is learned from, and what is measured with. They share the
    /// bytes. `None` where one of both would have no picture.
    #[must_use]
    pub fn held_out(&self, every: usize) -> Option<(Self, Self)> {
        let (out, left): (Vec<usize>, Vec<usize>) =
            (0..self.len()).partition(|index| (index + 1).is_multiple_of(every));
        let part = |indices: &[usize]| Self {
            labels: indices.iter().filter_map(|index| self.labels.get(*index).copied()).collect(),
            some: Some(indices.iter().map(|index| self.place(*index)).collect()),
            ..self.clone()
        };
        (!out.is_empty() && !left.is_empty()).then(|| (part(&left), part(&out)))
    }

    /// The bytes that its pictures take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.rgb.len()
    }

    fn place(&self, index: usize) -> usize {
        self.some.as_ref().map_or(index, |some| some[index])
    }

    /// Side in pixels.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The bytes of a picture.
    #[must_use]
    pub fn picture(&self, index: usize) -> &[u8] {
        &self.rgb[self.place(index) * self.picture_len()..][..self.picture_len()]
    }

    /// A picture.
    ///
    /// # Errors
    /// None: every picture of a set has the set's size.
    pub fn to_picture(&self, index: usize) -> Result<Picture> {
        Picture::new(self.size, self.size, self.picture(index).to_vec())
    }

    /// The pictures of these numbers: N x size x size x 3, float32, -1 to 1.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn chosen(&self, indices: impl IntoIterator<Item = usize>) -> Result<Tensor> {
        let mut values = Vec::new();
        let mut count = 0;
        for index in indices {
            values.extend(self.picture(index).iter().map(value));
            count += 1;
        }
        Ok(Tensor::from_vec(values, (count, self.size, self.size, 3), &Device::Cpu)?)
    }

    /// The same pictures at another size.
    ///
    /// # Errors
    /// [`Error::Shape`] for a size of 0.
    pub fn resized(&self, size: usize) -> Result<Self> {
        let resize = |index| Ok(self.to_picture(index)?.square(size).into_rgb());
        let pictures: Vec<Result<Vec<u8>>> = (0..self.len()).into_par_iter().map(resize).collect();
        let Self { classes, labels, framing, .. } = self.clone();
        Ok(Self {
            classes,
            labels,
            framing,
            ..Self::from_rgb(size, pictures.into_iter().collect::<Result<Vec<_>>>()?)?
        })
    }

    /// `count` pictures drawn with replacement, each mirrored with probability one half if `flip`:
    /// count x size x size x 3, float32, -1 to 1.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn batch(&self, rng: &mut Rng, count: usize, flip: bool) -> Result<Tensor> {
        self.labelled_batch(rng, count, flip).map(|(pictures, _)| pictures)
    }

    /// [`PictureSet::batch`] with the class of each picture, where they have any.
    pub(crate) fn labelled_batch(
        &self,
        rng: &mut Rng,
        count: usize,
        flip: bool,
    ) -> Result<(Tensor, Vec<usize>)> {
        let len = self.picture_len();
        let mut values = Vec::with_capacity(count * len);
        let mut labels = Vec::new();
        for _ in 0..count {
            let index = rng.below(self.len());
            labels.extend(self.labels.get(index));
            let picture = self.picture(index);
            if flip && rng.chance(0.5) {
                for row in picture.chunks_exact(self.size * 3) {
                    values.extend(row.rchunks_exact(3).flatten().map(value));
                }
            } else {
                values.extend(picture.iter().map(value));
            }
        }
        Ok((Tensor::from_vec(values, (count, self.size, self.size, 3), &Device::Cpu)?, labels))
    }

    fn picture_len(&self) -> usize {
        self.size * self.size * 3
    }
}

fn value(byte: &u8) -> f32 {
    f32::from(*byte) * (2.0 / 255.0) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_read_and_damaged_files_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("more");
        std::fs::create_dir(&below).unwrap();
        image::RgbImage::from_pixel(40, 20, image::Rgb([255, 0, 51])).save(below.join("a.png")).unwrap();
        std::fs::write(folder.path().join("b.jpg"), b"no picture").unwrap();
        std::fs::write(folder.path().join("notes.txt"), b"not looked at").unwrap();
        let (set, skipped) = PictureSet::from_folder(folder.path(), 8, Framing::Crop).unwrap();
        assert_eq!((set.len(), set.size(), skipped.len()), (1, 8, 1));
        assert!(skipped[0].path.ends_with("b.jpg"));
        let batch = set.batch(&mut Rng::new(1), 2, true).unwrap();
        assert_eq!(batch.dims(), [2, 8, 8, 3]);
        let first = &batch.flatten_all().unwrap().to_vec1::<f32>().unwrap()[..3];
        assert!(
            (first[0] - 1.0).abs() < 0.01 && (first[1] + 1.0).abs() < 0.01 && (first[2] + 0.6).abs() < 0.02
        );
    }

    #[test]
    fn what_is_held_out_is_not_learned_from() {
        let set = PictureSet::from_rgb(1, (0..10).map(|i| vec![i; 3])).unwrap();
        let set = set.with_classes(vec!["a".into(), "b".into()], (0..10).map(|i| i % 2).collect()).unwrap();
        let (learned, held) = set.held_out(5).unwrap();
        let values = |set: &PictureSet| (0..set.len()).map(|i| set.picture(i)[0]).collect::<Vec<_>>();
        assert_eq!((values(&held), values(&learned)), (vec![4, 9], vec![0, 1, 2, 3, 5, 6, 7, 8]));
        assert_eq!((held.labels.clone(), learned.labels.len()), (vec![0, 1], 8));
        assert!(set.held_out(11).is_none() && set.held_out(1).is_none());
    }

    #[test]
    fn an_empty_folder_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = PictureSet::from_folder(folder.path(), 8, Framing::Crop).unwrap_err();
        assert!(error.to_string().contains(folder.path().to_str().unwrap()), "{error}");
        assert!(PictureSet::from_folder(&folder.path().join("none"), 8, Framing::Crop).is_err());
    }

    #[test]
    fn a_mirrored_picture_keeps_its_colours() {
        let picture: Vec<u8> = (0..12).collect();
        let set = PictureSet::from_rgb(2, [picture]).unwrap();
        let mut rng = Rng::new(4);
        let rows: Vec<Vec<f32>> = (0..20)
            .map(|_| set.batch(&mut rng, 1, true).unwrap().flatten_all().unwrap().to_vec1().unwrap())
            .collect();
        let byte = |v: f32| ((v + 1.0) * 127.5).round() as i32;
        assert!(rows.iter().any(|r| byte(r[0]) == 0) && rows.iter().any(|r| byte(r[0]) == 3));
        assert!(rows.iter().all(|r| byte(r[1]) - byte(r[0]) == 1));
    }
}
