//! What the networks of a GAN are told beside pictures and noise: classes that people named, or classes and codes that
//! the training is to find itself. The one part in which a plain GAN, a CGAN, an ACGAN and an InfoGAN differ.

use candle_core::{D, DType, Device, Tensor};
use candle_nn::ops::log_softmax;
use serde::{Deserialize, Serialize};

use crate::data::PictureSet;
use crate::model::{LatentSpec, Prior};
use crate::rng::Rng;
use crate::train::core::settings;
use crate::{Error, Result};

/// The end of a discriminator that makes logits.
pub(crate) const VERDICT: &str = "verdict";
/// The end that says or takes in what the generator was told.
pub(crate) const TOLD: &str = "told";

/// More classes than this are none that a person picks from.
const MOST_CLASSES: usize = 1000;

/// What a generator is told beside the noise, and what the discriminator makes of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Condition {
    /// Nothing: a plain GAN.
    #[default]
    None,
    /// The class, to both networks: a CGAN (Mirza and Osindero 2014). The discriminator takes it in by projection (Miyato
    /// and Koyama 2018): it has a weight for each feature and class, and adds those of the picture's class to the
    /// logit.
    Label {
        /// The names of the classes; those of the pictures where this is empty.
        classes: Vec<String>,
    },
    /// The class, to the generator; the discriminator tells the class of pictures, real and generated: an ACGAN (Odena
    /// et al. 2017).
    Auxiliary {
        /// As above.
        classes: Vec<String>,
        /// How much telling classes counts beside telling real from generated, 0 or more.
        weight: f32,
    },
    /// A class and codes (uniform from -1 to 1) without a meaning, to the generator; the discriminator tells both from the
    /// generated picture, so that the generator gives them meanings that show: an InfoGAN (Chen et al. 2016).
    Information {
        /// How many classes; 0 for none.
        classes: usize,
        /// How many codes.
        codes: usize,
        /// How much it counts that class and codes can be told, 0 or more: lambda in the paper.
        weight: f32,
    },
}

impl Condition {
    /// How many classes and codes an InfoGAN usually finds.
    pub const USUALLY_FOUND: (usize, usize) = (10, 2);

