//! The bank on a toy, and its index on pictures made for the purpose.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::*;
use crate::ValueRange;
use crate::model::toy::{TOY_SIZE, Temper, toy};
use crate::model::{Decoder, LatentSpec, Prior};
use crate::search::constraint::{Constraints, Stroke, StrokeKind};
use crate::search::terms::{Colour, EDGES, Edges, PRIOR, PriorNorm, Weights};
use crate::search::{SolveSettings, SolverKind};

fn request() -> DrawRequest {
    let stroke = |kind, y: f32| Stroke { weight: 1.0, kind, width: 0.2, points: vec![[0.1, y], [0.9, y]] };
    let strokes = [stroke(StrokeKind::Colour([40, 200, 60]), 0.8), stroke(StrokeKind::Sketch, 0.4)];
    DrawRequest {
        constraints: Arc::new(Constraints::rasterize(&strokes, [TOY_SIZE; 2])),
        settings: SolveSettings { solver: SolverKind::Fast, top_k: 6, ..SolveSettings::default() },
        start: Vec::new(),
        anchor: None,
        base: None,
    }
}

fn full(model: &Model, capacity: usize) -> Bank {
    let mut bank = Bank::new(model.clone(), capacity);
    while !bank.is_complete() {
        bank.extend().unwrap();
    }
    bank
}

/// Pictures of one colour each.
fn index_of(size: [usize; 2], colours: &[[f32; 3]]) -> PictureIndex {
    let pixels = size[0] * size[1];
    let planes =
        colours.iter().flat_map(|colour| colour.iter().flat_map(|v| std::iter::repeat_n(*v, pixels)));
    let shape = (colours.len(), 3, size[0], size[1]);
    let pictures = Tensor::from_vec(planes.collect::<Vec<f32>>(), shape, &Device::Cpu).unwrap();
    let mut index = PictureIndex::new(size, ValueRange::Unit, colours.len());
    index.extend(vec![Latent::from(vec![0.0; 2]); colours.len()], &pictures).unwrap();
    index
}

#[test]
fn every_channel_tells_pictures_apart() {
    for size in [[16, 16], [48, 64], [64, 48], [7, 130], [128, 128]] {
        let index = index_of(size, &[[0.0; 3], [0.6, 0.0, 0.0], [0.0, 0.6, 0.0], [0.0, 0.0, 0.6]]);
        for channel in 1..4 {
            // 0.6 of 255 in one of three channels.
            assert_eq!(index.difference(0, channel), 51.0, "{size:?}");
        }
    }
}

#[test]
fn the_choice_agrees_with_the_strokes_and_looks_different() {
    let model = toy(Temper::Good, Prior::Normal);
    let bank = full(&model, 256);
    let request = request();
    let task = Task { model: &model, request: &request };
    let objective = Objective::new(&task, &request.settings.weights).unwrap();
    let totals = objective.estimates(bank.index()).unwrap().total;
    let chosen = bank.best(&objective, 6, |_| true).unwrap();
    let best = totals.iter().copied().fold(f32::INFINITY, f32::min);
    assert_eq!((chosen.len(), chosen[0].cost), (6, best));
    assert!(chosen.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
    for (i, a) in chosen.iter().enumerate() {
        for b in &chosen[..i] {
            let pictures = [a, b].map(|matched| bank.candidate(matched).unwrap().picture);
            let bytes = pictures[0].rgb().iter().zip(pictures[1].rgb());
            let away: u32 = bytes.map(|(x, y)| u32::from(x.abs_diff(*y))).sum();
            let mean = away as f32 / pictures[0].rgb().len() as f32;
            // The sample of pixels that is compared says about the same.
            assert!(mean > 0.8 * DIFFERENT[0], "{} and {} differ by {mean}", a.entry, b.entry);
        }
    }
    assert!(bank.best(&objective, 6, |_| false).unwrap().is_empty());
    assert!(Bank::new(model, 256).best(&objective, 6, |_| true).unwrap().is_empty());
}

#[test]
fn what_the_bank_says_is_what_a_search_will_say() {
    let model = toy(Temper::Good, Prior::Normal);
    let bank = full(&model, 256);
    let request = request();
    // A prior that outweighs the strokes: leaving it out would turn the order round.
    let weights = Weights::default().with(PRIOR, 20.0);
    let task = Task { model: &model, request: &request };
    let objective = Objective::new(&task, &weights).unwrap();
    let evaluator = task.evaluator(&weights).unwrap();
    for matched in bank.best(&objective, 12, |_| true).unwrap() {
        let exact = &evaluator.evaluate(&[bank.latent(matched.entry).values()]).unwrap()[0];
        // Toys are small enough to be kept whole, up to bytes.
        assert!((matched.cost - exact.cost).abs() < 0.02 * exact.cost.max(0.1), "{matched:?} {}", exact.cost);
        let names = |terms: &[TermCost]| terms.iter().map(|t| t.name.to_string()).collect::<Vec<_>>();
        assert_eq!(names(&matched.terms), names(&exact.terms));
        for (about, term) in matched.terms.iter().zip(&exact.terms) {
            assert!((about.cost - term.cost).abs() < 0.02 * term.cost.max(0.1), "{about:?} {term:?}");
        }
    }
    let shown = bank.preview(&request).unwrap();
    let sum = |candidate: &Candidate| candidate.terms.iter().map(|t| t.cost).sum::<f32>();
    assert!(shown.len() == 6 && shown.iter().all(|c| (sum(c) - c.cost).abs() < 1e-4));
}

#[test]
fn a_bank_of_long_latents_is_no_larger_than_another() {
    let of = |latent: usize| {
        struct Any(Arc<dyn Decoder>, usize);
        impl Decoder for Any {
            fn decode(&self, latents: &Tensor) -> Result<Tensor> {
                self.0.decode(latents)
            }
            fn sides(&self) -> [usize; 2] {
                [64, 64]
            }
            fn latent_len(&self) -> usize {
                self.1
            }
            fn parameters(&self) -> usize {
                0
            }
            fn family(&self) -> &'static str {
                "toy"
            }
            fn operations(&self) -> f64 {
                1.0
            }
        }
        let plain = toy(Temper::Good, Prior::Normal);
        let decoder = Arc::new(Any(plain.decoder().unwrap().clone(), latent));
        let spec = LatentSpec::continuous(latent, Prior::Normal);
        Bank::of(Model::of_decoder("any", decoder, spec, plain.range, plain.device)).capacity()
    };
    assert_eq!([2, 100, 512].map(of), [BANK_SIZE; 3]);
    // A flow: as many numbers as its pictures have.
    for latent in [3 * 64 * 64, 1 << 20] {
        let bytes = 4 * latent + 3 * 64 * 64 + 3 * 32 * 32 + 4 * 512;
        assert!(
            of(latent) < BANK_SIZE && (of(latent) * bytes <= MOST_BYTES || of(latent) == LEAST),
            "{latent}"
        );
    }
}

