//! How the network of the features learns: from pictures of all worlds, to say the factors that they were made
//! from. A head for each world does so; the features before the heads serve all.

use candle_core::{Device, Tensor, Var};

use super::features::{FEATURES, FeatureNetwork, KERNEL, SIZE, WIDTHS};
use crate::data::PictureSet;
use crate::data::{FactorTable, Vary, WorldName};
use crate::rng::Rng;
use crate::train::{Adam, AdamConfig, learning_rate_factor};
use crate::{Error, Result};

/// Pictures of each world in a step.
const BATCH: usize = 24;
/// Pictures of each world that are kept to see how well factors are said.
const HELD_OUT: usize = 1024;
/// Worlds of these seeds are nobody else's.
const SEED: u64 = 0x6661_6374;

/// The pictures of a world with standardized factors.
struct Lesson {
    world: WorldName,
    pictures: PictureSet,
    names: Vec<String>,
    /// N x K.
    targets: Vec<f32>,
}

impl Lesson {
    fn new(world: WorldName, count: usize) -> Result<Self> {
        let scenes = world.render_many(&Vary::all(), SEED, 0, count + HELD_OUT, SIZE)?;
        let table = FactorTable::of(scenes.iter().map(|scene| &scene.factors));
        let scales: Vec<(f32, f32)> = (0..table.names().len())
            .map(|index| {
                let rows = table.rows().len() as f32;
                let mean = table.column(index).sum::<f32>() / rows;
                let variance = table.column(index).map(|v| (v - mean).powi(2)).sum::<f32>() / rows;
                (mean, 1.0 / variance.sqrt().max(1e-3))
            })
            .collect();
        let targets =
            table.rows().flat_map(|row| row.iter().zip(&scales).map(|(v, (mean, scale))| (v - mean) * scale));
        let targets = targets.collect();
        let names = table.names().to_vec();
        Ok(Self {
            world,
            names,
            targets,
            pictures: PictureSet::from_rgb(SIZE, scenes.into_iter().map(|s| s.rgb))?,
        })
    }

    fn learned(&self) -> usize {
        self.pictures.len() - HELD_OUT
    }

    fn targets(&self, rows: &[usize]) -> Result<Tensor> {
        let width = self.names.len();
        let values: Vec<f32> =
            rows.iter().flat_map(|row| self.targets[row * width..][..width].to_vec()).collect();
        Ok(Tensor::from_vec(values, (rows.len(), width), &Device::Cpu)?)
    }
}

/// A training of the network that goes on step by step.
pub struct FeatureLearner {
    lessons: Vec<Lesson>,
    /// Weight and bias of each layer, then of the head of each world.
    variables: Vec<Var>,
    adam: Adam,
    rng: Rng,
}

