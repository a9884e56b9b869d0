//! Both searches on a toy.

use std::sync::Arc;

use super::{Bank, Base, DrawRequest, Extent, Report, SolveSettings, Solver, SolverKind, start};
use crate::Error;
use crate::model::toy::{TOY_LATENT, TOY_SIZE, Temper, sized_toy, toy};
use crate::model::{Abilities, Decoder, LIGHT, Latent, Model, Prior};
use crate::search::constraint::{Constraints, Stroke, StrokeKind};
use crate::search::terms::{KEEP, PRIOR, SMOOTHNESS};

fn strokes(size: [usize; 2]) -> Arc<Constraints> {
    let stroke = |kind, y: f32| Stroke { weight: 1.0, kind, width: 0.2, points: vec![[0.1, y], [0.9, y]] };
    let strokes = [stroke(StrokeKind::Colour([40, 200, 60]), 0.8), stroke(StrokeKind::Sketch, 0.4)];
    Arc::new(Constraints::rasterize(&strokes, size))
}

/// Colour everywhere.
fn filled(size: [usize; 2]) -> Constraints {
    let mut maps = Constraints::empty(size);
    maps.colour_mask.fill(1.0);
    maps
}

fn request(solver: SolverKind) -> DrawRequest {
    let settings = SolveSettings {
        solver,
        candidates: 24,
        top_k: 6,
        iterations: 30,
        seed: 5,
        ..SolveSettings::default()
    };
    DrawRequest { constraints: strokes([TOY_SIZE; 2]), settings, start: Vec::new(), anchor: None, base: None }
}

fn bank(model: &Model) -> Bank {
    let mut bank = Bank::new(model.clone(), 256);
    while !bank.is_complete() {
        bank.extend().unwrap();
    }
    bank
}

fn run(model: &Model, request: &DrawRequest) -> (Box<dyn Solver>, Vec<Report>) {
    let mut solver = start(model, &bank(model), request).unwrap();
    let mut reports = Vec::new();
    while reports.last().is_none_or(|r: &Report| !r.done) {
        reports.push(solver.step().unwrap());
        assert!(reports.len() < 1000, "a search comes to rest");
    }
    (solver, reports)
}

#[test]
fn both_searches_lower_the_cost_and_rank_what_they_found() {
    for prior in [Prior::Normal, Prior::Uniform] {
        let model = toy(Temper::Good, prior);
        for kind in [SolverKind::Igan, SolverKind::Fast] {
            let (solver, reports) = run(&model, &request(kind));
            let (first, last) = (reports[0], reports[reports.len() - 1]);
            assert!(last.best < 0.7 * first.best, "{kind:?} {prior:?}: {first:?} {last:?}");
            let candidates = solver.candidates().unwrap();
            assert!((1..=6).contains(&candidates.len()));
            assert!(candidates.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
            for candidate in &candidates {
                let sum: f32 = candidate.terms.iter().map(|t| t.cost).sum();
                assert!((sum - candidate.cost).abs() < 1e-4, "terms sum to the cost");
                assert_eq!(candidate.latent.values().len(), TOY_LATENT);
            }
        }
    }
}

#[test]
fn models_of_pictures_that_are_not_square_are_searched() {
    for size in [[48, 64], [24, 20]] {
        let model = sized_toy(Temper::Good, Prior::Normal, size);
        for kind in [SolverKind::Igan, SolverKind::Fast] {
            let request = DrawRequest { constraints: strokes(size), ..request(kind) };
            let (solver, reports) = run(&model, &request);
            let (first, last) = (reports[0], reports[reports.len() - 1]);
            assert!(last.best < first.best, "{kind:?} {size:?}: {first:?} {last:?}");
            let shown = bank(&model).preview(&request).unwrap();
            for candidate in solver.candidates().unwrap().iter().chain(&shown) {
                assert_eq!([candidate.picture.height(), candidate.picture.width()], size);
            }
            // The same sides the other way round are another size.
            let turned = DrawRequest { constraints: strokes([size[1], size[0]]), ..request };
            assert!(matches!(start(&model, &bank(&model), &turned), Err(Error::Shape { .. })));
        }
    }
}

#[test]
fn a_bounded_prior_is_never_left() {
    let model = toy(Temper::Good, Prior::Uniform);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let (solver, _) = run(&model, &request(kind));
        for candidate in solver.candidates().unwrap() {
            assert!(candidate.latent.values().iter().all(|v| v.abs() <= 1.0));
        }
    }
}