#[test]
fn pictures_of_any_sides_are_scored_as_they_cost() {
    for (size, channels) in [([48, 64], 3), ([64, 48], 1), ([40, 200], 3), ([9, 33], 3)] {
        let stroke =
            |kind, y: f32| Stroke { weight: 1.0, kind, width: 0.3, points: vec![[0.2, y], [0.8, 1.0 - y]] };
        let strokes = [stroke(StrokeKind::Colour([200, 30, 90]), 0.7), stroke(StrokeKind::Sketch, 0.3)];
        let maps = Constraints::rasterize(&strokes, size);
        let mut rng = Rng::new(7);
        let pixels = size[0] * size[1];
        // Smooth, as pictures are: a block of them has about one colour.
        let planes: Vec<f32> = (0..3)
            .flat_map(|_| {
                let paces: Vec<[f32; 3]> =
                    (0..channels).map(|_| [0.03, 0.03, 6.0].map(|most| rng.uniform(0.0, most))).collect();
                paces.into_iter().flat_map(move |[x, y, phase]| {
                    let at = move |i: usize| x * (i % size[1]) as f32 + y * (i / size[1]) as f32;
                    (0..pixels).map(move |i| 0.8 * (at(i) + phase).sin())
                })
            })
            .collect();
        let pictures = Tensor::from_vec(planes, (3, channels, size[0], size[1]), &Device::Cpu).unwrap();
        let latents: Vec<Latent> = (0..3).map(|_| rng.normals(5).into()).collect();
        let mut index = PictureIndex::new(size, ValueRange::SignedUnit, 3);
        index.extend(latents, &pictures).unwrap();
        let costs = |name: &str| -> (Vec<f32>, Vec<f32>) {
            let range = ValueRange::SignedUnit;
            let term = match name {
                EDGES => crate::search::terms::term(Edges::new(&maps, range)),
                _ => crate::search::terms::term(Colour::new(&maps, range)),
            };
            let latents = index.latent_tensor().unwrap();
            let points = crate::search::terms::Points { latents: &latents, pictures: &pictures };
            (term.costs(points).unwrap().to_vec1().unwrap(), term.estimates(&index).unwrap().unwrap())
        };
        for name in ["colour", EDGES] {
            let (exact, about) = costs(name);
            for (exact, about) in exact.iter().zip(&about) {
                assert!((exact - about).abs() < 0.03 * exact.max(0.05), "{name} {size:?}: {exact} {about}");
            }
        }
        let small = index.small().size();
        assert!(small[0].max(small[1]) < 64, "{small:?}");
    }
}

#[test]
fn latents_beyond_the_prior_are_named_by_the_index() {
    let mut index = PictureIndex::new([8, 8], ValueRange::Unit, 2);
    let latents = vec![Latent::from(vec![1.0; 20]), Latent::from(vec![4.0; 20])];
    index
        .extend(latents, &Tensor::zeros((2, 3, 8, 8), candle_core::DType::F32, &Device::Cpu).unwrap())
        .unwrap();
    let prior = PriorNorm::new(&LatentSpec::continuous(20, Prior::Normal)).unwrap();
    let costs = crate::search::terms::Term::estimates(&prior, &index).unwrap().unwrap();
    assert!(costs[0] < 0.01 && costs[1] > 1.0, "{costs:?}");
}