    /// The recipe of a GAN with this condition.
    #[must_use]
    pub fn recipe(&self) -> &'static str {
        match self {
            Self::None => "gan",
            Self::Label { .. } => "cgan",
            Self::Auxiliary { .. } => "acgan",
            Self::Information { .. } => "infogan",
        }
    }

    /// The names of the classes; empty where nobody named them.
    #[must_use]
    pub fn class_names(&self) -> &[String] {
        match self {
            Self::Label { classes } | Self::Auxiliary { classes, .. } => classes,
            Self::None | Self::Information { .. } => &[],
        }
    }

    /// How many classes and codes the generator is told.
    pub(crate) fn counts(&self) -> (usize, usize) {
        match self {
            Self::None => (0, 0),
            Self::Label { classes } | Self::Auxiliary { classes, .. } => (classes.len(), 0),
            Self::Information { classes, codes, .. } => (*classes, *codes),
        }
    }

    /// How many numbers the generator is told.
    pub(crate) fn told(&self) -> usize {
        let (classes, codes) = self.counts();
        classes + codes
    }

    /// What a latent of the model is made of, for noise of this length.
    pub(crate) fn latents(&self, noise: usize) -> Result<LatentSpec> {
        let (classes, codes) = self.counts();
        LatentSpec::continuous(noise, Prior::Normal)
            .and_classes("class", classes)
            .and_continuous("code", codes, Prior::Uniform)
            .with_classes_named(self.class_names())
    }

    /// The discriminator's ends, and how many numbers each makes: a logit, and what it says or takes in of the class and
    /// the codes.
    pub(crate) fn ends(&self) -> Vec<(&'static str, usize)> {
        let verdict = (VERDICT, 1);
        // Classes that nobody named yet still have an end, for whoever counts what a network will take.
        if *self == Self::None { vec![verdict] } else { vec![verdict, (TOLD, self.told().max(1))] }
    }

    /// True when the discriminator's second end tells something: it is no part of the logit then, and free to be as
    /// steep as it likes.
    pub(crate) fn tells(&self) -> bool {
        matches!(self, Self::Auxiliary { .. } | Self::Information { .. })
    }

    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Label { classes } => check_names(classes),
            Self::Auxiliary { classes, weight } => {
                settings::check_weight("the weight of the classes", *weight)?;
                check_names(classes)
            }
            Self::Information { classes, codes, weight } => {
                settings::check_weight("the weight of classes and codes", *weight)?;
                if *classes != 1 && *classes <= MOST_CLASSES && *codes <= MOST_CLASSES && classes + codes > 0
                {
                    return Ok(());
                }
                Err(Error::Invalid(format!(
                    "an InfoGAN has 2 to {MOST_CLASSES} classes or none, up to {MOST_CLASSES} codes, and at least one \
                     of both, not {classes} and {codes}"
                )))
            }
        }
    }

    /// Refuses classes that nobody named yet (see [`Condition::for_pictures`]), and names that a model could not have.
    pub(crate) fn check_complete(&self) -> Result<()> {
        match self {
            Self::Label { classes } | Self::Auxiliary { classes, .. } if classes.is_empty() => {
                Err(no_classes(self.recipe()))
            }
            _ => self.latents(1).map(|_| ()),
        }
    }

    /// With the classes of the pictures, where it has none yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the pictures have no classes, or others.
    pub fn for_pictures(&self, pictures: &PictureSet) -> Result<Self> {
        let mut condition = self.clone();
        if let Self::Label { classes } | Self::Auxiliary { classes, .. } = &mut condition {
            if classes.is_empty() {
                *classes = pictures.classes().to_vec();
            }
            if classes.len() < 2 {
                return Err(no_classes(self.recipe()));
            }
        }
        condition.check_pictures(pictures)?;
        Ok(condition)
    }

    /// Refuses pictures whose classes are not those of the training.
    pub(crate) fn check_pictures(&self, pictures: &PictureSet) -> Result<()> {
        let classes = self.class_names();
        if classes.is_empty() || pictures.classes() == classes {
            return Ok(());
        }
        let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        Err(Error::Invalid(format!(
            "the classes of the pictures are {}, the training's are {}",
            list(pictures.classes()),
            list(classes)
        )))
    }

    /// What the generator is told for pictures of these classes; codes, and classes that nobody named, are drawn.
    /// Nothing where nothing is told.
    pub(crate) fn draw(&self, labels: &[usize], count: usize, rng: &mut Rng) -> Result<Option<Told>> {
        let (classes, codes) = self.counts();
        if classes + codes == 0 {
            return Ok(None);
        }
        let mut values = Vec::with_capacity(count * (classes + codes));
        for index in 0..count {
            let label = match labels.get(index) {
                Some(label) if !self.class_names().is_empty() => *label,
                _ => rng.below(classes),
            };
            values.extend((0..classes).map(|class| f32::from(u8::from(class == label))));
            values.extend((0..codes).map(|_| Prior::Uniform.draw(rng)));
        }
        let numbers = Tensor::from_vec(values, (count, classes + codes), &Device::Cpu)?;
        Ok(Some(Told { numbers, classes, codes }))
    }

    /// The logits (N) of what a discriminator's ends make of pictures.
    pub(crate) fn logits(&self, ends: &[Tensor], told: Option<&Told>) -> Result<Tensor> {
        let logits = ends[0].flatten_all()?;
        match (self, told) {
            (Self::Label { .. }, Some(told)) => Ok((logits + (&ends[1] * &told.numbers)?.sum(1)?)?),
            _ => Ok(logits),
        }
    }

    /// What telling costs the discriminator, where it tells anything: of what its second end says of real pictures and
    /// of generated ones, both N x C, that were told the same.
    pub(crate) fn cost_of_both(&self, real: &Tensor, fake: &Tensor, told: &Told) -> Result<Option<Tensor>> {
        let fake = self.cost(fake, told)?;
        match (self, fake) {
            (Self::Auxiliary { weight, .. }, Some(fake)) => {
                let real = told.class_loss(real)?;
                Ok(Some((fake.total + (real * f64::from(*weight))?)?))
            }
            (_, fake) => Ok(fake.map(|cost| cost.total)),
        }
    }

    /// What telling costs the generator, where anything is told: of what the discriminator's second end says (N x C) of
    /// its pictures.
    pub(crate) fn cost(&self, fake: &Tensor, told: &Told) -> Result<Option<Cost>> {
        let (Self::Auxiliary { weight, .. } | Self::Information { weight, .. }) = self else {
            return Ok(None);
        };
        let mut total = Tensor::zeros((), DType::F32, &Device::Cpu)?;
        let mut watched = Vec::new();
        if told.classes > 0 {
            let loss = told.class_loss(fake)?;
            watched.push(("class_loss", loss.to_scalar::<f32>()?));
            total = (total + loss)?;
        }
        if told.codes > 0 {
            let (error, loss) = told.code_loss(fake)?;
            watched.push(("code_error", error));
            total = (total + loss)?;
        }
        Ok(Some(Cost { total: (total * f64::from(*weight))?, watched }))
    }
}