#[test]
fn the_same_request_finds_the_same_pictures() {
    let model = toy(Temper::Good, Prior::Normal);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let found = || run(&model, &request(kind)).0.candidates().unwrap();
        assert_eq!(found(), found());
    }
}

#[test]
fn another_seed_finds_other_pictures() {
    let model = toy(Temper::Good, Prior::Normal);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let found = |seed| {
            let mut request = request(kind);
            request.settings.seed = seed;
            run(&model, &request).0.candidates().unwrap()
        };
        assert_ne!(found(1), found(2), "{kind:?}");
    }
}

#[test]
fn fast_needs_far_fewer_evaluations_than_the_recipe() {
    let model = toy(Temper::Good, Prior::Normal);
    let (_, recipe) = run(&model, &request(SolverKind::Igan));
    let goal = recipe[recipe.len() - 1];
    let (_, fast) = run(&model, &request(SolverKind::Fast));
    let reached =
        fast.iter().find(|r| r.best <= goal.best).expect("the fast search reaches the recipe's cost");
    assert!(reached.evaluations * 10 <= goal.evaluations, "{reached:?} {goal:?}");
}

#[test]
fn a_good_start_is_kept() {
    let model = toy(Temper::Good, Prior::Normal);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let (solver, _) = run(&model, &request(kind));
        let best = solver.candidates().unwrap().remove(0);
        let mut again = request(kind);
        again.start = vec![best.latent.clone()];
        let (_, reports) = run(&model, &again);
        assert!(reports[reports.len() - 1].best <= best.cost * 1.001 + 1e-6);
    }
}

#[test]
fn after_fix_the_search_stays_near_the_anchor() {
    let model = toy(Temper::Good, Prior::Normal);
    let anchor = Latent::from(vec![1.0; TOY_LATENT]);
    let away = |latent: &Latent| {
        latent.values().iter().zip(anchor.values()).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    };
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let free = run(&model, &request(kind)).0.candidates().unwrap().remove(0);
        let mut near = request(kind);
        near.anchor = Some(anchor.clone());
        near.settings.weights = near.settings.weights.with(SMOOTHNESS, 1.0);
        let near = run(&model, &near).0.candidates().unwrap().remove(0);
        assert!(away(&near.latent) < away(&free.latent), "{kind:?}");
        assert!(near.terms.iter().any(|t| t.name == SMOOTHNESS));
    }
}

/// A stroke over a picture of the toy.
fn over(model: &Model, extent: Extent) -> (DrawRequest, Base) {
    let latent = model.info.latents.draw(&mut crate::rng::Rng::new(4));
    let picture = model.pictures(std::slice::from_ref(&latent)).unwrap().swap_remove(0);
    let base = Base::fixed(latent, Arc::new(picture), extent);
    let stroke = Stroke::new(StrokeKind::Colour([40, 200, 60]), 0.3, vec![[0.3, 0.3]]);
    let constraints = Arc::new(Constraints::rasterize(&[stroke], model.info.sides));
    (DrawRequest { constraints, base: Some(base.clone()), ..request(SolverKind::Fast) }, base)
}

