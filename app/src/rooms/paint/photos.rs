//! Photos: opened, framed, found in the model, saved at their own size, gone on from.

use std::sync::Arc;

use latent_engine::Picture;
use latent_engine::edit::{Crop, Method, ProjectionSettings};
use latent_engine::model::ModelInfo;

use super::Paint;
use super::base::{Base, Ground, Photo};
use super::document::{Progress, Standing};
use super::shown::Showing;
use super::tools::{Pointer, ToolKind};
use crate::desk::Desk;
use crate::link::answer::Projection;
use crate::link::request::Request;

/// What the photo at its own size is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// To be saved.
    Save,
    /// To go on from.
    NewOriginal,
}

/// What is done with the frame by the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Framing {
    part: Part,
    /// Where the pointer took hold, in pixels of the photo.
    from: [f64; 2],
    /// The frame as it was then.
    crop: Crop,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Inside,
    Corner,
    Handle,
}

/// How near the pointer has to come to a corner or the handle, as a share of the photo's longer side.
const NEAR: f64 = 0.03;

/// Where the handle to turn it lies, in places of the frame.
pub const HANDLE: [f64; 2] = [0.5, 0.2];

impl Paint {
    /// Opens a photo, as one step: what was painted before stays in the history.
    pub(crate) fn open_photo(&mut self, picture: Arc<Picture>, name: String) {
        if self.is_drawing() {
            self.pointer(Pointer::Up);
        }
        self.history.record(format!("open {name}"), self.document.clone());
        self.hold_photo(Photo::new(picture, name));
    }

    fn hold_photo(&mut self, photo: Photo) {
        let document = &mut self.document;
        document.strokes.clear();
        document.base = Some(Base::of(Ground::Photo(photo)));
        self.forget_found();
        self.selected = None;
    }

    /// What was found belongs to another part of a photo.
    fn forget_found(&mut self) {
        let document = &mut self.document;
        (document.candidates, document.before, document.edit) = (Vec::new().into(), None, None);
        (document.anchor, document.begun) = (None, None);
        (document.selected, document.picked) = (0, false);
        document.ask_anew();
        self.showing = Showing::Newest;
    }

    /// The latent of the photo should be found.
    pub(super) fn projection_wanted(&self) -> Option<Request> {
        let model = self.document.model.as_ref()?;
        let photo = self.photo().filter(|photo| photo.standing == Standing::Open)?;
        let in_motion = self.framing.is_some() || self.history.is_sliding();
        (!in_motion).then(|| Request::Project {
            model: model.key,
            photo: photo.picture.clone(),
            crop: photo.crop,
            settings: settings(&model.info),
        })
    }

    /// What is known of the photo's latent.
    pub(super) fn take_projection(&mut self, of: &Arc<Picture>, projection: Projection) {
        let Some(base) = &mut self.document.base else { return };
        let Some(photo) = base.photo_mut().filter(|photo| Arc::ptr_eq(&photo.picture, of)) else { return };
        let Projection { found, iteration, iterations, settled } = projection;
        photo.progress = Progress { iteration, iterations, per_second: 0.0 };
        if settled {
            (photo.standing, photo.crop) = (Standing::Settled, Some(found.crop));
        }
        photo.found = Some(Arc::new(*found));
        let candidate = photo.candidate();
        if self.document.shown_strokes().is_empty() || self.document.candidates.is_empty() {
            self.document.candidates = candidate.iter().cloned().collect();
        }
        self.document.before = candidate;
    }

    /// It can't be found; what is there stays.
    pub(super) fn projection_failed(&mut self) {
        self.end_projection(Standing::Failed);
    }

    /// Goes on with what is found so far.
    pub(super) fn end_projection(&mut self, standing: Standing) {
        let photo = self.document.base.as_mut().and_then(Base::photo_mut);
        if let Some(photo) = photo.filter(|photo| photo.standing == Standing::Open) {
            photo.standing = standing;
            photo.crop = photo.crop.or_else(|| Some(photo.found.as_ref()?.crop));
        }
    }

    /// Another part of the photo, as one of many while something slides; `None`: the best one.
    pub(crate) fn set_frame(&mut self, crop: Option<Crop>) {
        let Some(model) = self.document.model.clone() else { return };
        let Some(photo) = self.photo() else { return };
        let crop = crop.map(|crop| crop.clamped(&photo.picture, model.sides));
        if crop.is_some() && crop == Some(photo.frame(model.sides)) {
            return;
        }
        match crop {
            Some(_) => self.history.record_sliding("frame", self.document.clone()),
            None => self.history.record("best frame", self.document.clone()),
        }
        self.put_frame(crop);
    }

    fn put_frame(&mut self, crop: Option<Crop>) {
        if let Some(photo) = self.document.base.as_mut().and_then(Base::photo_mut) {
            photo.set_crop(crop);
        }
        self.forget_found();
    }

    /// The pointer takes hold of the frame at a place of the whole photo.
    pub(super) fn grab_frame(&mut self, at: [f32; 2]) {
        let (Some(model), Some(photo)) = (&self.document.model, self.photo()) else { return };
        let from = in_pixels(&photo.picture, at);
        let crop = photo.frame(model.sides);
        let place = crop.on(&photo.picture, model.sides);
        let near = NEAR * photo.picture.width().max(photo.picture.height()) as f64;
        let is_near = |at: [f64; 2]| (at[0] - from[0]).hypot(at[1] - from[1]) <= near;
        let [u, v] = place.in_crop(from);
        let part = match () {
            () if place.corners().into_iter().any(is_near) => Part::Corner,
            () if is_near(place.in_photo(HANDLE)) => Part::Handle,
            () if (0.0..=1.0).contains(&u) && (0.0..=1.0).contains(&v) => Part::Inside,
            () => return,
        };
        self.framing = Some(Framing { part, from, crop });
        self.before_stroke = Some(self.document.clone());
    }