/// What telling classes and codes costs, and what is worth a look.
pub(crate) struct Cost {
    /// With its weight.
    pub total: Tensor,
    /// "class_loss": nats for a picture, the logarithm of the number of classes where nothing can be told.
    /// "code_error": root mean square, 0.58 where nothing can be told.
    pub watched: Vec<(&'static str, f32)>,
}

/// What the generator is told for each picture of a batch: N x (classes + codes), one of the classes 1 and the others 0.
pub(crate) struct Told {
    pub numbers: Tensor,
    classes: usize,
    codes: usize,
}

impl Told {
    /// The same for two batches, one after the other.
    pub fn twice(&self) -> Result<Self> {
        Ok(Self { numbers: Tensor::cat(&[&self.numbers, &self.numbers], 0)?, ..*self })
    }

    /// Noise (N x 1 x 1 x Z) and what is told, as the generator takes them.
    pub fn beside(&self, noise: &Tensor) -> Result<Tensor> {
        let (count, numbers) = self.numbers.dims2()?;
        Ok(Tensor::cat(&[noise, &self.numbers.reshape((count, 1, 1, numbers))?], 3)?)
    }

    /// Cross entropy in nats of the first numbers of `said`, which are logits of classes.
    fn class_loss(&self, said: &Tensor) -> Result<Tensor> {
        let logits = log_softmax(&said.narrow(1, 0, self.classes)?.contiguous()?, D::Minus1)?;
        let right = (logits * self.numbers.narrow(1, 0, self.classes)?)?.sum(1)?;
        Ok(right.mean_all()?.neg()?)
    }

    /// The root mean square error of the numbers of `said` after the classes, which are guesses of the codes, and its
    /// loss: minus the log likelihood, up to a constant, of normal distributions around the guesses that have the
    /// variance of the codes' prior.
    fn code_loss(&self, said: &Tensor) -> Result<(f32, Tensor)> {
        let code = |t: &Tensor| t.narrow(1, self.classes, self.codes);
        let squares = (code(said)? - code(&self.numbers)?)?.sqr()?;
        let error = squares.mean_all()?.to_scalar::<f32>()?.sqrt();
        let variance = f64::from(Prior::Uniform.rms()).powi(2);
        Ok((error, (squares.sum(1)?.mean_all()? * (0.5 / variance))?))
    }
}

fn no_classes(recipe: &str) -> Error {
    Error::Invalid(format!("the recipe {recipe} needs pictures of at least two classes"))
}

fn check_names(classes: &[String]) -> Result<()> {
    // None yet: they are to come from the pictures.
    if classes.is_empty() || (2..=MOST_CLASSES).contains(&classes.len()) {
        return Ok(());
    }
    Err(Error::Invalid(format!("there are 2 to {MOST_CLASSES} classes, not {}", classes.len())))
}

#[cfg(test)]
mod tests {
    use candle_core::Var;

    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn information() -> Condition {
        Condition::Information { classes: 3, codes: 2, weight: 0.5 }
    }