#[test]
fn over_a_base_what_is_not_painted_stays_and_no_bank_is_needed() {
    let model = toy(Temper::Good, Prior::Normal);
    let run = |request: &DrawRequest| {
        let mut solver = start(&model, &Bank::new(model.clone(), 64), request).unwrap();
        while !solver.step().unwrap().done {}
        solver.candidates().unwrap()
    };
    let changed = |candidates: &[crate::search::Candidate], base: &Base, request: &DrawRequest| {
        let free = base.extent.freedom(&request.constraints);
        let [mut kept, mut all] = [0.0; 2];
        for (i, free) in free.iter().enumerate() {
            let [a, b] = [&base.before, &candidates[0].picture].map(|p| &p.rgb()[3 * i..3 * i + 3]);
            let away: f32 = a.iter().zip(b).map(|(a, b)| f32::from(a.abs_diff(*b)).powi(2)).sum();
            kept += (1.0 - free) * away;
            all += 1.0 - free;
        }
        (kept / all.max(1.0)).sqrt()
    };
    let (held, base) = over(&model, Extent::default());
    let candidates = run(&held);
    assert!(candidates[0].terms.iter().any(|term| term.name == KEEP));
    assert!(candidates.len() > 1, "an edit has candidates, too");
    let mut loose = held.clone();
    loose.settings.weights = loose.settings.weights.with(KEEP, 0.0);
    let [tight, loose] = [&held, &loose].map(|request| changed(&run(request), &base, request));
    assert!(tight < loose, "{tight} {loose}");
    // Where everything may follow, nothing is held.
    let (free, _) = over(&model, Extent { reach: 1.0, ..Extent::default() });
    assert!(run(&free)[0].terms.iter().all(|term| term.name != KEEP));
}

#[test]
fn bases_that_do_not_fit_are_refused() {
    let model = toy(Temper::Good, Prior::Normal);
    let refused = |change: &dyn Fn(&mut Base)| {
        let (mut request, mut base) = over(&model, Extent::default());
        change(&mut base);
        request.base = Some(base);
        start(&model, &Bank::new(model.clone(), 8), &request).err().expect("refused")
    };
    let small = Arc::new(crate::Picture::filled(3, 3, [0; 3]));
    assert!(matches!(refused(&|base| base.photo = small.clone()), Error::Shape { .. }));
    assert!(matches!(refused(&|base| base.before = small.clone()), Error::Shape { .. }));
    assert!(matches!(refused(&|base| base.latent = vec![0.0].into()), Error::Shape { .. }));
    for reach in [-0.1, 1.1, f32::NAN] {
        assert!(refused(&|base| base.extent.reach = reach).to_string().contains("reach"));
    }
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let model = toy(Temper::Good, Prior::Normal);
    let bank = bank(&model);
    let refused = |change: &dyn Fn(&mut DrawRequest)| {
        let mut request = request(SolverKind::Fast);
        change(&mut request);
        start(&model, &bank, &request).err().expect("refused")
    };
    let empty = refused(&|r| r.constraints = Arc::new(Constraints::empty([TOY_SIZE; 2])));
    assert!(matches!(empty, Error::Invalid(_)));
    let large = refused(&|r| r.constraints = Arc::new(filled([64, 32])));
    assert!(matches!(large, Error::Shape { .. }));
    assert!(matches!(refused(&|r| r.settings.candidates = 0), Error::Invalid(_)));
    assert!(matches!(refused(&|r| r.settings.top_k = usize::MAX), Error::Invalid(_)));
    assert!(matches!(refused(&|r| r.start = vec![Latent::from(vec![0.0; 3])]), Error::Shape { .. }));
    for weight in [f32::NAN, f32::INFINITY, -1.0] {
        let error = refused(&|r| r.settings.weights = r.settings.weights.with(PRIOR, weight));
        assert!(error.to_string().contains("the weight of prior"), "{error}");
    }
    let cut = refused(&|r| Arc::make_mut(&mut r.constraints).edge.truncate(3));
    assert!(cut.to_string().contains("maps"), "{cut}");
    let fresh = Bank::new(model.clone(), 256);
    assert!(start(&model, &fresh, &request(SolverKind::Fast)).is_err());
}

#[test]
fn a_search_without_numbers_ends_with_an_error_and_keeps_its_pictures() {
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let model = toy(Temper::NanAt(3), Prior::Normal);
        let mut solver = start(&model, &bank(&model), &request(kind)).unwrap();
        let mut before = Vec::new();
        let error = (0..100).find_map(|_| match solver.step() {
            Ok(_) => {
                before = solver.candidates().unwrap();
                None
            }
            Err(error) => Some(error),
        });
        assert!(matches!(error, Some(Error::NonFinite { .. })));
        assert!(!before.is_empty());
        assert_eq!(solver.candidates().unwrap(), before);
    }
}