impl FeatureLearner {
    /// A training from the beginning, on so many pictures of each world.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn new(pictures: usize, seed: u64) -> Result<Self> {
        let mut rng = Rng::new(seed);
        let lessons = WorldName::ALL.map(|world| Lesson::new(world, pictures.max(1)));
        let lessons = lessons.into_iter().collect::<Result<Vec<_>>>()?;
        let mut variables = Vec::new();
        let mut add = |shape: [usize; 4]| -> Result<()> {
            // He et al. 2015.
            let deviation = (2.0 / (shape[0] * shape[1] * shape[2]) as f32).sqrt();
            let values: Vec<f32> =
                rng.normals(shape.iter().product()).into_iter().map(|v| deviation * v).collect();
            variables.push(Var::from_vec(values, &shape, &Device::Cpu)?);
            variables.push(Var::zeros(shape[3], candle_core::DType::F32, &Device::Cpu)?);
            Ok(())
        };
        let mut inputs = 3;
        for outputs in WIDTHS {
            add([KERNEL, KERNEL, inputs, outputs])?;
            inputs = outputs;
        }
        let places = SIZE >> WIDTHS.len();
        add([1, 1, inputs * places * places, FEATURES])?;
        for lesson in &lessons {
            add([1, 1, FEATURES, lesson.names.len()])?;
        }
        let config = AdamConfig { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8 };
        Ok(Self { adam: Adam::new(config, &variables), lessons, variables, rng })
    }

    /// One step; `progress` is the share of the run that is over, 0 to 1. The mean squared error of the factors, in
    /// variances: 1 for a network that knows nothing.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a gradient is no number any more.
    pub fn step(&mut self, progress: f32) -> Result<f32> {
        let mut pictures = Vec::new();
        let mut targets = Vec::new();
        for lesson in &self.lessons {
            let rows: Vec<usize> = (0..BATCH).map(|_| self.rng.below(lesson.learned())).collect();
            pictures.push(lesson.pictures.chosen(rows.iter().copied())?);
            targets.push(lesson.targets(&rows)?);
        }
        let features = self.network().forward(&Tensor::cat(&pictures, 0)?)?;
        let mut loss = None;
        for (index, targets) in targets.iter().enumerate() {
            let said = self.say(index, &features.narrow(0, index * BATCH, BATCH)?)?;
            let error = (said - targets)?.sqr()?.mean_all()?;
            loss = Some(match loss {
                None => error,
                Some(sum) => (sum + error)?,
            });
        }
        let Some(loss) = loss else { return Err(Error::Invalid("there is no world to learn from".into())) };
        self.adam.step(&self.variables, &loss.backward()?, learning_rate_factor(progress))?;
        Ok(loss.to_scalar::<f32>()? / self.lessons.len() as f32)
    }

    /// The network as it stands.
    #[must_use]
    pub fn network(&self) -> FeatureNetwork {
        let tensors: Vec<Tensor> = self.variables.iter().map(|v| v.as_tensor().clone()).collect();
        FeatureNetwork::of(&tensors[..2 * (WIDTHS.len() + 1)])
    }

    /// How much of each factor's variance is explained on pictures that were not learned from, by world.
    ///
    /// # Errors
    /// [`Error::Tensor`] when memory runs out.
    pub fn explained(&self) -> Result<Vec<(WorldName, String, f32)>> {
        let mut explained = Vec::new();
        for (index, lesson) in self.lessons.iter().enumerate() {
            let rows: Vec<usize> = (lesson.learned()..lesson.pictures.len()).collect();
            let mut errors = vec![0.0; lesson.names.len()];
            let mut variances = errors.clone();
            for rows in rows.chunks(64) {
                let said = self
                    .say(index, &self.network().forward(&lesson.pictures.chosen(rows.iter().copied())?)?)?;
                let (said, wanted) = (said.to_vec2::<f32>()?, lesson.targets(rows)?.to_vec2::<f32>()?);
                for (said, wanted) in said.iter().zip(&wanted) {
                    for (column, (said, wanted)) in said.iter().zip(wanted).enumerate() {
                        errors[column] += (said - wanted).powi(2);
                        variances[column] += wanted.powi(2);
                    }
                }
            }
            for ((name, error), variance) in lesson.names.iter().zip(&errors).zip(&variances) {
                explained.push((lesson.world, name.clone(), 1.0 - error / variance.max(1e-6)));
            }
        }
        Ok(explained)
    }

    /// The factors N x K that the head of a world says for features N x F.
    fn say(&self, world: usize, features: &Tensor) -> Result<Tensor> {
        let first = 2 * (WIDTHS.len() + 1 + world);
        let (weight, bias) = (self.variables[first].as_tensor(), self.variables[first + 1].as_tensor());
        let matrix = weight.reshape((FEATURES, bias.elem_count()))?;
        Ok(features.matmul(&matrix)?.broadcast_add(bias)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_are_learned_and_the_network_survives_its_file() {
        let mut learner = FeatureLearner::new(64, 1).unwrap();
        let first = learner.step(0.0).unwrap();
        let last = (0..12).map(|_| learner.step(0.0).unwrap()).last().unwrap();
        assert!(last < first, "{last} after {first}");
        assert!(learner.explained().unwrap().iter().any(|(world, ..)| *world == WorldName::Creature));

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("features.safetensors");
        learner.network().save(&path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 100_000);
    }
}
