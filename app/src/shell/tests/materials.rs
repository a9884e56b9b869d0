//! Painting with materials, on a scripted translator.

use std::collections::BTreeMap;

use latent_engine::ValueRange;
use latent_engine::model::{
    Ability, Label, LatentSpec, ModelInfo, Offer, PicturePort, Port, Sides, StyleFactor,
};

use super::*;
use crate::rooms::materials::{Materials, MaterialsRoom};

const SKY: [u8; 3] = [10, 20, 200];
const SAND: [u8; 3] = [250; 3];

/// A translator of two labels and a factor.
fn translator() -> Arc<ModelInfo> {
    let sides = Sides::Any { multiple_of: 8 };
    let label = |name: &str, colour| Label { name: name.into(), colour };
    let labels = Port::Labels { labels: vec![label("sky", SKY), label("sand", SAND)], sides };
    let haze = StyleFactor { name: "haze".into(), least: 0.0, most: 1.0, usual: 0.25 };
    let takes = vec![labels, Port::Style { factors: vec![haze] }];
    let makes = vec![Port::Picture(PicturePort { sides, channels: 3, range: ValueRange::SignedUnit })];
    let offers = BTreeMap::from([(Ability::Translate, Offer::Has { takes, makes })]);
    let (name, latents) = ("materials".to_owned(), LatentSpec::none());
    Arc::new(ModelInfo { name, sides: [0; 2], latents, offers, ..(*scripted::model()).clone() })
}

impl Window {
    fn materials(&self) -> &Materials {
        &self.studio().room::<MaterialsRoom>().unwrap().materials
    }

    /// The newest map that a picture is to be made of.
    fn translated(&self) -> Option<(JobId, Arc<Picture>, Vec<f32>)> {
        let of = |asked| match asked {
            Asked::Translate { job, picture, style, .. } => Some((job, picture, style.unwrap())),
            _ => None,
        };
        self.script.sent().into_iter().filter_map(of).last()
    }

    /// The pointer goes down at the first of these points, through all of them, and up.
    fn stroke(&mut self, points: &[Pos2]) {
        let (first, last) = (points[0], points[points.len() - 1]);
        let moves = points.iter().map(|at| Event::PointerMoved(*at));
        let all = [Event::PointerMoved(first), button(first, true)].into_iter().chain(moves);
        for event in all.chain([button(last, false)]) {
            self.harness.event(event);
            self.step();
        }
    }

    fn put_translated(&mut self, job: JobId, colour: [u8; 3]) {
        let mut frame = scripted::frame(job.0, &[1.0], true);
        frame.content = Content::Picture(Arc::new(Picture::filled(128, 128, colour)));
        self.script.put_frame(frame);
        self.step();
    }
}

/// A window in the room of materials, whose model is open.
fn materials() -> Window {
    let mut window = Window::open();
    window.click("Materials");
    window.step();
    let opens = window.script.sent().into_iter().find_map(|asked| match asked {
        Asked::Open { job, source, .. } => Some((job, source)),
        _ => None,
    });
    let (job, source) = opens.unwrap();
    assert_eq!(source, ModelSource::Bundled("materials".into()));
    window.script.say(Said::Opened { job, model: ModelHandle(5), info: translator() });
    window.step();
    window
}

#[test]
fn a_material_is_chosen_painted_and_undone_and_each_map_becomes_a_picture() {
    let mut window = materials();
    let (job, first, style) = window.translated().unwrap();
    assert_eq!(style, [0.25]);
    assert!(first.rgb().chunks_exact(3).all(|pixel| pixel == SKY), "there is nothing but sky to begin with");
    window.put_translated(job, [1, 2, 3]);
    assert_eq!(window.materials().picture().unwrap().pixel(0, 0), [1, 2, 3]);
    assert!(window.translated().is_none(), "nothing is asked twice");

    window.click("Sand");
    let canvas = window.harness.get_by_label("Map and picture").rect();
    // The left half is the map.
    let at = |x: f32| pos2(canvas.left() + canvas.width() * x, canvas.center().y);
    window.stroke(&[at(0.2), at(0.25), at(0.3)]);
    let (job, painted, _) = window.translated().unwrap();
    let sand = |map: &Picture| map.rgb().chunks_exact(3).filter(|pixel| **pixel == SAND).count();
    assert!(sand(&painted) > 300 && sand(&first) == 0);
    window.put_translated(job, [4, 5, 6]);
    assert_eq!(window.materials().picture().unwrap().pixel(0, 0), [4, 5, 6]);

    window.key(Modifiers::COMMAND, Key::Z);
    let (_, undone, _) = window.translated().unwrap();
    assert!(Arc::ptr_eq(&undone, &first), "undo brings the very same map back");
    window.key(Modifiers::COMMAND, Key::Y);
    assert!(Arc::ptr_eq(&window.translated().unwrap().1, &painted));
}

#[test]
fn filling_and_picking_know_areas_and_materials() {
    let mut window = materials();
    window.click("Sand");
    window.click("Fill");
    let canvas = window.harness.get_by_label("Map and picture").rect();
    let middle = pos2(canvas.left() + canvas.width() * 0.75, canvas.center().y);
    window.stroke(&[middle]);
    let (_, filled, _) = window.translated().unwrap();
    assert!(filled.rgb().chunks_exact(3).all(|pixel| pixel == SAND), "the picture's side is painted on, too");
    window.click("Sky");
    window.click("Eyedropper");
    window.stroke(&[middle]);
    assert_eq!(window.materials().label, 1);
}

#[test]
fn a_model_that_translates_nothing_says_so() {
    let mut window = Window::open();
    window.click("Materials");
    window.step();
    let job = window.script.sent().into_iter().find_map(|asked| match asked {
        Asked::Open { job, .. } => Some(job),
        _ => None,
    });
    let info = scripted::model();
    window.script.say(Said::Opened { job: job.unwrap(), model: ModelHandle(6), info });
    window.step();
    assert!(window.materials().model.is_none());
    window.harness.get_by_label_contains("translator");
    window.click("Paint");
    assert!(!window.document().candidates.is_empty(), "the painter's room goes on");
}