#[test]
fn pictures_and_latents_of_a_search_differ_from_each_other() {
    let model = toy(Temper::Good, Prior::Normal);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let candidates = run(&model, &request(kind)).0.candidates().unwrap();
        assert!(candidates.len() > 1, "{kind:?}");
        for (i, a) in candidates.iter().enumerate() {
            for b in &candidates[..i] {
                assert_ne!(a.picture, b.picture, "{kind:?}");
                let away = a.latent.values().iter().zip(b.latent.values()).map(|(a, b)| (a - b).powi(2));
                assert!(away.sum::<f32>() > 1e-4, "{kind:?}");
            }
        }
    }
}

#[test]
fn any_number_of_threads_finds_the_same_pictures() {
    let model = toy(Temper::Good, Prior::Normal);
    for kind in [SolverKind::Igan, SolverKind::Fast] {
        let found = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(&model, &request(kind)).0.candidates().unwrap())
        };
        let alone = found(1);
        for threads in [2, 3, 8] {
            assert_eq!(found(threads), alone, "{kind:?} {threads}");
        }
    }
}

#[test]
fn what_is_shown_first_costs_what_the_search_goes_on_with() {
    let model = toy(Temper::Good, Prior::Normal);
    let mut request = request(SolverKind::Fast);
    request.settings.weights = request.settings.weights.with(PRIOR, 20.0);
    let solver = start(&model, &bank(&model), &request).unwrap();
    let task = super::Task { model: &model, request: &request };
    let evaluator = task.evaluator(&request.settings.weights).unwrap();
    for shown in solver.candidates().unwrap() {
        let exact = evaluator.evaluate(&[shown.latent.values()]).unwrap()[0].cost;
        assert!((shown.cost - exact).abs() < 0.02 * exact, "{} {exact}", shown.cost);
        assert!(shown.terms.iter().any(|term| term.name == PRIOR));
    }
}

/// A toy that says that its pictures take this many multiplications.
struct Heavy(Model, f64);

impl Decoder for Heavy {
    fn decode(&self, latents: &candle_core::Tensor) -> crate::Result<candle_core::Tensor> {
        self.0.decoder()?.decode(latents)
    }

    fn sides(&self) -> [usize; 2] {
        self.0.info.sides
    }

    fn latent_len(&self) -> usize {
        self.0.info.latents.len()
    }

    fn parameters(&self) -> usize {
        self.0.info.parameters
    }

    fn family(&self) -> &'static str {
        "heavy toy"
    }

    fn operations(&self) -> f64 {
        self.1
    }
}

fn heavy(operations: f64) -> Model {
    let light = toy(Temper::Good, Prior::Normal);
    let heavy = Arc::new(Heavy(light.clone(), operations));
    light.with_abilities(|_| Abilities::of_decoder(heavy))
}

#[test]
fn a_heavy_model_gets_a_small_bank_and_short_steps() {
    let capacity = |operations| Bank::of(heavy(operations)).capacity();
    assert_eq!([1.0, LIGHT, 8.0 * LIGHT, 1e9 * LIGHT].map(capacity), [4096, 4096, 512, 16]);
    let at_once = |operations| heavy(operations).at_once(16);
    assert_eq!([1.0, LIGHT, 24.0 * LIGHT, 1e9 * LIGHT].map(at_once), [16, 16, 4, 1]);

    // The smallest bank is enough for a whole search, one picture at a time.
    let model = heavy(1e9 * LIGHT);
    let mut bank = Bank::of(model.clone());
    bank.extend().unwrap();
    assert_eq!(bank.len(), 1);
    while !bank.is_complete() {
        bank.extend().unwrap();
    }
    let mut solver = start(&model, &bank, &request(SolverKind::Fast)).unwrap();
    let first = solver.candidates().unwrap()[0].cost;
    while !solver.step().unwrap().done {}
    let candidates = solver.candidates().unwrap();
    assert!(candidates[0].cost < 0.7 * first, "{first} {}", candidates[0].cost);
}