    /// It is moved, scaled or turned.
    pub(super) fn drag_frame(&mut self, at: [f32; 2]) {
        let (Some(framing), Some(model)) = (self.framing, self.document.model.clone()) else { return };
        let Some(photo) = self.photo() else { return };
        let picture = photo.picture.clone();
        let to = in_pixels(&picture, at);
        let Framing { part, from, mut crop } = framing;
        let sides = [picture.width() as f64, picture.height() as f64];
        let centre = [0, 1].map(|axis| f64::from(crop.centre[axis]) * sides[axis]);
        let arm = |at: [f64; 2]| [at[0] - centre[0], at[1] - centre[1]];
        let (old, new) = (arm(from), arm(to));
        match part {
            Part::Inside => {
                for axis in 0..2 {
                    crop.centre[axis] += ((to[axis] - from[axis]) / sides[axis]) as f32;
                }
            }
            Part::Corner => {
                crop.side *= (new[0].hypot(new[1]) / old[0].hypot(old[1]).max(1.0)) as f32;
            }
            Part::Handle => {
                let turned = (new[1].atan2(new[0]) - old[1].atan2(old[0])).to_degrees();
                crop.angle = upright(crop.angle + turned as f32);
            }
        }
        self.put_frame(Some(crop.clamped(&picture, model.sides)));
    }

    /// It is let go.
    pub(super) fn drop_frame(&mut self) {
        self.framing = None;
        if let Some(before) = self.before_stroke.take().filter(|before| before.base != self.document.base) {
            self.history.record("frame", before);
        }
        self.take_arrived();
    }

    /// The photo with the change, at its own size, where somebody wants it.
    pub(super) fn original_wanted(&self, at_rest: bool) -> Option<Request> {
        self.finishing.filter(|_| at_rest)?;
        Some(Request::Retouch(Box::new(self.retouching_of_photo()?)))
    }

    fn retouching_of_photo(&self) -> Option<latent_engine::service::Retouching> {
        let photo = self.photo()?;
        self.retouching(photo.picture.clone(), photo.frame(self.document.model.as_ref()?.sides))
    }

    /// True where the photo would look different with the change.
    #[must_use]
    pub fn has_changed_photo(&self) -> bool {
        self.retouching_of_photo().is_some()
    }

    /// Wants the photo at its own size; as it is, where nothing is changed.
    pub(crate) fn finish(&mut self, finish: Finish, desk: &mut Desk) {
        let Some(photo) = self.photo() else { return };
        if self.has_changed_photo() {
            self.finishing = Some(finish);
        } else if finish == Finish::Save {
            self.save_photo(photo.picture.clone(), desk);
        }
    }

    /// It came.
    pub(super) fn finished(&mut self, picture: Arc<Picture>, desk: &mut Desk) {
        match self.finishing.take() {
            Some(Finish::Save) => {
                let of = self.document.candidate().map(|candidate| candidate.picture.clone());
                self.made = of.map(|of| (picture.clone(), of));
                self.save_photo(picture, desk);
            }
            Some(Finish::NewOriginal) => {
                let Some(old) = self.photo().cloned() else { return };
                self.history.record("new original", self.document.clone());
                let sides = self.document.model.as_ref().map(|model| model.sides);
                let crop = sides.map(|sides| old.frame(sides));
                self.hold_photo(Photo { crop, ..Photo::new(picture, old.name) });
            }
            None => {}
        }
    }

    /// True where a picture that was saved is the shown one.
    #[must_use]
    pub fn is_shown_as(&self, saved: &Arc<Picture>) -> bool {
        let Some(candidate) = self.document.candidate() else { return false };
        if let Some(photo) = self.photo() {
            let made = self.made.as_ref().filter(|(made, _)| Arc::ptr_eq(made, saved));
            let same = made.is_some_and(|(_, of)| Arc::ptr_eq(of, &candidate.picture));
            return same || Arc::ptr_eq(&photo.picture, saved) && !self.has_changed_photo();
        }
        let seen = self.seen(&candidate.picture);
        let large = self.development.of(&seen);
        Arc::ptr_eq(saved, &seen) || large.is_some_and(|large| Arc::ptr_eq(saved, large))
    }

    fn save_photo(&self, picture: Arc<Picture>, desk: &mut Desk) {
        let name = self.photo().map_or("photo", |photo| photo.name.as_str());
        desk.files.ask_to_save_photo(picture, &format!("{name}-edited.png"));
    }

    /// True while all of the photo is to be looked at for its frame.
    pub(crate) fn frame_tool(&mut self) {
        self.tools.active = ToolKind::Frame;
        self.look = crate::kit::look::Look::default();
    }
}

/// How a photo's latent is looked for in a model.
fn settings(info: &ModelInfo) -> ProjectionSettings {
    ProjectionSettings { method: Method::best_for(info), ..ProjectionSettings::default() }
}

fn in_pixels(photo: &Picture, [x, y]: [f32; 2]) -> [f64; 2] {
    [f64::from(x) * photo.width() as f64, f64::from(y) * photo.height() as f64]
}

/// An angle from -180 to 180 degrees.
pub fn upright(degrees: f32) -> f32 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}