    #[test]
    fn what_is_told_is_a_class_and_codes() {
        let told = information().draw(&[], 50, &mut Rng::new(1)).unwrap().unwrap();
        let rows = told.numbers.to_vec2::<f32>().unwrap();
        for row in &rows {
            assert_eq!(row[..3].iter().sum::<f32>(), 1.0);
            assert!(row[3..].iter().all(|code| code.abs() <= 1.0));
        }
        assert!((0..3).all(|class| rows.iter().any(|row| row[class] == 1.0)));
        let labels = Condition::Label { classes: names(&["day", "night"]) };
        let told = labels.draw(&[1, 0], 2, &mut Rng::new(1)).unwrap().unwrap();
        assert_eq!(told.numbers.to_vec2::<f32>().unwrap(), [[0.0, 1.0], [1.0, 0.0]]);
        let noise = Tensor::ones((2, 1, 1, 3), DType::F32, &Device::Cpu).unwrap();
        assert_eq!(
            told.beside(&noise).unwrap().flatten_from(1).unwrap().to_vec2::<f32>().unwrap()[0][3..],
            [0.0, 1.0]
        );
        assert!(Condition::None.draw(&[1], 1, &mut Rng::new(1)).unwrap().is_none());
    }

    #[test]
    fn costs_are_those_of_the_definitions() {
        let condition = information();
        let told = condition.draw(&[], 4, &mut Rng::new(2)).unwrap().unwrap();
        let said = Rng::new(3).normals(20);
        let cost = |said: &Tensor| condition.cost(said, &told).unwrap().unwrap();
        let var = Var::from_slice(&said, (4, 5), &Device::Cpu).unwrap();
        let Cost { total, watched } = cost(&var);
        let known = told.numbers.to_vec2::<f32>().unwrap();
        let (mut nats, mut squares) = (0.0, 0.0);
        for (said, known) in said.chunks(5).zip(&known) {
            let right: f32 = said[..3].iter().zip(known).map(|(s, k)| s * k).sum();
            nats += said[..3].iter().map(|s| s.exp()).sum::<f32>().ln() - right;
            squares += said[3..].iter().zip(&known[3..]).map(|(s, k)| (s - k).powi(2)).sum::<f32>();
        }
        let expected = 0.5 * (nats / 4.0 + 1.5 * squares / 4.0);
        assert!((total.to_scalar::<f32>().unwrap() - expected).abs() < 1e-4);
        assert!((watched[0].1 - nats / 4.0).abs() < 1e-4 && watched[0].0 == "class_loss");
        assert!((watched[1].1 - (squares / 8.0).sqrt()).abs() < 1e-4 && watched[1].0 == "code_error");
    }

    #[test]
    fn a_projection_adds_the_features_of_the_class() {
        let condition = Condition::Label { classes: names(&["a", "b"]) };
        let told = condition.draw(&[1, 0], 2, &mut Rng::new(1)).unwrap().unwrap();
        let ends = [
            Tensor::new(&[[1.0_f32], [2.0]], &Device::Cpu).unwrap(),
            Tensor::new(&[[10.0_f32, 20.0], [30.0, 40.0]], &Device::Cpu).unwrap(),
        ];
        let logits = condition.logits(&ends, Some(&told)).unwrap();
        assert_eq!(logits.to_vec1::<f32>().unwrap(), [21.0, 32.0]);
    }

    #[test]
    fn conditions_that_make_no_sense_are_refused() {
        for (classes, codes, weight) in [(0, 0, 1.0), (1, 2, 1.0), (2, 0, f32::NAN), (5000, 0, 1.0)] {
            assert!(Condition::Information { classes, codes, weight }.check().is_err(), "{classes} {codes}");
        }
        assert!(Condition::Label { classes: names(&["only"]) }.check().is_err());
        assert!(Condition::Label { classes: names(&["same", "same"]) }.check_complete().is_err());
        let set = PictureSet::from_rgb(1, [vec![0; 3], vec![0; 3]]).unwrap();
        let none = Condition::Label { classes: Vec::new() };
        assert!(none.for_pictures(&set).unwrap_err().to_string().contains("at least two classes"));
        let set = set.with_classes(names(&["day", "night"]), vec![0, 1]).unwrap();
        assert_eq!(none.for_pictures(&set).unwrap().class_names(), ["day", "night"]);
        let other = Condition::Label { classes: names(&["cat", "dog"]) };
        let error = other.for_pictures(&set).unwrap_err().to_string();
        assert!(error.contains("day, night") && error.contains("cat, dog"), "{error}");
    }
}
